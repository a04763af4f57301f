using Bridgehead.Model;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>Why an element stands in a set or map: an element has no room for a reason, but belongs to a policy.</summary>
internal static class ElementReasons
{
    public static ElementReason? Of(Policy? owner, NftSet set, NftValue key) => owner switch
    {
        Policy.GroupRules group => OfPort(group, set, key),
        Policy.GroupMember member => new ElementReason($"instance {member.InstanceUuid} is in group {member.GroupName}", null),
        Policy.InstanceFilter instance => new ElementReason($"instance {instance.InstanceUuid}", null),
        Policy.FloatingNat floating => new ElementReason($"floating address {floating.Floating} of {floating.Fixed}", null),
        GuardedPort port => new ElementReason($"port {port.Tap}, {port.Mac}", null),
        _ => null,
    };

    private static ElementReason? OfPort(Policy.GroupRules group, NftSet set, NftValue key)
    {
        var v4 = set.Id.Table.Family == NftFamily.Ip;
        bool Is(SecurityGroupRule rule) => set.Interval
            ? GroupRuleText.CanBeWritten(rule, v4) && PortsFrom.Of(rule)?.ToElement() == key
            : GroupRuleText.IsOpenPort(rule, v4) && GroupObjects.PortElement(rule) == key;
        var rule = group.Rules.Where(Is).MinBy(rule => rule.Id);
        return rule is null ? null : new ElementReason($"rule {rule.Id}", rule.Id);
    }
}
