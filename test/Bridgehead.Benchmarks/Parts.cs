using System.Diagnostics;

namespace Bridgehead.Benchmarks;

/// <summary>The parts of the benchmark, and where each runs: in an empty network namespace, or on the host of a sandbox.</summary>
internal static class Parts
{
    private static readonly IReadOnlyList<Part> All =
    [
        new("engine", "nftables engine", null, () => Task.Run(EngineFigures.Run)),
        new("iptables", "iptables engine", null, IptablesFigures.RunAsync),
        new("packets", "packets through the host", null, () => Task.Run(PacketFigures.Run)),
        new("api-nftables", "from the request to the kernel, nftables", ["--driver", "tap", "--set", "netfilter_backend=nftables"], () => PortFigures.RunAsync(native: true)),
        new("api-iptables", "from the request to the kernel, iptables", ["--driver", "tap"], () => PortFigures.RunAsync(native: false)),
        new("api", "the API under load", ["--driver", "tap"], ApiFigures.RunAsync),
        new("boots", "", ["--driver", "netns"], BootFigures.RunAsync),
        new("metadata", "", ["--driver", "netns"], MetadataFigures.RunAsync),
        new("start", "the program", ["--driver", "tap"], CloudFigures.StartAsync),
        new("list", "", ["--driver", "tap"], CloudFigures.ListAsync),
        new("lease", "", ["--driver", "netns"], CloudFigures.LeaseAsync),
        new("memory", "", ["--driver", "netns"], CloudFigures.MemoryAsync),
    ];

    public static IEnumerable<string> Names => All.Select(part => part.Name);

    public static Task InsideAsync(string name) => All.Single(part => part.Name == name).MeasureAsync();

    /// <summary>Runs the named parts, or all, and prints the table; the exit status says only whether everything could be measured.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> names)
    {
        if (names.FirstOrDefault(name => !Names.Contains(name)) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"there is no part '{unknown}'; there are {string.Join(", ", Names)}");
            return 2;
        }

        var clock = Stopwatch.StartNew();
        Console.WriteLine($"{Environment.ProcessorCount} cores, kernel {(await File.ReadAllTextAsync("/proc/sys/kernel/osrelease")).Trim()}, load {(await File.ReadAllTextAsync("/proc/loadavg")).Trim()}\n{Row.Head}");
        var rows = new List<Row>();
        foreach (var part in All.Where(part => names.Count == 0 || names.Contains(part.Name)))
        {
            if (!await RunAsync(part, rows))
            {
                return 1;
            }
        }

        var targets = rows.Where(row => row.IsMet is not null).ToList();
        Console.WriteLine($"\n{targets.Count(row => row.IsMet == true)} of {targets.Count} targets met, in {clock.Elapsed.TotalSeconds:0} s");
        return 0;
    }

    private static async Task<bool> RunAsync(Part part, List<Row> rows)
    {
        if (part.Title.Length > 0)
        {
            Console.WriteLine($"{part.Title}:");
        }

        string[] inside = [.. Self.Command, "--inside", part.Name];
        string[] unlimited = ["--set", "quota_instances=-1", "--set", "quota_cores=-1", "--set", "quota_ram=-1"];
        using var process = part.Sandbox is { } options
            ? Self.Start(Path.Combine(Self.Root, "bin", "bridgehead"), ["sandbox", .. options, .. unlimited, "--", .. inside])
            : Self.Start("unshare", ["--net", .. inside]);
        process.StandardInput.Close();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Row.Parse(line) is { } row)
            {
                rows.Add(row);
            }

            Console.WriteLine(Row.Parse(line) is { } figure ? $"  {figure}" : line);
        }

        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    /// <param name="Sandbox">The sandbox's options; null for an empty network namespace.</param>
    private sealed record Part(string Name, string Title, IReadOnlyList<string>? Sandbox, Func<Task> MeasureAsync);
}
