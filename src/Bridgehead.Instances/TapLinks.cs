using System.Globalization;
using Bridgehead.Host;
using Bridgehead.Model;

namespace Bridgehead.Instances;

/// <summary>An instance's taps, which stay on their bridges whether they carry anything or not.</summary>
internal static class TapLinks
{
    public static Task<string> SetAsync(ICommandRunner runner, IReadOnlyList<DeviceName> taps, bool up, CancellationToken cancel) => taps.Count == 0
        ? Task.FromResult("")
        : runner.RequireAsync(new Command("ip", ["-batch", "-"]) { Input = string.Concat(taps.Select(tap => $"link set dev {tap} {(up ? "up" : "down")}\n")) }, cancel);

    /// <summary>What went through the taps, in nova's names. What the host receives from a tap the instance sent.</summary>
    public static IReadOnlyDictionary<string, long> Counters(IReadOnlyList<DeviceName> taps)
    {
        var wanted = taps.Select(tap => $"{tap}").ToHashSet(StringComparer.Ordinal);
        var figures = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in wanted.Count == 0 ? [] : File.ReadLines("/proc/net/dev"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !wanted.Contains(line[..colon].Trim()))
            {
                continue;
            }

            var tap = line[..colon].Trim();
            var numbers = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToList();
            foreach (var (name, at) in (ReadOnlySpan<(string, int)>)[("tx", 0), ("tx_packets", 1), ("tx_errors", 2), ("tx_drop", 3), ("rx", 8), ("rx_packets", 9), ("rx_errors", 10), ("rx_drop", 11)])
            {
                figures[$"{tap}_{name}"] = numbers[at];
            }
        }

        return figures;
    }
}
