using System.Text;

namespace Bridgehead.Api;

/// <summary>What the process itself uses, by the names that Prometheus' own clients give it.</summary>
internal sealed class ProcessFigures(TimeProvider clock)
{
    private readonly DateTimeOffset _started = clock.GetUtcNow();

    public void Write(StringBuilder text)
    {
        One(text, "process_cpu_seconds_total", "counter", "Seconds of processor time.", Environment.CpuUsage.TotalTime.TotalSeconds);
        One(text, "process_resident_memory_bytes", "gauge", "Resident memory.", Environment.WorkingSet);
        One(text, "process_start_time_seconds", "gauge", "When the process began to count, since 1970.", _started.ToUnixTimeMilliseconds() / 1000.0);
        One(text, "process_uptime_seconds", "gauge", "How long ago that is.", (clock.GetUtcNow() - _started).TotalSeconds);
        One(text, "process_open_fds", "gauge", "Open file descriptors.", Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        One(text, "dotnet_heap_bytes", "gauge", "Managed memory in use.", GC.GetTotalMemory(forceFullCollection: false));
        One(text, "dotnet_threads", "gauge", "Threads of the pool.", ThreadPool.ThreadCount);
        One(text, "dotnet_waiting_work_items", "gauge", "Work that waits for a thread.", ThreadPool.PendingWorkItemCount);
        MetricFamily.Head(text, "dotnet_collections_total", "Garbage collections.", "counter");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            MetricFamily.Line(text, "dotnet_collections_total", $"generation=\"{generation}\"", GC.CollectionCount(generation));
        }
    }

    private static void One(StringBuilder text, string name, string kind, string help, double value)
    {
        MetricFamily.Head(text, name, help, kind);
        MetricFamily.Line(text, name, "", value);
    }
}
