namespace Bridgehead.Host;

/// <summary>A program to run: never through a shell, always an argument list.</summary>
public sealed record Command(string Program, IReadOnlyList<string> Arguments)
{
    public string Input { get; init; } = "";

    /// <summary>It changes nothing: a dry run lets it through.</summary>
    public bool Reads { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Added to the inherited environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public override string ToString() => $"{Program} {string.Join(' ', Arguments)}";
}

/// <summary>What a finished program left.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error);

/// <summary>The only way to the host's programs; the tests' FakeHost is the other implementation.</summary>
public interface ICommandRunner
{
    /// <summary>Runs to the end and returns whatever the exit code. Throws <see cref="CommandFailedException"/> when the program cannot be started or the time is up (it and all that descend from it are then killed).</summary>
    Task<CommandResult> RunAsync(Command command, CancellationToken cancel);
}

/// <summary>A program of the host's failed. The message says which, with what arguments, the exit code, its words, and the head of its input.</summary>
public sealed class CommandFailedException : Exception
{
    public CommandFailedException()
    {
    }

    public CommandFailedException(string message)
        : base(message)
    {
    }

    public CommandFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public static CommandFailedException From(Command command, CommandResult result)
    {
        var input = command.Input.Length > 2000 ? command.Input[..2000] + "…" : command.Input;
        return new CommandFailedException($"'{command}' exited with {result.ExitCode}: {result.Error.Trim()}{(input.Length > 0 ? $"\ninput:\n{input}" : "")}");
    }
}

public static class CommandRunnerExtensions
{
    /// <summary>Runs a command that must succeed (exit code 0) and returns its standard output.</summary>
    public static async Task<string> RequireAsync(this ICommandRunner runner, Command command, CancellationToken cancel)
    {
        var result = await runner.RunAsync(command, cancel);
        return result.ExitCode == 0 ? result.Output : throw CommandFailedException.From(command, result);
    }
}
