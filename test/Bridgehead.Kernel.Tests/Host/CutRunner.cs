using Bridgehead.Host;
using Bridgehead.Testing;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>The real programs, until a line of an <c>ip -batch</c> (counted over all of them, from 0): what comes before it has happened, it and what comes after have not.</summary>
/// <param name="kills">Whether the process is killed there; else that line fails, once.</param>
internal sealed class CutRunner(int line, bool kills) : ICommandRunner
{
    private readonly CommandRunner _real = new();
    private int _lines;
    private bool _dead;

    /// <summary>Whether the line was reached.</summary>
    public bool WasCut { get; private set; }

    /// <summary>Lines that were sent to change something.</summary>
    public int Lines => _lines;

    public async Task<CommandResult> RunAsync(Command command, CancellationToken cancel)
    {
        if (_dead)
        {
            throw new ProcessKilledException();
        }

        if (!command.Arguments.Contains("-batch"))
        {
            return await _real.RunAsync(command, cancel);
        }

        var lines = command.Input.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var left = line - _lines;
        _lines += lines.Length;
        if (WasCut || left >= lines.Length)
        {
            return await _real.RunAsync(command, cancel);
        }

        WasCut = true;
        var done = await _real.RunAsync(command with { Input = string.Concat(lines.Take(left).Select(l => l + "\n")) }, cancel);
        _dead = kills;
        return kills ? throw new ProcessKilledException() : new CommandResult(1, "", done.Error + "refused by the test");
    }
}
