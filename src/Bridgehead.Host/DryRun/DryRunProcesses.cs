using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>Sees the real processes, and notes what they would be told.</summary>
public sealed class DryRunProcesses(IProcesses real, DryRun run) : IProcesses
{
    public IReadOnlyList<string> ArgumentsOf(int pid) => real.ArgumentsOf(pid);

    /// <summary>Told to read its files again, it is none other than before.</summary>
    public Task SignalAsync(string signal, int pid, CancellationToken cancel) => Task.CompletedTask;

    public Task EndAsync(int pid, Func<bool> runs, CancellationToken cancel)
    {
        run.Add(new HostChange(HostArea.Dhcp, ChangeSign.Goes, $"kill -TERM {pid}", Why: $"dnsmasq {ArgumentsOf(pid).FirstOrDefault(word => word.StartsWith("--pid-file=", StringComparison.Ordinal))}"));
        return Task.CompletedTask;
    }
}
