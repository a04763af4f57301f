namespace Bridgehead.Host;

/// <inheritdoc cref="IProcesses"/>
/// <param name="proc">Where the processes are seen.</param>
public sealed class Processes(ICommandRunner runner, string proc = "/proc") : IProcesses
{
    /// <summary>ESRCH: the process ended between opening and reading.</summary>
    private const int NoSuchProcess = 3;

    public IReadOnlyList<string> ArgumentsOf(int pid)
    {
        try
        {
            return [.. File.ReadAllText(Path.Combine(proc, $"{pid}", "cmdline")).TrimEnd('\0').Split('\0').Skip(1)];
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException or IOException { HResult: NoSuchProcess })
        {
            return [];
        }
    }

    public Task SignalAsync(string signal, int pid, CancellationToken cancel) => runner.RequireAsync(new Command("kill", [signal, $"{pid}"]), cancel);

    public async Task EndAsync(int pid, Func<bool> runs, CancellationToken cancel)
    {
        await SignalAsync("-TERM", pid, cancel);
        while (runs())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancel);
        }
    }
}
