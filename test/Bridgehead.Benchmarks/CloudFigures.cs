using System.Diagnostics;
using System.Globalization;

namespace Bridgehead.Benchmarks;

/// <summary>The figures, each measured inside a sandbox. Times are whole-process or request to result, in milliseconds; medians of several runs.</summary>
internal static class CloudFigures
{
    private const string State = "/run/bridgehead/state";

    /// <summary>A new daemon with a state folder of its own, beside the running one; from its start to its first answer.</summary>
    public static async Task StartAsync()
    {
        using var http = new HttpClient();
        await CloudClient.RunAsync("sh", ["-c", "kill $(pgrep -f '^bridgehead up')"]);
        foreach (var (kind, keep) in new[] { ("new", false), ("existing", true) })
        {
            var times = new List<double>();
            for (var i = 0; i < 9; i++)
            {
                times.Add(await StartOnceAsync(http, $"/run/start-{(keep ? "kept" : i)}"));
            }

            Print($"first answer of bridgehead up, {kind} state folder", times.Median(), "ms", 300);
        }
    }

    private static async Task<double> StartOnceAsync(HttpClient http, string state)
    {
        var clock = Stopwatch.StartNew();
        using var daemon = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec bridgehead up --state_path {state} >>{Environment.GetEnvironmentVariable("SANDBOX_LOG")} 2>&1"]) { UseShellExecute = false })!;
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri("http://127.0.0.1:8774/"));
                var time = clock.Elapsed.TotalMilliseconds;
                daemon.Kill();
                await daemon.WaitForExitAsync();
                return time;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
                await Task.Delay(1);
            }
        }
    }

    public static async Task ListAsync()
    {
        using var cloud = await OpenAsync();
        for (var i = 0; i < 100; i++)
        {
            await cloud.BootAsync($"s{i}");
        }

        Print("nova list with 100 servers, whole process", await MedianAsync(20, _ => CloudClient.RunAsync("nova", ["list"])), "ms", 100);
        Print("nova --help", await MedianAsync(20, _ => CloudClient.RunAsync("nova", ["--help"])), "ms");
        Print("network create of a /24", await MedianAsync(9, n => CloudClient.RunAsync("nova-manage", ["network", "create", $"n{n}", $"10.70.{n}.0/24", "--bridge", $"br2{n:00}"])), "ms");
        string[] large = ["10.128.0.0/9", "100.64.0.0/10", "172.16.0.0/12"];
        Print("network create of a /9, a /10, a /12", await MedianAsync(3, n => CloudClient.RunAsync("nova-manage", ["network", "create", $"big{n}", large[n - 1], "--bridge", $"br30{n}"])), "ms");
    }

    /// <summary>From the request to the instance's own word that it has its address.</summary>
    public static async Task LeaseAsync()
    {
        using var cloud = await OpenAsync();
        var times = await Samples.TakeAsync(15, async n =>
        {
            var clock = Stopwatch.StartNew();
            var id = await cloud.BootAsync($"l{n}");
            while (!(await File.ReadAllTextAsync($"{State}/instances/{id}/console.log")).Contains("init: lease of", StringComparison.Ordinal))
            {
                await Task.Delay(2);
            }

            return clock.Elapsed.TotalMilliseconds;
        });
        Print("nova boot's request to the DHCP lease", times.Median(), "ms", 1000);
        Print("the slowest of 15", times.Max(), "ms", 1000);
    }

    public static async Task MemoryAsync()
    {
        using var cloud = await OpenAsync();
        for (var i = 0; i < 100; i++)
        {
            await cloud.BootAsync($"m{i}");
        }

        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit)))
        {
            if (File.Exists($"{folder}/cmdline") && (await File.ReadAllTextAsync($"{folder}/cmdline")).StartsWith("bridgehead\0up", StringComparison.Ordinal))
            {
                var line = File.ReadLines($"{folder}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
                Print("resident memory with 100 instances", double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024, "MiB", 80);
            }
        }
    }

    private static async Task<CloudClient> OpenAsync()
    {
        await CloudClient.RunAsync("nova-manage", ["network", "create", "bench", "10.64.0.0/16"]);
        return await CloudClient.LoginAsync();
    }

    private static async Task<double> MedianAsync(int count, Func<int, Task<double>> measure) => (await Samples.TakeAsync(count, measure)).Median();

    private static void Print(string figure, double value, string unit, double? most = null) => new Row(figure, value, unit, null, most is null ? null : new Target(Most: most)).Print();
}
