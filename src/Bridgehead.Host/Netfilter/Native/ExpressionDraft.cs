using Bridgehead.Netlink;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Host;

/// <summary>A rule's expressions in the making. Remembers which protocols the rule has tested, so that each is tested once, before the first field of it.</summary>
internal sealed class ExpressionDraft(Rules.Nftables.NftFamily family)
{
    private const ushort Ip = 0x0800;
    private const ushort Arp = 0x0806;
    private const ushort Ip6 = 0x86dd;
    private const byte Icmp = 1;
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte Icmp6 = 58;

    private ushort? _network;
    private byte? _transport;

    public List<Expression> Expressions { get; } = [];

    public Netlink.NftFamily Family { get; } = FamilyOf(family);

    public static Netlink.NftFamily FamilyOf(Rules.Nftables.NftFamily family) => family switch
    {
        Rules.Nftables.NftFamily.Ip => Netlink.NftFamily.Ip,
        Rules.Nftables.NftFamily.Ip6 => Netlink.NftFamily.Ip6,
        _ => Netlink.NftFamily.Bridge,
    };

    /// <summary>The rule itself has tested the frame's type.</summary>
    public void Tested(ushort etherType) => _network = etherType;

    public void Add(Expression expression) => Expressions.Add(expression);

    /// <summary>Loads the fields into registers one after the other, as a set's concatenated key has them.</summary>
    public void LoadAll(NftFields fields)
    {
        foreach (var field in fields.List)
        {
            Depend(field);
        }

        var place = 0;
        foreach (var field in fields.List)
        {
            place += (Load(field, place) + 3) / 4;
        }
    }

    /// <summary>Loads a field, or its first bytes; returns how many.</summary>
    public int Load(NftField field, int place, int? bytes = null)
    {
        Depend(field);
        var to = Register.Place(place);
        if (MetaOf(field) is var (key, size))
        {
            Add(new Expression.Meta(key, to));
            return size;
        }

        var (start, offset, length) = PayloadOf(field);
        Add(new Expression.Payload(start, offset, bytes ?? length, to));
        return bytes ?? length;
    }

    private void Depend(NftField field)
    {
        if (family == Rules.Nftables.NftFamily.Bridge && NetworkOf(field) is { } network && _network != network)
        {
            Test(MetaKey.Protocol, RegisterValue.NetworkOrder(network));
            _network = network;
        }

        if (TransportOf(field) is { } transport && _transport != transport)
        {
            Test(MetaKey.TransportProtocol, RegisterValue.Of(transport));
            _transport = transport;
        }
    }

    private void Test(MetaKey key, RegisterValue value)
    {
        Add(new Expression.Meta(key, Register.First));
        Add(new Expression.Compare(Register.First, CompareOperator.Equal, value));
    }

    private static (MetaKey Key, int Size)? MetaOf(NftField field) => field switch
    {
        NftField.InputName => (MetaKey.InputInterfaceName, 16),
        NftField.OutputName => (MetaKey.OutputInterfaceName, 16),
        NftField.L4Protocol => (MetaKey.TransportProtocol, 1),
        NftField.Mark => (MetaKey.Mark, 4),
        _ => null,
    };

    private static (PayloadBase Base, int Offset, int Length) PayloadOf(NftField field) => field switch
    {
        NftField.EtherSource => (PayloadBase.Link, 6, 6),
        NftField.EtherType => (PayloadBase.Link, 12, 2),
        NftField.ArpOperation => (PayloadBase.Network, 6, 2),
        NftField.ArpSenderEther => (PayloadBase.Network, 8, 6),
        NftField.ArpSenderIp => (PayloadBase.Network, 14, 4),
        NftField.IpSource => (PayloadBase.Network, 12, 4),
        NftField.IpDestination => (PayloadBase.Network, 16, 4),
        NftField.Ip6Source => (PayloadBase.Network, 8, 16),
        NftField.Ip6Destination => (PayloadBase.Network, 24, 16),
        NftField.TcpSource or NftField.UdpSource => (PayloadBase.Transport, 0, 2),
        NftField.TcpDestination or NftField.UdpDestination or NftField.TransportDestination => (PayloadBase.Transport, 2, 2),
        NftField.IcmpType or NftField.Icmp6Type => (PayloadBase.Transport, 0, 1),
        NftField.IcmpCode or NftField.Icmp6Code => (PayloadBase.Transport, 1, 1),
        _ => throw new NotSupportedException($"{field} is not in the packet"),
    };

    private static ushort? NetworkOf(NftField field) => field switch
    {
        NftField.IpSource or NftField.IpDestination or NftField.IcmpType or NftField.IcmpCode => Ip,
        NftField.Ip6Source or NftField.Ip6Destination or NftField.Icmp6Type or NftField.Icmp6Code => Ip6,
        NftField.ArpOperation or NftField.ArpSenderEther or NftField.ArpSenderIp => Arp,
        _ => null,
    };

    private static byte? TransportOf(NftField field) => field switch
    {
        NftField.TcpSource or NftField.TcpDestination => Tcp,
        NftField.UdpSource or NftField.UdpDestination => Udp,
        NftField.IcmpType or NftField.IcmpCode => Icmp,
        NftField.Icmp6Type or NftField.Icmp6Code => Icmp6,
        _ => null,
    };
}
