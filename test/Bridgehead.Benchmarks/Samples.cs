using System.Diagnostics;

namespace Bridgehead.Benchmarks;

/// <summary>Times in milliseconds.</summary>
internal static class Samples
{
    public static double Median(this IEnumerable<double> samples) => samples.Percentile(50);

    /// <summary>The smallest sample that is not under the given part of them.</summary>
    public static double Percentile(this IEnumerable<double> samples, int percent)
    {
        var sorted = samples.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, sorted.Count * percent / 100)];
    }

    public static double Time(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalMilliseconds;
    }

    public static async Task<double> TimeAsync(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed.TotalMilliseconds;
    }

    /// <summary>Several runs, numbered from 1.</summary>
    public static async Task<List<double>> TakeAsync(int count, Func<int, Task<double>> measure)
    {
        var times = new List<double>();
        for (var i = 1; i <= count; i++)
        {
            times.Add(await measure(i));
        }

        return times;
    }
}
