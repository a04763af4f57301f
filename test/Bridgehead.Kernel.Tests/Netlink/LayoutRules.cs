using Bridgehead.Netlink;

namespace Bridgehead.Kernel.Tests.Netlink;

/// <summary>Rules as nft's text and as we make them.</summary>
internal static class LayoutRules
{
    private const uint EstablishedOrRelated = 6;
    private const uint Translated = 32;

    public static readonly (string Text, RuleBuilder Rule)[] Group =
    [
        ("meta l4proto . th dport @ports-1 accept", New().In("ports-1", Field.TransportProtocol, Field.DestinationPort).Decide(Verdict.Accept)),
        ("ip saddr . meta l4proto . th dport @from-1 accept", New().In("from-1", Field.IpSource, Field.TransportProtocol, Field.DestinationPort).Decide(Verdict.Accept)),
        ("ip saddr 203.0.113.0/24 tcp dport 8000-8100 accept", New().Prefix(Field.IpSource, Address(203, 0, 113, 0), 24).Transport(Protocols.Tcp).Between(Field.DestinationPort, Port(8000), Port(8100)).Decide(Verdict.Accept)),
        ("ip saddr @members-1 tcp dport 3306 accept", New().In("members-1", Field.IpSource).Transport(Protocols.Tcp).Equal(Field.DestinationPort, Port(3306)).Decide(Verdict.Accept)),
        ("icmp type echo-request accept", New().Equal(Field.IcmpType, RegisterValue.Of(8)).Decide(Verdict.Accept)),
        ("icmp type 8 icmp code 0 accept", New().Equal(Field.IcmpType, RegisterValue.Of(8)).Equal(Field.IcmpCode, RegisterValue.Of(0)).Decide(Verdict.Accept)),
        ("meta l4proto icmp accept", New().Transport(Protocols.Icmp).Decide(Verdict.Accept)),
        ("tcp dport != 22-23 accept", New().Transport(Protocols.Tcp).Between(Field.DestinationPort, Port(22), Port(23), inverted: true).Decide(Verdict.Accept)),
        ("ip protocol 47 accept", New().Equal(Field.IpProtocol, RegisterValue.Of(47)).Decide(Verdict.Accept)),
        ("ip saddr 1.2.3.4 return", New().Prefix(Field.IpSource, Address(1, 2, 3, 4), 32).Decide(Verdict.Return)),
        ("ip saddr 10.64.0.0/10 accept", New().Prefix(Field.IpSource, Address(10, 64, 0, 0), 10).Decide(Verdict.Accept)),
        ("ip saddr @fixed ip daddr . tcp dport @pairs accept", New().In("fixed", Field.IpSource).Transport(Protocols.Tcp).In("pairs", Field.IpDestination, Field.DestinationPort).Decide(Verdict.Accept)),
    ];

    public static readonly (string Text, RuleBuilder Rule)[] Class =
    [
        ("meta mark set 0", New().SetMark(0)),
        ("ip saddr 10.10.10.1 udp sport 67 udp dport 68 accept", New().Equal(Field.IpSource, Address(10, 10, 10, 1)).Transport(Protocols.Udp).Equal(Field.SourcePort, Port(67)).Equal(Field.DestinationPort, Port(68)).Decide(Verdict.Accept)),
        ("ip saddr 10.10.10.0/24 accept", New().Prefix(Field.IpSource, Address(10, 10, 10, 0), 24).Decide(Verdict.Accept)),
        ("jump sg-1", New().Decide(Verdict.Jump("sg-1"))),
        ("meta mark 1 meta nftrace set 1", New().Equal(Field.Mark, RegisterValue.HostOrder(1)).Trace()),
        ("counter drop", New().Counter().Decide(Verdict.Drop)),
    ];

