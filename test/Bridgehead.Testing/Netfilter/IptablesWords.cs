using Bridgehead.Model;
using Bridgehead.Rules.Iptables;

namespace Bridgehead.Testing;

/// <summary>What the program checks of a rule's words, as far as our rules can get it wrong: targets, the table they belong to, addresses of the family, ports.</summary>
internal static class IptablesWords
{
    /// <summary>Targets that are no chains, and the only table that has them.</summary>
    private static readonly Dictionary<string, string?> Targets = new(StringComparer.Ordinal)
    {
        ["ACCEPT"] = null,
        ["DROP"] = null,
        ["RETURN"] = null,
        ["LOG"] = null,
        ["REJECT"] = "filter",
        ["MARK"] = "mangle",
        ["CHECKSUM"] = "mangle",
        ["DNAT"] = "nat",
        ["SNAT"] = "nat",
        ["REDIRECT"] = "nat",
        ["MASQUERADE"] = "nat",
    };

    public static string? TargetOf(string rule)
    {
        var words = Words(rule);
        var at = words.FindIndex(word => word is "-j" or "-g");
        return at < 0 ? null : words.ElementAtOrDefault(at + 1);
    }

    public static void Check(IpFamily family, string table, string rule, Func<string, bool> exists, Func<string, Exception> refused)
    {
        var words = Words(rule);
        if (rule.Contains("  ", StringComparison.Ordinal) || rule != rule.Trim())
        {
            throw refused($"not a line that iptables-save prints: '{rule}'");
        }

        for (var i = 0; i + 1 < words.Count; i++)
        {
            switch (words[i])
            {
                case "-j" or "-g":
                    CheckTarget(table, words[i + 1], exists, refused);
                    break;
                case "-s" or "-d":
                    if (!Cidr.TryParse(words[i + 1], out var range) || range.IsV4() != (family == IpFamily.V4) || range.PrefixLength == 0)
                    {
                        throw refused($"host/network `{words[i + 1]}' not found");
                    }

                    break;
                case "--to-source" or "--to-destination":
                    CheckAddress(words[i + 1], refused);
                    break;
                case "--dport" or "--sport" or "--dports" or "--to-ports":
                    CheckPorts(words[i + 1], refused);
                    break;
                case "-p":
                    if (words[i + 1] is not ("tcp" or "udp") && words[i + 1] != (family == IpFamily.V4 ? "icmp" : "ipv6-icmp"))
                    {
                        throw refused($"unknown protocol \"{words[i + 1]}\" specified");
                    }

                    break;
            }
        }
    }

    /// <summary>Words; a quoted comment is one.</summary>
    private static List<string> Words(string rule)
    {
        var words = new List<string>();
        var parts = rule.Split('"');
        for (var i = 0; i < parts.Length; i++)
        {
            words.AddRange(i % 2 == 1 ? [parts[i]] : parts[i].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        return words;
    }

    private static void CheckTarget(string table, string target, Func<string, bool> exists, Func<string, Exception> refused)
    {
        if (Targets.TryGetValue(target, out var only) ? only is not null && only != table : !exists(target))
        {
            throw refused($"Chain '{target}' does not exist");
        }
    }

    private static void CheckAddress(string text, Func<string, Exception> refused)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (!Ip.TryParse(colon < 0 ? text : text[..colon], out _) || (colon >= 0 && !ushort.TryParse(text[(colon + 1)..], out _)))
        {
            throw refused($"Bad IP address \"{text}\"");
        }
    }

    private static void CheckPorts(string text, Func<string, Exception> refused)
    {
        var ends = text.Split(':');
        if (ends.Length > 2 || !ends.All(end => ushort.TryParse(end, out _)) || (ends.Length == 2 && ushort.Parse(ends[0]) > ushort.Parse(ends[1])))
        {
            throw refused($"invalid port/service `{text}' specified");
        }
    }
}
