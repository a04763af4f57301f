using System.Globalization;
using System.Net;
using System.Text;
using Bridgehead.Netlink;

namespace Bridgehead.Host;

internal enum LoadedKind
{
    Plain,
    Address,
    Address6,
    Number,
    Name,
    Mark,
    Ether,
    EtherType,
    Protocol,
    ConntrackState,
    ConntrackStatus,

    /// <summary>Source and destination port, loaded at once.</summary>
    Ports,

    /// <summary>Of ICMP, loaded at once.</summary>
    TypeAndCode,

    /// <summary>A value from the rule itself.</summary>
    Constant,

    /// <summary>A value from a map: the name says all.</summary>
    Mapped,
}

/// <summary>What stands in a register: a field of the packet, or a value.</summary>
internal sealed record LoadedField(string Name, LoadedKind Kind, RegisterValue? Known)
{
    private static readonly (uint Bit, string Name)[] StateNames = [(1, "invalid"), (2, "established"), (4, "related"), (8, "new"), (64, "untracked")];
    private static readonly (uint Bit, string Name)[] StatusNames = [(1, "expected"), (2, "seen-reply"), (4, "assured"), (8, "confirmed"), (16, "snat"), (32, "dnat")];

    /// <summary>Bits that a comparison looks at.</summary>
    public RegisterValue? Mask { get; init; }

    public static LoadedField Of(Expression load) => load switch
    {
        Expression.Payload { Base: PayloadBase.Network } payload => OfNetwork(payload.Offset, payload.Length),
        Expression.Payload { Base: PayloadBase.Link } payload => OfLink(payload.Offset, payload.Length),
        Expression.Payload { Base: PayloadBase.Transport } payload => OfTransport(payload.Offset, payload.Length),
        Expression.Payload payload => new LoadedField($"@{payload.Base.ToString().ToLowerInvariant()},{payload.Offset * 8},{payload.Length * 8}", LoadedKind.Plain, null),
        Expression.Meta meta => new LoadedField($"{(meta.Key is MetaKey.InputInterfaceName or MetaKey.OutputInterfaceName ? "" : "meta ")}{NameOf(meta.Key)}", KindOf(meta.Key), null),
        Expression.Conntrack { Key: ConntrackKey.State } => new LoadedField("ct state", LoadedKind.ConntrackState, null),
        Expression.Conntrack { Key: ConntrackKey.Status } => new LoadedField("ct status", LoadedKind.ConntrackStatus, null),
        Expression.Conntrack conntrack => new LoadedField($"ct {conntrack.Key.ToString().ToLowerInvariant()}", LoadedKind.Plain, null),
        _ => throw new NotSupportedException($"{load} loads nothing"),
    };

    public static string NameOf(MetaKey key) => key switch
    {
        MetaKey.InputInterfaceName => "iifname",
        MetaKey.OutputInterfaceName => "oifname",
        MetaKey.InputInterface => "iif",
        MetaKey.OutputInterface => "oif",
        MetaKey.TransportProtocol => "l4proto",
        MetaKey.NetfilterFamily => "nfproto",
        MetaKey.Trace => "nftrace",
        _ => key.ToString().ToLowerInvariant(),
    };

    /// <summary>A field of the transport header as one of that protocol; null where it is not known.</summary>
    public LoadedField Of(string? protocol) => protocol is null ? this : Name switch
    {
        "th sport" or "th dport" when protocol is "tcp" or "udp" => this with { Name = $"{protocol}{Name[2..]}" },
        "th ports" when protocol is "tcp" or "udp" => this with { Name = protocol },
        "th sport" => this with { Name = protocol, Kind = LoadedKind.TypeAndCode },
        "icmp type" or "icmp code" => this with { Name = $"{protocol}{Name[4..]}" },
        _ => this,
    };

    public string Compared(string sign, RegisterValue value)
    {
        if (Kind is LoadedKind.ConntrackState or LoadedKind.ConntrackStatus && Mask is { } bits)
        {
            return $"{Name} {(sign.Length == 0 ? "! " : "")}{(Kind == LoadedKind.ConntrackState ? States(bits.ToHostOrder32()) : Status(bits.ToHostOrder32()))}";
        }

        if (sign.Length == 0 && Kind is LoadedKind.Ports or LoadedKind.TypeAndCode)
        {
            var (all, half) = (value.ToArray(), value.Length / 2);
            var (first, second) = Kind == LoadedKind.Ports ? ("sport", "dport") : ("type", "code");
            return $"{Name} {first} {Number(all[..half])} {Name} {second} {Number(all[half..])}";
        }

        if (Kind is LoadedKind.Address or LoadedKind.Address6)
        {
            var ones = Mask is { } prefix ? prefix.ToArray().Sum(octet => int.PopCount(octet)) : value.Length * 8;
            return $"{Name} {sign}{Value(value)}{(ones < (Kind == LoadedKind.Address ? 32 : 128) ? $"/{ones}" : "")}";
        }

        return $"{Name} {(Mask is { } mask ? $"& {Value(mask)} {(sign.Length == 0 ? "== " : sign)}" : sign)}{Value(value)}";
    }

