using System.Diagnostics;
using System.Globalization;

namespace Bridgehead.Benchmarks;

/// <summary>The figures, each measured inside a sandbox. Times are whole-process or request to result, in milliseconds; medians of several runs.</summary>
internal static class Figures
{
    private const string State = "/run/bridgehead/state";

    public static readonly IReadOnlyList<(string Name, string Driver)> All = [("start", "tap"), ("list", "tap"), ("lease", "netns"), ("memory", "netns"), ("ports", "tap")];

    public static async Task<int> RunAsync(string name)
    {
        await CloudClient.RunAsync("nova-manage", ["network", "create", "bench", "10.64.0.0/16"]);
        await (name switch
        {
            "start" => StartAsync(),
            "list" => ListAsync(),
            "lease" => LeaseAsync(),
            "memory" => MemoryAsync(),
            _ => PortsAsync(),
        });
        return 0;
    }

    /// <summary>A new daemon with a state folder of its own, beside the running one; from its start to its first answer.</summary>
    private static async Task StartAsync()
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

            Print($"first answer of bridgehead up, {kind} state folder", Median(times), "ms", "< 300 ms");
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

    private static async Task ListAsync()
    {
        using var cloud = await CloudClient.LoginAsync();
        for (var i = 0; i < 100; i++)
        {
            await cloud.BootAsync($"s{i}");
        }

        Print("nova list with 100 servers, whole process", await MedianAsync(20, () => CloudClient.RunAsync("nova", ["list"])), "ms", "< 100 ms");
        Print("nova --help", await MedianAsync(20, () => CloudClient.RunAsync("nova", ["--help"])), "ms", "");
        Print("network create of a /24", await MedianAsync(9, n => CloudClient.RunAsync("nova-manage", ["network", "create", $"n{n}", $"10.70.{n}.0/24", "--bridge", $"br2{n:00}"])), "ms", "");
        string[] large = ["10.128.0.0/9", "100.64.0.0/10", "172.16.0.0/12"];
        Print("network create of a /9, a /10, a /12", await MedianAsync(3, n => CloudClient.RunAsync("nova-manage", ["network", "create", $"big{n}", large[n - 1], "--bridge", $"br30{n}"])), "ms", "as a /24");
    }

    /// <summary>From the request to the instance's own word that it has its address.</summary>
    private static async Task LeaseAsync()
    {
        using var cloud = await CloudClient.LoginAsync();
        var times = await TimesAsync(15, async n =>
        {
            var clock = Stopwatch.StartNew();
            var id = await cloud.BootAsync($"l{n}");
            while (!(await File.ReadAllTextAsync($"{State}/instances/{id}/console.log")).Contains("init: lease of", StringComparison.Ordinal))
            {
                await Task.Delay(2);
            }

            return clock.Elapsed.TotalMilliseconds;
        });
        Print("nova boot's request to the DHCP lease", Median(times), "ms", "< 1000 ms");
        Print("the slowest of 15", times.Max(), "ms", "< 1000 ms");
    }

    private static async Task MemoryAsync()
    {
        using var cloud = await CloudClient.LoginAsync();
        for (var i = 0; i < 100; i++)
        {
            await cloud.BootAsync($"m{i}");
        }

        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit)))
        {
            if (File.Exists($"{folder}/cmdline") && (await File.ReadAllTextAsync($"{folder}/cmdline")).StartsWith("bridgehead\0up", StringComparison.Ordinal))
            {
                var line = File.ReadLines($"{folder}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
                Print("resident memory with 100 instances", double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024, "MiB", "< 80 MiB");
            }
        }
    }

    /// <summary>A thousand ports; beside them the same changes with the bare tools, at the same number of ports.</summary>
    private static async Task PortsAsync()
    {
        using var cloud = await CloudClient.LoginAsync();
        var early = await TimesAsync(20, n => Timed(() => cloud.BootAsync($"p{n}")));
        var earlyFloor = await MedianAsync(9, BareAsync);
        await TimesAsync(960, n => Timed(() => cloud.BootAsync($"q{n}")));
        var late = await TimesAsync(20, n => Timed(() => cloud.BootAsync($"r{n}")));
        var lateFloor = await MedianAsync(9, n => BareAsync(n + 100));
        Print("a boot with about 10 ports on the host", Median(early), "ms", "", earlyFloor);
        Print("a boot with about 1000 ports on the host", Median(late), "ms", "", lateFloor);
        Print("the 1000th by the 10th", Median(late) / Median(early), "times", "<= 2", lateFloor / earlyFloor);
    }

    private static async Task<double> BareAsync(int n)
    {
        var time = await CloudClient.RunAsync("ip", ["-batch", "-"], $"tuntap add dev bare{n} mode tap\nlink set dev bare{n} master br100 up\n");
        time += await CloudClient.RunAsync("iptables-restore", ["--noflush"], $"*filter\n:bare-{n} - [0:0]\n-A bare-{n} -s 10.64.0.0/16 -j ACCEPT\n-A bare-{n} -j nova-compute-sg-fallback\n-A nova-compute-local -d 203.0.113.{n}/32 -j bare-{n}\nCOMMIT\n");
        return time + await CloudClient.RunAsync("nft", ["-f", "-"], $"add element bridge bridgehead_l2 taps {{ \"bare{n}\" }}\n");
    }

    private static async Task<double> Timed(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed.TotalMilliseconds;
    }

    private static async Task<List<double>> TimesAsync(int count, Func<int, Task<double>> measure)
    {
        var times = new List<double>();
        for (var i = 1; i <= count; i++)
        {
            times.Add(await measure(i));
        }

        return times;
    }

    private static async Task<double> MedianAsync(int count, Func<int, Task<double>> measure) => Median(await TimesAsync(count, measure));

    private static Task<double> MedianAsync(int count, Func<Task<double>> measure) => MedianAsync(count, _ => measure());

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static void Print(string figure, double value, string unit, string target, double? floor = null) => Report.Line(figure, value, floor, unit, target);
}
