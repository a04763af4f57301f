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

    public InstanceFrame Frame(string worker, Policy.InstanceFilter instance, IReadOnlyList<IpFamily> families) =>
        new(instance, new ContributionOrder(InstancePhase, (UInt128)instance.InstanceId), [.. families.Select(family => Frame(worker, family, instance))]);

    private InstanceFrame.Part Frame(string worker, IpFamily family, Policy.InstanceFilter instance)
    {
        var chain = Chain(family, Table.Filter, worker, $"inst-{instance.InstanceId}");
        var why = $"instance {instance.InstanceUuid}";
        return new InstanceFrame.Part(
            family,
            chain,
            Head(worker, family == IpFamily.V4, instance),
            Jump(worker, "sg-fallback", $"{why}: nothing allowed it"),
            new(
                Chain(family, Table.Filter, worker, "local"),
                [.. instance.Addresses.Where(a => a.IsV4() == (family == IpFamily.V4)).Select(a => new Rule([new Match.To(Cidr.Host(a))], new Verdict.Jump(chain.Name), why))]));
    }

    /// <summary>What stands before the rules of the groups.</summary>
    private List<Rule> Head(string worker, bool v4, Policy.InstanceFilter instance)
    {
        var why = $"instance {instance.InstanceUuid}";
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
        return rules;
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