    /// <summary>A value of the field.</summary>
    public string Value(RegisterValue value) => Text(Kind, value);

    public string Constant(LoadedKind kind) => Known is { } value ? Text(kind, value) : Name;

    private static LoadedKind KindOf(MetaKey key) => key switch
    {
        MetaKey.InputInterfaceName or MetaKey.OutputInterfaceName or MetaKey.BridgeInputName or MetaKey.BridgeOutputName => LoadedKind.Name,
        MetaKey.TransportProtocol => LoadedKind.Protocol,
        MetaKey.Protocol => LoadedKind.EtherType,
        MetaKey.Mark => LoadedKind.Mark,
        _ => LoadedKind.Plain,
    };

    private static LoadedField OfNetwork(int offset, int length) => (offset, length) switch
    {
        (9, 1) => new("ip protocol", LoadedKind.Protocol, null),
        (6, 1) => new("ip6 nexthdr", LoadedKind.Protocol, null),
        (6, 2) => new("arp operation", LoadedKind.Number, null),
        (8, 6) => new("arp saddr ether", LoadedKind.Ether, null),
        (14, 4) => new("arp saddr ip", LoadedKind.Address, null),
        (12, <= 4) => new("ip saddr", LoadedKind.Address, null),
        (16, <= 4) => new("ip daddr", LoadedKind.Address, null),
        (8, <= 16) => new("ip6 saddr", LoadedKind.Address6, null),
        (24, <= 16) => new("ip6 daddr", LoadedKind.Address6, null),
        _ => new($"@nh,{offset * 8},{length * 8}", LoadedKind.Plain, null),
    };

    private static LoadedField OfLink(int offset, int length) => (offset, length) switch
    {
        (6, 6) => new("ether saddr", LoadedKind.Ether, null),
        (0, 6) => new("ether daddr", LoadedKind.Ether, null),
        (12, 2) => new("ether type", LoadedKind.EtherType, null),
        _ => new($"@ll,{offset * 8},{length * 8}", LoadedKind.Plain, null),
    };

    private static LoadedField OfTransport(int offset, int length) => (offset, length) switch
    {
        (0, 2) => new("th sport", LoadedKind.Number, null),
        (2, 2) => new("th dport", LoadedKind.Number, null),
        (0, 4) => new("th ports", LoadedKind.Ports, null),
        (0, 1) => new("icmp type", LoadedKind.Number, null),
        (1, 1) => new("icmp code", LoadedKind.Number, null),
        _ => new($"@th,{offset * 8},{length * 8}", LoadedKind.Plain, null),
    };

    private static string Text(LoadedKind kind, RegisterValue value)
    {
        var bytes = value.ToArray();
        return kind switch
        {
            LoadedKind.Address => Address(bytes, bytes.Length > 4 ? 16 : 4),
            LoadedKind.Address6 => Address(bytes, 16),
            LoadedKind.Number => Number(bytes),
            LoadedKind.Name => $"\"{Encoding.ASCII.GetString(bytes).TrimEnd('\0')}\"",
            LoadedKind.Mark => $"0x{value.ToHostOrder32():x8}",
            LoadedKind.Ether => string.Join(':', bytes.Select(octet => $"{octet:x2}")),
            LoadedKind.EtherType => value.ToNetworkOrder16() switch { Protocols.Ip => "ip", Protocols.Arp => "arp", Protocols.Ip6 => "ip6", var other => $"0x{other:x4}" },
            LoadedKind.Protocol => bytes[0] switch { Protocols.Icmp => "icmp", Protocols.Tcp => "tcp", Protocols.Udp => "udp", Protocols.Icmpv6 => "ipv6-icmp", var other => $"{other}" },
            LoadedKind.ConntrackState => States(value.ToHostOrder32()),
            LoadedKind.ConntrackStatus => Status(value.ToHostOrder32()),
            _ => $"0x{value}",
        };
    }

    private static string Number(byte[] bytes) => bytes.Aggregate(0u, (number, octet) => (number << 8) | octet).ToString(CultureInfo.InvariantCulture);

    /// <summary>A prefix of whole bytes is loaded without its rest.</summary>
    private static string Address(byte[] bytes, int length)
    {
        Array.Resize(ref bytes, length);
        return new IPAddress(bytes).ToString();
    }

    private static string States(uint bits) => Names(bits, StateNames);

    private static string Status(uint bits) => Names(bits, StatusNames);

    private static string Names(uint bits, (uint Bit, string Name)[] names) =>
        string.Join(',', names.Where(name => (bits & name.Bit) != 0).Select(name => name.Name)) is { Length: > 0 } text ? text : $"0x{bits:x}";
}
