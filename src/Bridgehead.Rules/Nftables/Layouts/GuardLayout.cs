using System.Net;
using Bridgehead.Model;
using static Bridgehead.Rules.Nftables.NftExpression;

namespace Bridgehead.Rules.Nftables;

/// <summary>
/// The anti-spoofing table in the bridge family: what an instance sends must carry its own MAC and addresses, and it may not answer DHCP nor advertise routes (nova's nwfilter duties, and the
/// two that nwfilter left out). Sets are keyed by interface name, so a port costs elements, never a chain, and the interface need not exist yet: the entries go in before it does.
/// </summary>
/// <remarks>
/// Priority -310 comes before br_netfilter and connection tracking. Interfaces that are not in the set <c>taps</c> are none of ours and pass: a bridge can carry the operator's own
/// interfaces. A port is put into the set before its interface is put onto the bridge, so ours never pass unguarded.
/// </remarks>
public sealed class GuardLayout : INftLayout
{
    public const string Name = "bridgehead_l2";

    private static readonly NftTable Table = new(NftFamily.Bridge, Name);
    private static readonly NftSet Taps = new(Id("taps"), [NftType.IfName]);
    private static readonly NftSet Macs = new(Id("mac_ok"), [NftType.IfName, NftType.EtherAddr]);
    private static readonly NftSet Sources = new(Id("src_ok"), [NftType.IfName, NftType.EtherAddr, NftType.Ipv4Addr]);
    private static readonly NftSet Sources6 = new(Id("src6_ok"), [NftType.IfName, NftType.EtherAddr, NftType.Ipv6Addr]);
    private static readonly NftChain Prerouting = new(Id("prerouting"), new NftBase(NftHook.Prerouting, -310));
    private static readonly NftChain FromVm = new(Id("from_vm"));
    private static readonly NftChain Arp = new(Id("from_vm_arp"));
    private static readonly NftChain Ipv4 = new(Id("from_vm_ip"));
    private static readonly NftChain Ipv6 = new(Id("from_vm_ip6"));
    private static readonly IPNetwork LinkLocal = Cidr.Parse("fe80::/64");

    public GuardLayout(bool ipv6) => Skeleton = [Rules(ipv6)];

    public IReadOnlyList<NftTable> Tables { get; } = [Table];

    public IReadOnlyList<NftContribution> Skeleton { get; }

    public bool HasContent(NftId id) => Owns(id);

    /// <summary>The table is nova-compute's alone.</summary>
    public bool Owns(NftId id) => id.Table == Table;

    public bool IsShared(NftId id) => false;

    public bool IsChanging(NftId id) => false;

    public NftChange Put(Policy policy) => policy is GuardedPort guard ? new NftChange([Port(guard)], []) : throw new NotSupportedException($"no port guard for {policy}");

    public NftChange Remove(string key) => new([], [key]);

    private static NftId Id(string name) => new(Table, name);

    private static NftContribution Port(GuardedPort guard)
    {
        var (tap, mac) = (NftValue.Of(guard.Tap), NftValue.Of(guard.Tap).Then(NftValue.Of(guard.Mac)));
        var draft = new NftDraft(guard.Key).Add(Taps, tap).Add(Macs, mac);
        foreach (var address in guard.Addresses)
        {
            draft.Add(address.IsV4() ? Sources : Sources6, mac.Then(NftValue.Of(address)));
        }

        return draft.Add(Sources6, mac.Then(NftValue.Of(guard.Mac.Eui64(LinkLocal)))).Done();
    }

    private static NftContribution Rules(bool ipv6) => new NftDraft("skeleton")
        .Own(Taps, Macs, Sources, Sources6)
        .Own(Prerouting, FromVm, Arp, Ipv4, Ipv6)
        .Add(Prerouting, new NftRule("ports of instances", new InSet(new NftFields(NftField.InputName), Taps.Id.Name), new Goto(FromVm.Id.Name)))
        .Add(FromVm, [
            Drop("another MAC than its own", new InSet(new NftFields(NftField.InputName, NftField.EtherSource), Macs.Id.Name, Not: true)),
            new NftRule("ARP", EtherType(0x0806), new Goto(Arp.Id.Name)),
            new NftRule("IPv4 from its own address", EtherType(0x0800), new InSet(new NftFields(NftField.InputName, NftField.EtherSource, NftField.IpSource), Sources.Id.Name), new Goto(Ipv4.Id.Name)),
            Accept(
                "DHCP discover",
                EtherType(0x0800),
                new Is(NftField.IpSource, NftValue.Of(Ip.Parse("0.0.0.0"))),
                new Is(NftField.IpDestination, NftValue.Of(Ip.Parse("255.255.255.255"))),
                new Is(NftField.UdpSource, NftValue.Word(68)),
                new Is(NftField.UdpDestination, NftValue.Word(67))),
            .. ipv6 ? [new NftRule("IPv6", EtherType(0x86dd), new Goto(Ipv6.Id.Name))] : Array.Empty<NftRule>(),
            Drop("another address than its own, or another protocol")])
        .Add(Arp, [
            Accept("its own MAC and address", new InSet(new NftFields(NftField.InputName, NftField.ArpSenderEther, NftField.ArpSenderIp), Sources.Id.Name)),
            Accept(
                "duplicate address detection",
                new Is(NftField.ArpOperation, NftValue.Word(1)),
                new Is(NftField.ArpSenderIp, NftValue.Of(Ip.Parse("0.0.0.0"))),
                new InSet(new NftFields(NftField.InputName, NftField.ArpSenderEther), Macs.Id.Name)),
            Drop("somebody else's MAC or address in ARP")])
        .Add(Ipv4, [Drop("an instance is no DHCP server", new Is(NftField.UdpSource, NftValue.Word(67))), Accept("its own address")])
        .Add(Ipv6, [.. Ipv6Rules()])
        .Done();

    private static IEnumerable<NftRule> Ipv6Rules()
    {
        (byte Type, string What)[] never = [(134, "router advertisements"), (137, "redirects")];
        (byte Type, string What)[] unspecified = [(135, "duplicate address detection"), (131, "multicast listener report"), (143, "multicast listener report, version 2")];
        return
        [
            .. never.Select(icmp => Drop($"an instance is no router: {icmp.What}", new Is(NftField.Icmp6Type, NftValue.Octet(icmp.Type)))),
            Drop("an instance is no DHCPv6 server", new Is(NftField.UdpSource, NftValue.Word(547))),
            .. unspecified.Select(icmp => Accept(icmp.What, new Is(NftField.Ip6Source, NftValue.Of(Ip.Parse("::"))), new Is(NftField.Icmp6Type, NftValue.Octet(icmp.Type)))),
            Accept("its own address", new InSet(new NftFields(NftField.InputName, NftField.EtherSource, NftField.Ip6Source), Sources6.Id.Name)),
            Drop("another address than its own"),
        ];
    }

    private static NftExpression EtherType(ushort type) => new Is(NftField.EtherType, NftValue.Word(type));

    private static NftRule Accept(string why, params IReadOnlyList<NftExpression> when) => new(why, [.. when, new Accept()]);

    private static NftRule Drop(string why, params IReadOnlyList<NftExpression> when) => new(why, [.. when, new Counter(), new Drop()]);
}
