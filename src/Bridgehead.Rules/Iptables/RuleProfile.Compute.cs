using Bridgehead.Model;

namespace Bridgehead.Rules.Iptables;

/// <summary>nova-compute's rules (section 3).</summary>
internal sealed partial class RuleProfile
{
    private static readonly IpFamily[] BothFamilies = [IpFamily.V4, IpFamily.V6];

    private static Verdict DropVerdict(string action) => action == "DROP" ? new Verdict.Drop() : new Verdict.Jump(action);

    private IptablesContribution ComputeHost(string worker, Policy.ComputeHost policy)
    {
        // After the bridges, as on a host where the first instance brings the accept of discovers.
        var draft = new IptablesDraft(policy.Key, InstancePhase, 0);
        foreach (var family in BothFamilies)
        {
            var fallback = Chain(family, Table.Filter, worker, "sg-fallback");
            draft.Own(fallback).Add(fallback, new Rule([], DropVerdict(policy.DropAction), "what no security group allows is dropped"));
            if (options.ProviderChain)
            {
                draft.Own(Chain(family, Table.Filter, worker, "provider"));
            }
        }

        if (options.AcceptDiscover)
        {
            var discover = new Rule(
                [new Match.From(Cidr.Parse("0.0.0.0/32")), new Match.To(Cidr.Parse("255.255.255.255/32")), new Match.Protocol("udp"), new Match.Ports("udp", 68, 67)],
                new Verdict.Accept(),
                "instances ask for their addresses");
            draft.Add(Chain(IpFamily.V4, Table.Filter, worker, "INPUT"), discover).Add(Chain(IpFamily.V4, Table.Filter, worker, "FORWARD"), discover);
        }

        return draft.Done();
    }

    private static IptablesContribution ComputeBridge(string worker, Policy.ComputeBridge bridge) => new IptablesDraft(bridge.Key, NetworkPhase, 0)
        .Add(Chain(IpFamily.V4, Table.Filter, worker, "FORWARD"), [
            new Rule([new Match.In(bridge.Bridge)], new Verdict.Accept(), $"bridge {bridge.Bridge} of instances on this host"),
            new Rule([new Match.Out(bridge.Bridge)], new Verdict.Accept(), $"bridge {bridge.Bridge} of instances on this host")])
        .Done();

    public IptablesContribution Plan(string worker, Policy.InstanceFilter instance, IReadOnlyList<ExpandedRule> rules)
    {
        var draft = new IptablesDraft(instance.Key, InstancePhase, (UInt128)instance.InstanceId);
        foreach (var family in BothFamilies)
        {
            var chain = Chain(family, Table.Filter, worker, $"inst-{instance.InstanceId}");
            var why = $"instance {instance.InstanceUuid}";
            draft.Own(chain).Add(chain, InstanceRules(worker, family, instance, rules));
            draft.Add(
                Chain(family, Table.Filter, worker, "local"),
                [.. instance.Addresses.Where(a => a.IsV4() == (family == IpFamily.V4)).Select(a => new Rule([new Match.To(Cidr.Host(a))], new Verdict.Jump(chain.Name), why))]);
        }

        return draft.Done();
    }

    private List<Rule> InstanceRules(string worker, IpFamily family, Policy.InstanceFilter instance, IReadOnlyList<ExpandedRule> groups)
    {
        var (v4, why) = (family == IpFamily.V4, $"instance {instance.InstanceUuid}");
        var rules = new List<Rule>
        {
            new([new Match.State("INVALID")], new Verdict.Drop(), $"{why}: packets of no connection"),
            new([new Match.State("RELATED,ESTABLISHED")], new Verdict.Accept(), $"{why}: answers"),
        };
        if (options.ProviderChain)
        {
            rules.Add(Jump(worker, "provider", "rules of the whole cloud"));
        }

        var subnets = instance.Subnets.Where(subnet => subnet.Cidr.IsV4() == v4).ToList();
        rules.AddRange(subnets.Where(subnet => subnet.DhcpServer is not null).Select(subnet => new Rule(
            [new Match.From(Cidr.Host(subnet.DhcpServer!)), new Match.Protocol("udp"), new Match.Ports("udp", 67, 68)], new Verdict.Accept(), $"{why}: its DHCP server")));
        if (instance.AllowSameNetTraffic)
        {
            rules.AddRange(subnets.Select(subnet => new Rule([new Match.From(subnet.Cidr)], new Verdict.Accept(), "allow_same_net_traffic")));
        }

        rules.AddRange(subnets.Where(subnet => subnet.GatewayV6 is not null).Select(subnet => new Rule(
            [new Match.From(Cidr.Host(subnet.GatewayV6!)), new Match.Protocol("ipv6-icmp")], new Verdict.Accept(), $"{why}: router advertisements")));
        rules.AddRange(groups.SelectMany(rule => GroupRules(rule, v4)));
        rules.Add(Jump(worker, "sg-fallback", $"{why}: nothing allowed it"));
        return rules;
    }

    /// <summary>A rule of a group: one for its prefix, or one for each member of its source group, in this family.</summary>
    private static IEnumerable<Rule> GroupRules(ExpandedRule group, bool v4)
    {
        var rule = group.Rule;
        if (!GroupRuleText.CanBeWritten(rule, v4))
        {
            return [];
        }

        var sources = rule.SourceGroupId is null ? [rule.Cidr ?? Cidr.AnyV4] : group.SourceAddresses.Select(Cidr.Host);
        var why = $"security group {group.GroupName}, rule {rule.Id}{(group.SourceName is { } source ? $", from group {source}" : "")}";
        return sources.Where(range => range.IsV4() == v4).Select(range => new Rule([new Match.From(range), .. Protocols(rule, v4)], new Verdict.Accept(), why) { GroupRule = rule.Id });
    }

    private static IEnumerable<Match> Protocols(SecurityGroupRule rule, bool v4)
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

/// <summary>The profiles there are.</summary>
public static class RuleProfiles
{
    public static IRuleProfile For(Model.RuleProfile profile) => profile switch
    {
        Model.RuleProfile.Article => new RuleProfile(new(RangePerNetwork: false, ProviderChain: true, AcceptDiscover: false, FillChecksum: false, FloatingByDevice: false)),
        Model.RuleProfile.Ocata => new RuleProfile(new(RangePerNetwork: true, ProviderChain: false, AcceptDiscover: true, FillChecksum: true, FloatingByDevice: true)),
        _ => throw new NotSupportedException($"no rule profile {profile}"),
    };
}
