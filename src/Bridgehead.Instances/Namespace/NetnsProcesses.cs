using System.Globalization;
using Bridgehead.Host;

namespace Bridgehead.Instances;

/// <summary>
/// The processes of a container: its first one and all that come from it, in whatever namespaces they made for themselves. A process whose parent ended is the first one's child, or that of the first
/// of its own namespace.
/// </summary>
internal sealed class NetnsProcesses(ICommandRunner runner)
{
    /// <summary>A process that is stopped starts no other, so each look finds fewer that run; a tenant who is faster than that is tried again later.</summary>
    private const int MostLooks = 100;

    /// <summary>Clock ticks are hundredths of a second for programs, whatever the kernel's own are.</summary>
    private const long NanosecondsPerTick = 10_000_000;

    public async Task StopAsync(int first, CancellationToken cancel)
    {
        for (var look = 0; look < MostLooks; look++)
        {
            if (Running(first) is not { Count: > 0 } running)
            {
                return;
            }

            await SignalAsync("-STOP", running, cancel);
        }

        throw new InvalidOperationException($"processes under {first} start others faster than they can be stopped");
    }

    public Task ContinueAsync(int first, CancellationToken cancel) => SignalAsync("-CONT", [.. Tree(first).Select(process => process.Pid)], cancel);

    /// <summary>Processor time in nanoseconds, of the processes that there are; memory in KiB, counted for each process that has it.</summary>
    public static (long CpuTime, long Memory) Usage(int first)
    {
        var (ticks, pages) = (0L, 0L);
        foreach (var (pid, _) in Tree(first))
        {
            if (NetnsFolders.Stat(pid) is { Length: > 21 } fields)
            {
                ticks += long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
                pages += long.Parse(fields[21], CultureInfo.InvariantCulture);
            }
        }

        return (ticks * NanosecondsPerTick, pages * (Environment.SystemPageSize / 1024));
    }

    private static List<int> Running(int first) => [.. Tree(first).Where(process => process.State is not ("T" or "t" or "Z" or "X")).Select(process => process.Pid)];

    private static IEnumerable<(int Pid, string State)> Tree(int first)
    {
        var all = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Select(pid => (Pid: pid, Fields: NetnsFolders.Stat(pid))).Where(process => process.Fields.Length > 1).ToList();
        var children = all.ToLookup(process => process.Fields[1], process => process);
        var next = new Queue<(int Pid, string[] Fields)>(all.Where(process => process.Pid == first));
        while (next.TryDequeue(out var process))
        {
            yield return (process.Pid, process.Fields[0]);
            foreach (var child in children[process.Pid.ToString(CultureInfo.InvariantCulture)])
            {
                next.Enqueue(child);
            }
        }
    }

    /// <summary>One that ended meanwhile is no failure; one that may not be signalled shows at the next look.</summary>
    private Task<CommandResult> SignalAsync(string signal, IReadOnlyList<int> pids, CancellationToken cancel) =>
        runner.RunAsync(new Command("kill", [signal, .. pids.Select(pid => pid.ToString(CultureInfo.InvariantCulture))]), cancel);
}