    public static readonly (string Text, RuleBuilder Rule)[] Redirect =
    [
        ("ip daddr 169.254.169.254 tcp dport 80 dnat to 10.0.0.1:8775 comment \"metadata\"", Metadata().Nat(NatKind.Destination, Address(10, 0, 0, 1), 8775)),
        ("ip daddr 169.254.169.254 tcp dport 80 redirect to :8775", Metadata().Redirect(8775)),
        ("tcp dport 80 redirect", New().Transport(Protocols.Tcp).Equal(Field.DestinationPort, Port(80)).Redirect()),
        ("meta l4proto tcp dnat to 10.0.0.1 random", New().Transport(Protocols.Tcp).Nat(NatKind.Destination, Address(10, 0, 0, 1), flags: NatFlags.Random)),
    ];

    public static readonly (string Text, RuleBuilder Rule)[] Ranges =
    [
        ("ip saddr 10.0.0.0/16 ip daddr 10.0.0.0/16 accept", Fixed().Prefix(Field.IpDestination, Address(10, 0, 0, 0), 16).Decide(Verdict.Accept)),
        ("ip saddr 10.0.0.0/16 ip daddr 10.128.0.0/24 ct status ! dnat accept", Fixed().Prefix(Field.IpDestination, Address(10, 128, 0, 0), 24).AnyBit(Field.ConntrackStatus, Translated, none: true).Decide(Verdict.Accept)),
        ("ip saddr != 10.0.0.0/16 accept", New().Prefix(Field.IpSource, Address(10, 0, 0, 0), 16, inverted: true).Decide(Verdict.Accept)),
    ];

    public static readonly (string Text, RuleBuilder Rule)[] Source =
    [
        ("ip saddr @fixed oifname \"eth0\" snat to 192.0.2.1", New().In("fixed", Field.IpSource).Equal(Field.OutputName, RegisterValue.InterfaceName("eth0")).Nat(NatKind.Source, Address(192, 0, 2, 1))),
        ("ip saddr 10.0.0.0/16 snat to 192.0.2.1-192.0.2.9 persistent", Fixed().NatRange(NatKind.Source, Address(192, 0, 2, 1), Address(192, 0, 2, 9), NatFlags.Persistent)),
        ("ip saddr 10.0.0.0/16 masquerade fully-random", Fixed().Add(new Expression.Masquerade(NatFlags.FullyRandom))),
        ("ip saddr != @fixed oifname != \"eth0\" accept", New().NotIn("fixed", Field.IpSource).NotEqual(Field.OutputName, RegisterValue.InterfaceName("eth0")).Decide(Verdict.Accept)),
    ];

    public static readonly (string Text, RuleBuilder Rule)[] Postrouting =
    [
        ("jump ranges", New().Decide(Verdict.Jump("ranges"))),
        ("ct status dnat snat to ip saddr map @fip_snat", New().AnyBit(Field.ConntrackStatus, Translated).NatFrom(NatKind.Source, "fip_snat", Field.IpSource)),
        ("snat to ip saddr map @fip_snat", New().NatFrom(NatKind.Source, "fip_snat", Field.IpSource)),
        ("snat to oifname . ip saddr map @fip_snat_dev", New().NatFrom(NatKind.Source, "fip_snat_dev", Field.OutputName, Field.IpSource)),
        ("jump source", New().Decide(Verdict.Jump("source"))),
    ];

    public static (string Text, RuleBuilder Rule)[] Filter(string first) =>
    [
        ($"jump {first}", New().Decide(Verdict.Jump(first))),
        ("ct state established,related accept", New().AnyBit(Field.ConntrackState, EstablishedOrRelated).Decide(Verdict.Accept)),
        ("jump local", New().Decide(Verdict.Jump("local"))),
    ];

    private static RuleBuilder New() => new(NftFamily.Ip);

    private static RuleBuilder Fixed() => New().Prefix(Field.IpSource, Address(10, 0, 0, 0), 16);

    private static RuleBuilder Metadata() => New().Equal(Field.IpDestination, Address(169, 254, 169, 254)).Transport(Protocols.Tcp).Equal(Field.DestinationPort, Port(80));

    private static RegisterValue Address(byte a, byte b, byte c, byte d) => new([a, b, c, d]);

    private static RegisterValue Port(ushort port) => RegisterValue.NetworkOrder(port);
}
