namespace Bridgehead.Netlink;

/// <summary>Something of a packet that a rule can look at: which expression loads it, how long it is, and which protocols must be certain before it means anything.</summary>
public sealed record Field
{
    public static readonly Field EtherSource = Link(6, 6);
    public static readonly Field EtherDestination = Link(0, 6);
    public static readonly Field EtherType = Link(12, 2);

    public static readonly Field ArpOperation = Network(Protocols.Arp, 6, 2);
    public static readonly Field ArpSenderEther = Network(Protocols.Arp, 8, 6);
    public static readonly Field ArpSenderIp = Network(Protocols.Arp, 14, 4);

    public static readonly Field IpProtocol = Network(Protocols.Ip, 9, 1);
    public static readonly Field IpSource = Network(Protocols.Ip, 12, 4);
    public static readonly Field IpDestination = Network(Protocols.Ip, 16, 4);
    public static readonly Field Ip6NextHeader = Network(Protocols.Ip6, 6, 1);
    public static readonly Field Ip6Source = Network(Protocols.Ip6, 8, 16);
    public static readonly Field Ip6Destination = Network(Protocols.Ip6, 24, 16);

    /// <summary>Ports of whatever protocol has them: say which one before.</summary>
    public static readonly Field SourcePort = Transport(null, 0, 2);
    public static readonly Field DestinationPort = Transport(null, 2, 2);
    public static readonly Field IcmpType = Transport(Protocols.Icmp, 0, 1);
    public static readonly Field IcmpCode = Transport(Protocols.Icmp, 1, 1);
    public static readonly Field Icmpv6Type = Transport(Protocols.Icmpv6, 0, 1);
    public static readonly Field Icmpv6Code = Transport(Protocols.Icmpv6, 1, 1);

    /// <summary>The ether type.</summary>
    public static readonly Field Protocol = OfMeta(MetaKey.Protocol, 2);
    public static readonly Field TransportProtocol = OfMeta(MetaKey.TransportProtocol, 1);
    public static readonly Field NetfilterFamily = OfMeta(MetaKey.NetfilterFamily, 1);
    public static readonly Field Mark = OfMeta(MetaKey.Mark, 4);
    public static readonly Field InputName = OfMeta(MetaKey.InputInterfaceName, 16);
    public static readonly Field OutputName = OfMeta(MetaKey.OutputInterfaceName, 16);
    public static readonly Field ConntrackState = OfConntrack(ConntrackKey.State);
    public static readonly Field ConntrackStatus = OfConntrack(ConntrackKey.Status);

    private readonly Expression _load;

    private Field(Expression load, int length) => (_load, Length) = (load, length);

    /// <summary>In bytes.</summary>
    public int Length { get; }

    /// <summary>The ether type that the packet must have.</summary>
    internal ushort? EtherTypeNeeded { get; private init; }

    /// <summary>The transport protocol that it must have.</summary>
    internal byte? TransportNeeded { get; private init; }

    /// <summary>The expression that loads it; of a payload only the first bytes when fewer are wanted.</summary>
    internal Expression LoadInto(Register register, int length) => _load switch
    {
        Expression.Payload payload => payload with { To = register, Length = length },
        Expression.Meta meta => meta with { To = register },
        Expression.Conntrack conntrack => conntrack with { To = register },
        _ => _load,
    };

    internal bool CanBeCut => _load is Expression.Payload;

    private static Field Link(int offset, int length) => new(new Expression.Payload(PayloadBase.Link, offset, length, Register.First), length);

    private static Field Network(ushort etherType, int offset, int length) =>
        new(new Expression.Payload(PayloadBase.Network, offset, length, Register.First), length) { EtherTypeNeeded = etherType };

    private static Field Transport(byte? protocol, int offset, int length) => new(new Expression.Payload(PayloadBase.Transport, offset, length, Register.First), length)
    {
        TransportNeeded = protocol,
        EtherTypeNeeded = protocol switch { Protocols.Icmp => Protocols.Ip, Protocols.Icmpv6 => Protocols.Ip6, _ => null },
    };

    private static Field OfMeta(MetaKey key, int length) => new(new Expression.Meta(key, Register.First), length);

    private static Field OfConntrack(ConntrackKey key) => new(new Expression.Conntrack(key, Register.First), 4);
}

/// <summary>Numbers of ether types and of transport protocols.</summary>
public static class Protocols
{
    public const ushort Ip = 0x0800;
    public const ushort Arp = 0x0806;
    public const ushort Ip6 = 0x86dd;

    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Icmpv6 = 58;
}
