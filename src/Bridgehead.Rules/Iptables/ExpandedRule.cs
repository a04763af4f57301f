using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules.Iptables;

/// <summary>
/// One security group rule as it stands in the chains of the group's instances: for a prefix, or for the addresses that the members of its source group have at this moment. All the instances share
/// one, so that what iptables calls it is made once.
/// </summary>
public sealed class ExpandedRule(SecurityGroupRule rule, string groupName, string? sourceName, IReadOnlyList<IPAddress> sourceAddresses)
{
    private IReadOnlyList<Rule>? _v4;
    private IReadOnlyList<Rule>? _v6;

    /// <summary>One rule for its prefix, or one for each member of its source group, in this family.</summary>
    public IReadOnlyList<Rule> Rules(IpFamily family) => family == IpFamily.V4 ? _v4 ??= Make(v4: true) : _v6 ??= Make(v4: false);

    private IReadOnlyList<Rule> Make(bool v4)
    {
        if (!GroupRuleText.CanBeWritten(rule, v4))
        {
            return [];
        }

        var sources = rule.SourceGroupId is null ? [rule.Cidr ?? Cidr.AnyV4] : sourceAddresses.Select(Cidr.Host);
        var why = $"security group {groupName}, rule {rule.Id}{(sourceName is null ? "" : $", from group {sourceName}")}";
        return [.. sources.Where(range => range.IsV4() == v4).Select(range => new Rule([new Match.From(range), .. Protocols(v4)], new Verdict.Accept(), why) { GroupRule = rule.Id })];
    }

    private IEnumerable<Match> Protocols(bool v4)
    {
        switch (rule.Protocol)
        {
            case null:
                yield break;
            case "icmp":
                yield return new Match.Protocol(v4 ? "icmp" : "ipv6-icmp");
                if (rule.FromPort is { } type and not -1)
                {
                    yield return new Match.Icmp(!v4, type, rule.ToPort is { } code and not -1 ? code : null);
                }

                yield break;
            default:
                yield return new Match.Protocol(rule.Protocol);
                yield return rule.FromPort is not null && rule.FromPort == rule.ToPort
                    ? new Match.Ports(rule.Protocol, null, rule.FromPort)
                    : new Match.PortRange(rule.FromPort ?? 1, rule.ToPort ?? 65535);
                yield break;
        }
    }
}
