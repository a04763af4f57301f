using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules.Iptables;

/// <summary>
/// nova's rules. What differs between releases are the fields of <see cref="Options"/>, given by <see cref="RuleProfiles"/>; sections are those of the behaviour's description.
/// </summary>
internal sealed partial class RuleProfile(RuleProfile.Options options) : IRuleProfile
{
    private const int SkeletonPhase = 0;
    private const int HostPhase = 1;

    /// <summary>A bridge that is not routed comes before those that are: what goes between them is dropped, whichever network came first.</summary>
    private const int UnroutedPhase = 2;
    private const int NetworkPhase = 3;
    private const int InstancePhase = 4;

    /// <summary>Of two floating addresses of one instance, the one of the interface wins over one of any.</summary>
    private const int FloatingPhase = 5;
    private const int FloatingAnywherePhase = 6;

    /// <summary>What a release does otherwise than another.</summary>
    /// <param name="RangePerNetwork">SNAT names public_interface (2.3).</param>
    /// <param name="ProviderChain">Instances consult a cloud-wide provider chain (3.6).</param>
    /// <param name="AcceptDiscover">nova-compute accepts DHCP discovers (3.1).</param>
    /// <param name="FillChecksum">DHCP answers get their checksum filled (2.4).</param>
    /// <param name="FloatingByDevice">Floating addresses name the interface, and hairpin rules exist (2.6).</param>
    internal sealed record Options(bool RangePerNetwork, bool ProviderChain, bool AcceptDiscover, bool FillChecksum, bool FloatingByDevice);

    public bool UsesMangle => options.FillChecksum;

    public IptablesContribution Skeleton(string worker) => new IptablesDraft(FirewallPlan.SkeletonKey, SkeletonPhase, 0)
        .Add(Chain(IpFamily.V4, Table.Nat, worker, "snat"), Jump(worker, "float-snat", "a floating address wins over the shared SNAT address"))
        .Done();

    public IptablesContribution Plan(string worker, Policy policy) => policy switch
    {
        Policy.MetadataAccept metadata => Metadata(worker, metadata),
        Policy.NetworkHost host => NetworkHost(worker, host),
        Policy.NetworkBridge bridge => NetworkBridge(worker, bridge),
        Policy.FloatingNat floating => Floating(worker, floating),
        Policy.ComputeHost host => ComputeHost(worker, host),
        Policy.ComputeBridge bridge => ComputeBridge(worker, bridge),
        _ => throw new NotSupportedException($"no iptables rules for {policy}"),
    };

    private static IptablesContribution Metadata(string worker, Policy.MetadataAccept metadata)
    {
        var family = metadata.MetadataHost.IsV4() ? IpFamily.V4 : IpFamily.V6;
        Match to = IPAddress.IsLoopback(metadata.MetadataHost) ? new Match.ToLocal() : new Match.To(Cidr.Host(metadata.MetadataHost));
        var rule = new Rule([.. Tcp(metadata.Port), to], new Verdict.Accept(), "nova-api: instances reach the metadata service");
        return new IptablesDraft(metadata.Key, HostPhase, 0).Add(Chain(family, Table.Filter, worker, "INPUT"), rule).Done();
    }

    private IptablesContribution NetworkHost(string worker, Policy.NetworkHost host)
    {
        var draft = new IptablesDraft(host.Key, HostPhase, 0);
        if (host.MetadataHost.IsV4() || IPAddress.IsLoopback(host.MetadataHost))
        {
            draft.Add(Chain(IpFamily.V4, Table.Nat, worker, "PREROUTING"), Redirect(host));
        }

        return (host.Range is { } range ? Range(draft, worker, range) : draft).Done();
    }

    private static Rule Redirect(Policy.NetworkHost host) => new(
        [new Match.To(Cidr.Parse("169.254.169.254/32")), .. Tcp(80)],
        IPAddress.IsLoopback(host.MetadataHost) ? new Verdict.Redirect(host.MetadataPort) : new Verdict.Dnat(host.MetadataHost, host.MetadataPort),
        "metadata_host: what instances ask of 169.254.169.254 goes to the metadata service");

    private IptablesContribution NetworkBridge(string worker, Policy.NetworkBridge bridge)
    {
        var draft = new IptablesDraft(bridge.Key, bridge.HasGateway ? NetworkPhase : UnroutedPhase, (UInt128)bridge.NetworkId);
        var why = $"network {bridge.NetworkId}";
        Verdict verdict = bridge.HasGateway ? new Verdict.Accept() : new Verdict.Drop();
        draft.Add(Chain(IpFamily.V4, Table.Filter, worker, "FORWARD"), [
            new Rule([new Match.In(bridge.Bridge)], verdict, $"{why}: its bridge is {(bridge.HasGateway ? "routed" : "not routed, having no gateway")}"),
            new Rule([new Match.Out(bridge.Bridge)], verdict, $"{why}: its bridge is {(bridge.HasGateway ? "routed" : "not routed, having no gateway")}")]);
        if (bridge.Dhcp)
        {
            Dhcp(draft, worker, bridge.Bridge, why);
        }

        return (bridge.Range is { } range ? Range(draft, worker, range) : draft).Done();
    }

