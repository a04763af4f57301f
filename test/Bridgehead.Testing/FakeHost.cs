using Bridgehead.Host;
using Bridgehead.Rules.Iptables;

namespace Bridgehead.Testing;

/// <summary>The process that ran the command is dead: nothing it does afterwards has an effect.</summary>
public sealed class ProcessKilledException : Exception
{
    public ProcessKilledException()
        : base("killed")
    {
    }

    public ProcessKilledException(string message)
        : base(message)
    {
    }

    public ProcessKilledException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Where in a command the process is killed.</summary>
public enum Kill
{
    Before,

    /// <summary>After the first table of a restore, or half the lines of an <c>ip -batch</c>; for other commands as <see cref="Before"/>.</summary>
    Halfway,
    After,
}

/// <summary>
/// A host without a kernel: the same commands, a state that follows the kernel's laws. Can refuse the n-th command, and can kill the process that runs it.
/// </summary>
public sealed class FakeHost : ICommandRunner
{
    private readonly Lock _lock = new();
    private readonly List<Command> _commands = [];
    private (int Number, Kill When)? _kill;
    private bool _dead;

    public IptablesModel V4 { get; set; } = new(IpFamily.V4);

    public IptablesModel V6 { get; set; } = new(IpFamily.V6);

    /// <summary>Programs other than iptables; they succeed silently unless a test says otherwise.</summary>
    public Func<Command, CommandResult> Others { get; set; } = _ => new CommandResult(0, "", "");

    /// <summary>Whether the command of this number (from 0) fails without effect.</summary>
    public Func<int, Command, bool> Refuses { get; set; } = (_, _) => false;

    /// <summary>Awaited before a command has its effect: tests hold a command open with it.</summary>
    public Func<Command, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called when the process that runs commands is killed.</summary>
    public Action Killed { get; set; } = () => { };

    /// <summary>Commands run since <see cref="Restart"/>.</summary>
    public IReadOnlyList<Command> Commands
    {
        get
        {
            lock (_lock)
            {
                return [.. _commands];
            }
        }
    }

    /// <summary>Commands that change something.</summary>
    public IEnumerable<Command> Changes => Commands.Where(command => !command.Program.EndsWith("-save", StringComparison.Ordinal) && !(command.Program == "ip" && command.Arguments.Contains("show")));

    /// <summary>A new process on the same host: the count of commands starts again, and nothing kills it, unless told.</summary>
    public void Restart((int Number, Kill When)? kill = null)
    {
        lock (_lock)
        {
            _commands.Clear();
            (_kill, _dead) = (kill, false);
        }
    }

    public async Task<CommandResult> RunAsync(Command command, CancellationToken cancel)
    {
        await Before(command).WaitAsync(cancel);
        lock (_lock)
        {
            var number = _commands.Count;
            _commands.Add(command);
            if (_dead)
            {
                throw new ProcessKilledException();
            }

            return _kill is { } kill && kill.Number == number ? Die(command, kill.When) : Refuses(number, command) ? new CommandResult(4, "", "refused by the test") : Run(command, int.MaxValue);
        }
    }

    private CommandResult Die(Command command, Kill when)
    {
        _dead = true;
        Killed();
        if (when == Kill.After || (when == Kill.Halfway && command.Program.EndsWith("-restore", StringComparison.Ordinal)))
        {
            Run(command, when == Kill.After ? int.MaxValue : 1);
        }
        else if (when == Kill.Halfway && command is { Program: "ip", Arguments: ["-batch", ..] })
        {
            var lines = command.Input.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Run(command with { Input = string.Concat(lines.Take(lines.Length / 2).Select(line => line + "\n")) }, 1);
        }

        throw new ProcessKilledException();
    }

    private CommandResult Run(Command command, int tables)
    {
        var program = command.Program.Replace("-nft", "", StringComparison.Ordinal).Replace("-legacy", "", StringComparison.Ordinal);
        var model = program.StartsWith("ip6", StringComparison.Ordinal) ? V6 : V4;
        switch (program)
        {
            case "iptables-save" or "ip6tables-save":
                return new CommandResult(0, model.Save(command.Arguments.Contains("-c")), "");
            case "iptables-restore" or "ip6tables-restore":
                if (!command.Arguments.Contains("--noflush"))
                {
                    return new CommandResult(1, "", "without --noflush, everybody's rules would be gone");
                }

                try
                {
                    model.Restore(command.Input, tables);
                    return new CommandResult(0, "", "");
                }
                catch (IptablesRefusedException problem)
                {
                    return new CommandResult(1, "", $"{command.Program}: {problem.Message}");
                }

            default:
                return Others(command);
        }
    }
}
