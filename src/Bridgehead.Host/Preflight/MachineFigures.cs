using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Bridgehead.Host;

/// <summary>
/// What this host has and how it does, read from /proc and the file system without starting a program. Memory in MiB, disk in GiB.
/// <see cref="CpuInfo"/> is a JSON object; <see cref="Kernel"/> is 6001000 for 6.1.0; <see cref="LoadAverage"/> is <c>0.20, 0.12, 0.14</c>.
/// </summary>
public sealed record MachineFigures(int Kernel, int Vcpus, long MemoryMb, long LocalGb, long FreeDiskGb, string CpuInfo, TimeSpan Uptime, string LoadAverage)
{
    private const long Gib = 1L << 30;

    /// <param name="folder">The folder whose file system instances live on; the nearest that is there counts.</param>
    public static MachineFigures Read(string folder)
    {
        var disk = new DriveInfo(Existing(folder));
        return new MachineFigures(
            KernelOf(File.ReadAllText("/proc/sys/kernel/osrelease")),
            Environment.ProcessorCount,
            MemoryOf(File.ReadLines("/proc/meminfo")),
            disk.TotalSize / Gib,
            disk.AvailableFreeSpace / Gib,
            CpuOf(File.ReadLines("/proc/cpuinfo"), RuntimeInformation.OSArchitecture),
            TimeSpan.FromSeconds(double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture)),
            string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ').Take(3)));
    }

    /// <summary>6.1.0-13-amd64 is 6001000: what is no number counts as 0.</summary>
    public static int KernelOf(string release)
    {
        var parts = release.Trim().Split('.').Select(part => int.TryParse(string.Concat(part.TakeWhile(char.IsAsciiDigit)), out var number) ? Math.Min(number, 999) : 0).ToList();
        return (parts.ElementAtOrDefault(0) * 1_000_000) + (parts.ElementAtOrDefault(1) * 1000) + parts.ElementAtOrDefault(2);
    }

    /// <summary>MiB of MemTotal.</summary>
    public static long MemoryOf(IEnumerable<string> meminfo)
    {
        var words = meminfo.First(line => line.StartsWith("MemTotal:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(words[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>nova's cpu_info of the processors of /proc/cpuinfo.</summary>
    public static string CpuOf(IEnumerable<string> cpuinfo, Architecture architecture)
    {
        var pairs = cpuinfo.Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2).Select(pair => (Key: pair[0].Trim(), Value: pair[1].Trim())).ToList();
        string First(string key) => pairs.Find(pair => pair.Key == key).Value ?? "";
        int Count(string key) => Math.Max(1, pairs.Where(pair => pair.Key == key).Select(pair => pair.Value).Distinct().Count());
        var sockets = Count("physical id");
        var cores = int.TryParse(First("cpu cores"), out var each) ? Math.Max(1, each) : 1;
        var threads = Math.Max(1, pairs.Count(pair => pair.Key == "processor") / (sockets * cores));
        using var memory = new MemoryStream();
        using (var w = new Utf8JsonWriter(memory))
        {
            w.WriteStartObject();
            w.WriteString("arch", architecture switch { Architecture.X64 => "x86_64", Architecture.Arm64 => "aarch64", _ => $"{architecture}".ToLowerInvariant() });
            w.WriteString("model", First("model name"));
            w.WriteString("vendor", First("vendor_id"));
            w.WriteStartArray("features");
            foreach (var feature in (First("flags") is { Length: > 0 } flags ? flags : First("Features")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
            {
                w.WriteStringValue(feature);
            }

            w.WriteEndArray();
            w.WriteStartObject("topology");
            w.WriteNumber("sockets", sockets);
            w.WriteNumber("cores", cores);
            w.WriteNumber("threads", threads);
            w.WriteEndObject();
            w.WriteEndObject();
        }

        return Encoding.UTF8.GetString(memory.ToArray());
    }

    private static string Existing(string folder) => Directory.Exists(folder) ? folder : Existing(Path.GetDirectoryName(Path.GetFullPath(folder)) ?? "/");
}