    private void Dhcp(IptablesDraft draft, string worker, DeviceName bridge, string why)
    {
        (string Protocol, int Port)[] served = [("udp", 67), ("tcp", 67), ("udp", 53), ("tcp", 53)];
        draft.Add(Chain(IpFamily.V4, Table.Filter, worker, "INPUT"), [.. served.Select(s => new Rule(
            [new Match.In(bridge), new Match.Protocol(s.Protocol), new Match.Ports(s.Protocol, null, s.Port)],
            new Verdict.Accept(),
            $"{why}: instances reach dnsmasq ({(s.Port == 67 ? "DHCP" : "DNS")})"))]);
        if (options.FillChecksum)
        {
            draft.Add(
                Chain(IpFamily.V4, Table.Mangle, worker, "POSTROUTING"),
                new Rule([new Match.Out(bridge), new Match.Protocol("udp"), new Match.Ports("udp", null, 68)], new Verdict.ChecksumFill(), $"{why}: old guests want DHCP checksums"));
        }
    }

    /// <summary>The nat table is of IPv4: an IPv6 address in a setting adds nothing here, where a rule with it would make the kernel refuse the whole table.</summary>
    private IptablesDraft Range(IptablesDraft draft, string worker, RangePolicy range)
    {
        var from = new Match.From(range.Range);
        if (range.SourceIp is { } source && source.IsV4())
        {
            draft.Add(Chain(IpFamily.V4, Table.Nat, worker, "snat"), [.. Destinations(range).Select(d => new Rule(
                [from, .. d, .. options.RangePerNetwork && !range.ExternalGateway && range.PublicInterface is { } device ? [new Match.Out(device)] : Array.Empty<Match>()],
                new Verdict.Snat(source),
                "routing_source_ip: instances without a floating address leave with this one"))]);
        }

        var accept = new Verdict.Accept();
        var post = new List<Rule>();
        if (range.MetadataHost.IsV4())
        {
            post.Add(new([from, new Match.To(Cidr.Host(range.MetadataHost))], accept, "metadata_host: the service knows instances by their source address"));
        }

        post.AddRange(range.DmzCidr.Where(Cidr.IsV4).Select(dmz => new Rule([from, new Match.To(dmz)], accept, "dmz_cidr: reached without SNAT")));
        post.Add(new Rule([from, new Match.To(range.Range), new Match.CtState("DNAT", Not: true)], accept, "instances reach each other without SNAT"));
        return draft.Add(Chain(IpFamily.V4, Table.Nat, worker, "POSTROUTING"), post);
    }

    private static IEnumerable<Match[]> Destinations(RangePolicy range) =>
        range.ExternalGateway ? range.ForceSnatRange.Where(Cidr.IsV4).Select(d => new Match[] { new Match.To(d) }) : [[]];

    private IptablesContribution Floating(string worker, Policy.FloatingNat floating)
    {
        if (!floating.Floating.IsV4() || !floating.Fixed.IsV4())
        {
            return new IptablesDraft(floating.Key, FloatingPhase, 0).Done();
        }

        var why = $"floating address {floating.Floating} of {floating.Fixed}";
        var (to, from) = (new Match.To(Cidr.Host(floating.Floating)), new Match.From(Cidr.Host(floating.Fixed)));
        var (dnat, snat) = (new Verdict.Dnat(floating.Fixed, null), new Verdict.Snat(floating.Floating));
        var draft = new IptablesDraft(floating.Key, options.FloatingByDevice && floating.Device is null ? FloatingAnywherePhase : FloatingPhase, floating.Floating.ToNumber())
            .Add(Chain(IpFamily.V4, Table.Nat, worker, "PREROUTING"), new Rule([to], dnat, why))
            .Add(Chain(IpFamily.V4, Table.Nat, worker, "OUTPUT"), new Rule([to], dnat, $"{why}, for programs on this host"));
        var floatSnat = Chain(IpFamily.V4, Table.Nat, worker, "float-snat");
        if (!options.FloatingByDevice)
        {
            return draft.Add(floatSnat, new Rule([from], snat, why)).Done();
        }

        if (floating.Device is { } device)
        {
            draft.Add(floatSnat, [
                new Rule([from, new Match.To(Cidr.Host(floating.Fixed))], snat, $"{why}: reaching itself by it"),
                new Rule([from, new Match.Out(device)], snat, why)]);
        }
        else
        {
            draft.Add(floatSnat, new Rule([from], snat, why));
        }

        return draft
            .Add(Chain(IpFamily.V4, Table.Nat, worker, "POSTROUTING"), new Rule([from, new Match.CtState("DNAT", Not: false)], snat, $"{why}: reaching other floating addresses"))
            .Done();
    }

    private static Match[] Tcp(int port) => [new Match.Protocol("tcp"), new Match.Ports("tcp", null, port)];

    private static Rule Jump(string worker, string target, string why) => new([], new Verdict.Jump($"{worker}-{target}"), why);

    private static ChainId Chain(IpFamily family, Table table, string worker, string suffix) => new(family, table, $"{worker}-{suffix}");
}
