using System.Net;
using Bridgehead.Model;
using static Bridgehead.Rules.Nftables.NftExpression;

namespace Bridgehead.Rules.Nftables;

/// <summary>nova-network's part of the IPv4 table: translations, and networks without gateway.</summary>
/// <param name="profile">Which release's policies are translated: Ocata's translate what comes back to an instance by its own floating address, and leave by the public interface only.</param>
public sealed class NetworkLayout(RuleProfile profile) : INftLayout
{
    private const int HostPhase = 1;
    private const int NetworkPhase = 2;
    private const int FloatingPhase = 3;
    private const int FloatingAnywherePhase = 4;

    private static readonly FilterTable Shared = FilterTable.V4;
    private static readonly NftSet FloatingIn = new(Shared.Id("fip_dnat"), [NftType.Ipv4Addr], NftType.Ipv4Addr);
    private static readonly NftSet FloatingOut = new(Shared.Id("fip_snat"), [NftType.Ipv4Addr], NftType.Ipv4Addr);

    /// <summary>As <see cref="FloatingOut"/>, for packets that leave by one interface.</summary>
    private static readonly NftSet FloatingOutBy = new(Shared.Id("fip_snat_dev"), [NftType.IfName, NftType.Ipv4Addr], NftType.Ipv4Addr);

    /// <summary>Every floating address of an instance, whatever the interface: for what comes back to one.</summary>
    private static readonly NftSet FloatingBack = new(Shared.Id("fip_back"), [NftType.Ipv4Addr], NftType.Ipv4Addr);

    private static readonly NftChain Prerouting = Shared.Chain("prerouting") with { Base = new NftBase(NftHook.Prerouting, -100, Nat: true) };
    private static readonly NftChain Output = Shared.Chain("output_nat") with { Base = new NftBase(NftHook.Output, -100, Nat: true) };
    private static readonly NftChain Postrouting = Shared.Chain("postrouting") with { Base = new NftBase(NftHook.Postrouting, 100, Nat: true) };
    private static readonly NftChain Redirects = Shared.Chain("metadata");
    private static readonly NftChain Ranges = Shared.Chain("ranges");
    private static readonly NftChain Snat = Shared.Chain("outward");
    private static readonly NftSet[] Maps = [FloatingIn, FloatingOut, FloatingOutBy, FloatingBack];
    private static readonly NftChain[] Chains = [Prerouting, Output, Postrouting, Redirects, Ranges, Snat];

    public IReadOnlyList<NftTable> Tables { get; } = [Shared.Table];

    public IReadOnlyList<NftContribution> Skeleton { get; } = [Shared.Skeleton, Translations(profile)];

    public bool HasContent(NftId id) => Owns(id) || id == Shared.Bridges.Id || Shared.IsFixed(id);

    public bool Owns(NftId id) => Maps.Any(map => map.Id == id) || Chains.Any(chain => chain.Id == id);

    public bool IsShared(NftId id) => Shared.IsShared(id);

    public bool IsChanging(NftId id) => id == Shared.Bridges.Id;

    public NftChange Put(Policy policy) => policy switch
    {
        Policy.NetworkHost host => new NftChange([Host(host)], []),
        Policy.NetworkBridge bridge => new NftChange([Bridge(bridge)], []),
        Policy.FloatingNat floating => new NftChange([Floating(floating)], []),
        _ => throw new NotSupportedException($"no nftables objects for {policy}"),
    };

    public NftChange Remove(string key) => new([], [key]);

    private static NftContribution Translations(RuleProfile profile)
    {
        var floating = new NftRule("floating addresses", new DnatFromMap(new NftFields(NftField.IpDestination), FloatingIn.Id.Name));
        return new NftDraft("translations")
            .Own(Maps)
            .Own(Chains)
            .Add(Prerouting, new NftRule("metadata", new Jump(Redirects.Id.Name)), floating)
            .Add(Output, floating)
            .Add(Postrouting, [
                new NftRule("what is not translated", new Jump(Ranges.Id.Name)),
                .. profile == RuleProfile.Ocata
                    ? [new NftRule("reaching other floating addresses", new CtDnat(), new SnatFromMap(new NftFields(NftField.IpSource), FloatingBack.Id.Name))]
                    : Array.Empty<NftRule>(),
                new NftRule("floating addresses, by their interface", new SnatFromMap(new NftFields(NftField.OutputName, NftField.IpSource), FloatingOutBy.Id.Name)),
                new NftRule("floating addresses", new SnatFromMap(new NftFields(NftField.IpSource), FloatingOut.Id.Name)),
                new NftRule("all others", new Jump(Snat.Id.Name))])
            .Done();
    }

