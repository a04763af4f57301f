using Bridgehead.Model;

namespace Bridgehead.Rules;

/// <summary>What both back ends must agree on about a security group's rule.</summary>
internal static class GroupRuleText
{
    /// <summary>
    /// A rule that iptables would refuse makes it refuse the whole table, for every instance of the host; so it allows nothing instead. The API lets none of these in. For
    /// IPv4, iptables takes ICMP type 255 for "any type", which is more than was asked for.
    /// </summary>
    public static bool CanBeWritten(SecurityGroupRule rule, bool v4) => rule.Protocol switch
    {
        null => true,
        "icmp" => (rule.FromPort ?? -1) >= -1 && (rule.FromPort ?? -1) <= (v4 ? 254 : 255) && (rule.ToPort ?? -1) is >= -1 and <= 255,
        "tcp" or "udp" => (rule.FromPort ?? 1) >= 0 && (rule.ToPort ?? 65535) <= 65535 && (rule.FromPort ?? 1) <= (rule.ToPort ?? 65535),
        _ => false,
    };

    /// <summary>Whether it opens one port for everybody in the family.</summary>
    public static bool IsOpenPort(SecurityGroupRule rule, bool v4) => rule is { SourceGroupId: null, Protocol: "tcp" or "udp", FromPort: { } port } && port == rule.ToPort
        && (rule.Cidr ?? Cidr.AnyV4) is { PrefixLength: 0 } range && range.IsV4() == v4 && CanBeWritten(rule, v4);

    /// <summary>The protocol's number.</summary>
    public static byte NumberOf(string protocol, bool v4) => protocol switch
    {
        "tcp" => 6,
        "udp" => 17,
        _ => (byte)(v4 ? 1 : 58),
    };
}
