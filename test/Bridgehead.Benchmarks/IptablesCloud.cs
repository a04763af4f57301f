using Bridgehead.Model;
using Bridgehead.Rules;

namespace Bridgehead.Benchmarks;

/// <summary>
/// The same cloud for iptables, which writes a rule from a source group once for each member into each instance's chain: here the source is not the group of all 4,000, which would be 16 million
/// rules, but four members of the instance's own group, so that an instance has 18 rules.
/// </summary>
/// <param name="edit">Changes a policy; null: they stay as they are.</param>
internal sealed class IptablesCloud(int instances, Func<Policy, Policy>? edit = null)
{
    private const int Sources = 4;
    private readonly EngineCloud _cloud = new(instances);

    public IReadOnlyList<Policy> Compute() =>
    [
        .. _cloud.Compute().Where(policy => policy is not Policy.GroupMember).Select(policy => Own(edit?.Invoke(policy) ?? policy)),
        .. Enumerable.Range(0, instances).Where(number => number % EngineCloud.PerSet < Sources).Select(number => (Policy)Member(number)),
    ];

    public IReadOnlyList<Policy> Network() => _cloud.Network();

    public IReadOnlyList<EngineChange> Changes()
    {
        var target = new Target(MostRatio: 1.3);
        var (own, member) = (EngineCloud.OwnGroup(0), Member(Sources));
        var (range, all) = (EngineCloud.Rule(own, 50, 7000, 7100, Cidr.Parse("192.0.2.0/24")), EngineCloud.Rule(EngineCloud.Shared, 50, 7000, 7100, Cidr.Parse("192.0.2.0/24")));
        return
        [
            Own(EngineChange.Group("one rule in a group of 20", target, own, range)),
            EngineChange.Instance(instances, target),
            new("one floating address", target, true, EngineCloud.Floating(instances + 1), null, EngineCloud.Floating(instances + 1).Key),
            new("one member of a source group of 20", target, false, member, null, member.Key),
            Own(EngineChange.Group("one rule in the group that all share", target, EngineCloud.Shared, all)),
        ];
    }

    private static EngineChange Own(EngineChange change) => change with { Put = Own(change.Put), Back = Own(change.Back!) };

    private static Policy Own(Policy policy) => policy is Policy.GroupRules group
        ? group with { Rules = [.. group.Rules.Select(rule => rule.SourceGroupId is null ? rule : rule with { SourceGroupId = group.GroupId })] }
        : policy;

    private static Policy.GroupMember Member(int number) =>
        new(EngineCloud.OwnGroup(number), $"g{EngineCloud.OwnGroup(number)}", new Guid(number, 0, 0, new byte[8]), [EngineCloud.AddressOf(number)]);
}