    private NftContribution Host(Policy.NetworkHost host)
    {
        var draft = new NftDraft(host.Key, HostPhase);
        if (host.MetadataHost.IsV4() || IPAddress.IsLoopback(host.MetadataHost))
        {
            draft.Add(Redirects, new NftRule(
                "metadata_host: what instances ask of 169.254.169.254 goes to the metadata service",
                new Is(NftField.IpDestination, NftValue.Of(Ip.Parse("169.254.169.254"))),
                new Is(NftField.TcpDestination, NftValue.Word(80)),
                new Counter(),
                IPAddress.IsLoopback(host.MetadataHost) ? new Redirect((ushort)host.MetadataPort) : new Dnat(host.MetadataHost, (ushort)host.MetadataPort)));
        }

        return (host.Range is { } range ? Range(draft, range) : draft).Done();
    }

    private NftContribution Bridge(Policy.NetworkBridge bridge)
    {
        var draft = new NftDraft(bridge.Key, NetworkPhase, (UInt128)bridge.NetworkId);
        if (!bridge.HasGateway)
        {
            var (why, device) = ($"network {bridge.NetworkId} has no gateway", NftValue.Of(bridge.Bridge));
            draft.Add(
                Shared.Bridges,
                new NftRule(why, new Is(NftField.InputName, device), new Goto(Shared.Unrouted.Id.Name)),
                new NftRule(why, new Is(NftField.OutputName, device), new Goto(Shared.Unrouted.Id.Name)));
        }

        return (bridge.Range is { } range ? Range(draft, range) : draft).Done();
    }

    /// <summary>The table is of IPv4: an IPv6 address in a setting adds nothing here.</summary>
    private NftDraft Range(NftDraft draft, RangePolicy range)
    {
        var from = Within(NftField.IpSource, range.Range);
        if (range.SourceIp is { } source && source.IsV4())
        {
            draft.Add(Snat, [.. Destinations(range).Select(to => new NftRule(
                "routing_source_ip: instances without a floating address leave with this one",
                [.. from, .. to, .. profile == RuleProfile.Ocata && !range.ExternalGateway && range.PublicInterface is { } device ? By(device) : [], new Counter(), new Snat(source)]))]);
        }

        var rules = new List<NftRule>();
        if (range.MetadataHost.IsV4())
        {
            rules.Add(new("metadata_host: the service knows instances by their source address", [.. from, new Is(NftField.IpDestination, NftValue.Of(range.MetadataHost)), new Counter(), new Accept()]));
        }

        rules.AddRange(range.DmzCidr.Where(Cidr.IsV4).Select(dmz => new NftRule("dmz_cidr: reached without SNAT", [.. from, .. Within(NftField.IpDestination, dmz), new Counter(), new Accept()])));
        rules.Add(new NftRule("instances reach each other without SNAT", [.. from, .. Within(NftField.IpDestination, range.Range), new CtDnat(Not: true), new Counter(), new Accept()]));
        return draft.Add(Ranges, rules);
    }

    private static IEnumerable<IReadOnlyList<NftExpression>> Destinations(RangePolicy range) =>
        range.ExternalGateway ? range.ForceSnatRange.Where(Cidr.IsV4).Select(to => Within(NftField.IpDestination, to)) : [[]];

    private static IReadOnlyList<NftExpression> By(DeviceName device) => [new Is(NftField.OutputName, NftValue.Of(device))];

    private static IReadOnlyList<NftExpression> Within(NftField field, IPNetwork range) => range.PrefixLength switch
    {
        0 => [],
        32 => [new Is(field, NftValue.Of(range.BaseAddress))],
        _ => [new InPrefix(field, range)],
    };

    /// <summary>Of several floating addresses of one instance, the one that stands first is the one that it leaves with, as in iptables.</summary>
    private NftContribution Floating(Policy.FloatingNat floating)
    {
        var draft = new NftDraft(floating.Key, profile == RuleProfile.Ocata && floating.Device is null ? FloatingAnywherePhase : FloatingPhase, floating.Floating.ToNumber());
        if (!floating.Floating.IsV4() || !floating.Fixed.IsV4())
        {
            return draft.Done();
        }

        var (outside, inside) = (NftValue.Of(floating.Floating), NftValue.Of(floating.Fixed));
        draft.Add(FloatingIn, outside, NftData.Of(inside));
        if (profile != RuleProfile.Ocata)
        {
            return draft.Add(FloatingOut, inside, NftData.Of(outside)).Done();
        }

        draft.Add(FloatingBack, inside, NftData.Of(outside));
        return (floating.Device is { } device
            ? draft.Add(FloatingOutBy, NftValue.Of(device).Then(inside), NftData.Of(outside))
            : draft.Add(FloatingOut, inside, NftData.Of(outside))).Done();
    }
}
