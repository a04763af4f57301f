using System.Globalization;

namespace Bridgehead.Host;

/// <summary>What a daemon needs of its host before it begins, looked at without starting a program. Answers are sentences that say what to do.</summary>
public static class HostChecks
{
    private const int NetAdmin = 12;

    /// <summary>Whether this process may change the network of its namespace (CAP_NET_ADMIN).</summary>
    public static IEnumerable<string> Permission()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        var capabilities = ulong.Parse(line["CapEff:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if ((capabilities >> NetAdmin & 1) == 0)
        {
            yield return "changing this host's network takes CAP_NET_ADMIN: run it as root, or try 'bridgehead sandbox', which needs no privilege";
        }
    }

    /// <summary>Whether an interface that a setting names is there.</summary>
    public static IEnumerable<string> Interface(string setting, string? name)
    {
        if (name is not null && !Interfaces().Contains(name))
        {
            yield return $"{setting} is '{name}', but this host has no such interface: it has {string.Join(", ", Interfaces())}";
        }
    }

    /// <summary>Names of this namespace's interfaces.</summary>
    private static List<string> Interfaces() =>
        [.. File.ReadLines("/proc/net/dev").Skip(2).Select(line => line.Split(':')[0].Trim())];
}
