using System.Diagnostics;
using System.Globalization;

namespace Bridgehead.Benchmarks;

/// <summary>What wrk saw: requests a second, and latencies in milliseconds.</summary>
internal sealed record Traffic(double PerSecond, double P50, double P99);

/// <summary>wrk, Debian's own HTTP client for measurements. It keeps its connections, and each asks again as soon as it is answered.</summary>
internal static class Wrk
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>Asks for the time given, after a second that does not count. An answer that is refused, or with <paramref name="refused"/> one that is not, is a failure of the measurement.</summary>
    /// <param name="token">Sent as X-Auth-Token; by a file, as a command line is everybody's to read.</param>
    /// <param name="inside">What runs a command elsewhere, as <c>nsenter</c> with its arguments; empty: here.</param>
    public static async Task<Traffic> RunAsync(Uri url, int connections, TimeSpan time, string? token = null, bool refused = false, IReadOnlyList<string>? inside = null)
    {
        var script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(script, Script(token));
            await OnceAsync(url, connections, WarmUp, script, refused, inside ?? []);
            return await OnceAsync(url, connections, time, script, refused, inside ?? []);
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static async Task<Traffic> OnceAsync(Uri url, int connections, TimeSpan time, string script, bool refused, IReadOnlyList<string> inside)
    {
        string[] words = [.. inside, "wrk", "--threads", "1", "--connections", $"{connections}", "--duration", $"{(int)time.TotalSeconds}s", "--script", script, url.AbsoluteUri];
        using var process = Process.Start(new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var figures = said.Split('\n').Select(line => line.Split(' ')).FirstOrDefault(line => line[0] == "figures");
        return figures is [_, var requests, var microseconds, var p50, var p99, "0", var refusals] && refusals == (refused ? requests : "0")
            ? new Traffic(Number(requests) / Number(microseconds) * 1e6, Number(p50) / 1000, Number(p99) / 1000)
            : throw new InvalidOperationException($"wrk on {url} failed:\n{said}");
    }

    /// <summary>The last figures count failures of sockets, and refusals. No script sees each answer: that would cost more than the answer.</summary>
    private static string Script(string? token) =>
        $$"""
        {{(token is null ? "" : $"wrk.headers['X-Auth-Token'] = '{token}'")}}
        function done(summary, latency)
          local e = summary.errors
          print(string.format('figures %d %d %.0f %.0f %d %d', summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.timeout, e.status))
        end

        """;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
