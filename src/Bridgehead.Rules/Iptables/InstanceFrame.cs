namespace Bridgehead.Rules.Iptables;

/// <summary>What stands in an instance's chains whatever its groups say. It is made once, so that a change of a group costs its instances no more than the group's rules.</summary>
public sealed class InstanceFrame(Policy.InstanceFilter instance, ContributionOrder order, IReadOnlyList<InstanceFrame.Part> parts)
{
    private readonly IReadOnlyList<ChainId> _owned = [.. parts.Select(part => part.Chain)];

    /// <summary>The frame is this policy's.</summary>
    public Policy.InstanceFilter Instance => instance;

    /// <summary>The instance's rules, with those of its groups in their place.</summary>
    public IptablesContribution With(IReadOnlyList<ExpandedRule> groups)
    {
        var rules = new List<ChainRules<ChainId, Rule>>(2 * parts.Count);
        foreach (var part in parts)
        {
            rules.Add(new(part.Chain, [.. part.Head, .. groups.SelectMany(group => group.Rules(part.Family)), part.Last]));
            if (part.Jumps.Rules.Count > 0)
            {
                rules.Add(part.Jumps);
            }
        }

        return new(instance.Key, order, _owned, rules);
    }

    /// <summary>One family's: the instance's chain, its rules before and after those of the groups, and the jumps to it.</summary>
    public sealed record Part(IpFamily Family, ChainId Chain, IReadOnlyList<Rule> Head, Rule Last, ChainRules<ChainId, Rule> Jumps);
}
