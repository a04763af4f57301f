using Bridgehead.Model;
using Bridgehead.Rules;

namespace Bridgehead.Benchmarks;

/// <summary>A change to be made and taken back.</summary>
internal sealed record EngineChange(string Name, Target? Target, bool Network, Policy Put, Policy? Back, string Key)
{
    public static IReadOnlyList<EngineChange> Of(int instances)
    {
        var own = EngineCloud.OwnGroup(0);
        var range = EngineCloud.Rule(own, 50, 7000, 7100, Cidr.Parse("192.0.2.0/24"));
        var shared = EngineCloud.Rule(EngineCloud.Shared, 50, 7000, 7100, Cidr.Parse("192.0.2.0/24"));
        var twice = new Target(MostRatio: 2);
        return
        [
            Group("one rule (ports from a prefix) in a group of 20", twice, own, range),
            Group("one rule (one port from anywhere) in a group of 20", twice, own, EngineCloud.Rule(own, 51, 7000, 7000, Cidr.AnyV4)),
            Group("one rule (ports from a prefix) in the group that all share", twice with { Most = 1 }, EngineCloud.Shared, shared),
            Instance(instances, twice),
            new("one floating address", twice, true, EngineCloud.Floating(instances + 1), null, EngineCloud.Floating(instances + 1).Key),
            new("one member of a source group", twice, false, EngineCloud.Member(instances), null, EngineCloud.Member(instances).Key),
        ];
    }

    public static EngineChange Group(string name, Target? target, long group, SecurityGroupRule rule) =>
        new(name, target, false, EngineCloud.Group(group, rule), EngineCloud.Group(group), Policy.GroupRules.KeyOf(group));

    public static EngineChange Instance(int instances, Target? target) =>
        new("one instance", target, false, EngineCloud.Instance(instances) with { Groups = [EngineCloud.Shared, EngineCloud.OwnGroup(0)] }, null, Policy.InstanceFilter.KeyOf(instances + 1));
}
