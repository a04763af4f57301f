using Bridgehead.Model;

namespace Bridgehead.Rules.Nftables;

/// <summary>
/// Where a group's rules stand in a family. A rule "one port, from everywhere" is an element of the group's set of ports. One that lets in ports from a prefix is an element of the group's interval set,
/// unless it overlaps one with a lower id that is. All others are rules of the chain. What cannot be written, or is of the other family, stands nowhere.
/// </summary>
/// <remarks>
/// The kernel refuses an element that begins or ends inside another, and takes one that surrounds another: what it takes would depend on which comes first. So no two of ours overlap at all, and where a
/// rule stands depends on the rules only. Pure.
/// </remarks>
internal sealed class RuleSides
{
    private readonly List<SecurityGroupRule> _ports = [];
    private readonly List<PortsFrom> _ranges = [];
    private readonly List<SecurityGroupRule> _others = [];

    public RuleSides(IEnumerable<SecurityGroupRule> rules, bool v4)
    {
        foreach (var rule in rules.Where(rule => IsOfFamily(rule, v4) && GroupRuleText.CanBeWritten(rule, v4)).OrderBy(rule => rule.Id))
        {
            if (GroupRuleText.IsOpenPort(rule, v4))
            {
                _ports.Add(rule);
            }
            else if (PortsFrom.Of(rule) is not { } range || !TryJoin(range))
            {
                _others.Add(rule);
            }
        }
    }

    public IReadOnlyList<SecurityGroupRule> Ports => _ports;

    /// <summary>Each once: rules with the same range are one element.</summary>
    public IReadOnlyList<PortsFrom> Ranges => _ranges;

    /// <summary>In the order of their ids.</summary>
    public IReadOnlyList<SecurityGroupRule> Others => _others;

    private static bool IsOfFamily(SecurityGroupRule rule, bool v4) => rule.SourceGroupId is not null || (rule.Cidr ?? Cidr.AnyV4).IsV4() == v4;

    /// <summary>False when another is in its way.</summary>
    private bool TryJoin(PortsFrom range)
    {
        foreach (var other in _ranges)
        {
            if (other.Overlaps(range))
            {
                return other == range;
            }
        }

        _ranges.Add(range);
        return true;
    }
}
