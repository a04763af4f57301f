using System.Buffers.Binary;
using System.Net;
using System.Text;
using Bridgehead.Model;

namespace Bridgehead.Rules.Nftables;

/// <summary>Objects in nft's words: for golden files, listings and explanations. What it prints, <c>nft -f</c> reads.</summary>
public static class NftText
{
    public static string Of(NftFamily family) => family switch
    {
        NftFamily.Ip => "ip",
        NftFamily.Ip6 => "ip6",
        _ => "bridge",
    };

    public static string Of(NftType type) => type switch
    {
        NftType.Ipv4Addr => "ipv4_addr",
        NftType.Ipv6Addr => "ipv6_addr",
        NftType.EtherAddr => "ether_addr",
        NftType.IfName => "ifname",
        NftType.InetProto => "inet_proto",
        NftType.InetService => "inet_service",
        NftType.Mark => "mark",
        _ => "verdict",
    };

    public static string Of(IEnumerable<NftExpression> expressions) => string.Join(' ', expressions.Select(Of));

    /// <summary>The declaration's body: <c>type ipv4_addr : mark</c>.</summary>
    public static string Of(NftSet set) =>
        $"type {string.Join(" . ", set.Key.Select(Of))}{(set.Data is { } data ? $" : {Of(data)}" : "")}{(set.Size is { } size ? $"; size {size}" : "")}{(set.Interval ? "; flags interval" : "")}{(set.Counter ? "; counter" : "")}";

    public static string Of(NftBase chain) => $"type {(chain.Nat ? "nat" : "filter")} hook {chain.Hook.ToString().ToLowerInvariant()} priority {chain.Priority}; policy accept";

    /// <summary>An element of the set: <c>10.10.10.2 : 0x00000001</c>.</summary>
    public static string Of(NftSet set, NftValue key, NftData data)
    {
        var text = Of(set.Key, key);
        if (data.Goto is { } chain)
        {
            return $"{text} : goto {chain}";
        }

        return data.Value is { } value && set.Data is { } type ? $"{text} : {Of([type], value)}" : text;
    }

    public static string Of(IReadOnlyList<NftType> types, NftValue value)
    {
        var parts = new List<string>();
        var at = 0;
        foreach (var type in types)
        {
            var size = Math.Min(NftValue.SizeOf(type), value.Span.Length - at);
            parts.Add(NftRangeText.Of(type, value.Span.Slice(at, size), value.Last.Slice(at, size)));
            at += size;
        }

        return string.Join(" . ", parts);
    }

    private static string Of(NftExpression expression) => expression switch
    {
        NftExpression.Is value => $"{Of(value.Field)} {(value.Not ? "!= " : "")}{Of(value.Field, value.Value.Span)}",
        NftExpression.InPrefix prefix => $"{Of(prefix.Field)} {prefix.Range}",
        NftExpression.InRange range => $"{Of(range.Field)} {range.First}-{range.Last}",
        NftExpression.InSet set => $"{Of(set.Fields)} {(set.Not ? "!= " : "")}@{set.Set}",
        NftExpression.CtState state => $"ct state {Of(state.States)}",
        NftExpression.CtDnat dnat => $"ct status {(dnat.Not ? "! " : "")}dnat",
        NftExpression.MarkFromMap map => $"meta mark set {Of(map.Fields)} map @{map.Map}",
        NftExpression.SetMark mark => $"meta mark set 0x{mark.Mark:x8}",
        NftExpression.VerdictFromMap map => $"{Of(map.Fields)} vmap @{map.Map}",
        NftExpression.Counter => "counter",
        NftExpression.Accept => "accept",
        NftExpression.Drop => "drop",
        NftExpression.Jump jump => $"jump {jump.Chain}",
        NftExpression.Goto jump => $"goto {jump.Chain}",
        _ => OfTranslation(expression),
    };

    private static string OfTranslation(NftExpression expression) => expression switch
    {
        NftExpression.Dnat dnat => $"dnat to {dnat.To}{(dnat.Port is { } port ? $":{port}" : "")}",
        NftExpression.Snat snat => $"snat to {snat.To}",
        NftExpression.Redirect redirect => $"redirect to :{redirect.Port}",
        NftExpression.DnatFromMap map => $"dnat to {Of(map.Fields)} map @{map.Map}",
        NftExpression.SnatFromMap map => $"snat to {Of(map.Fields)} map @{map.Map}",
        _ => throw new NotSupportedException($"no nft text for {expression}"),
    };

    private static string Of(NftFields fields) => string.Join(" . ", fields.List.Select(Of));

    private static string Of(NftCtStates states) =>
        string.Join(',', Enum.GetValues<NftCtStates>().Where(state => states.HasFlag(state)).Select(state => state.ToString().ToLowerInvariant()));

    internal static string Of(NftField field) => field switch
    {
        NftField.IpSource => "ip saddr",
        NftField.IpDestination => "ip daddr",
        NftField.Ip6Source => "ip6 saddr",
        NftField.Ip6Destination => "ip6 daddr",
        NftField.EtherSource => "ether saddr",
        NftField.EtherType => "ether type",
        NftField.ArpOperation => "arp operation",
        NftField.ArpSenderEther => "arp saddr ether",
        NftField.ArpSenderIp => "arp saddr ip",
        NftField.InputName => "iifname",
        NftField.OutputName => "oifname",
        NftField.L4Protocol => "meta l4proto",
        NftField.TcpSource => "tcp sport",
        NftField.TcpDestination => "tcp dport",
        NftField.UdpSource => "udp sport",
        NftField.UdpDestination => "udp dport",
        NftField.TransportDestination => "th dport",
        NftField.IcmpType => "icmp type",
        NftField.IcmpCode => "icmp code",
        NftField.Icmp6Type => "icmpv6 type",
        NftField.Icmp6Code => "icmpv6 code",
        NftField.Mark => "meta mark",
        _ => throw new NotSupportedException($"no nft text for {field}"),
    };

    private static string Of(NftField field, ReadOnlySpan<byte> value) => field switch
    {
        NftField.EtherType => EtherType(BinaryPrimitives.ReadUInt16BigEndian(value)),
        NftField.ArpOperation => BinaryPrimitives.ReadUInt16BigEndian(value) == 1 ? "request" : $"{BinaryPrimitives.ReadUInt16BigEndian(value)}",
        NftField.IcmpType or NftField.IcmpCode or NftField.Icmp6Type or NftField.Icmp6Code => $"{value[0]}",
        _ => Of(TypeOf(field), value),
    };

    /// <summary>The type of a field's value, as it stands in sets.</summary>
    internal static NftType TypeOf(NftField field) => field switch
    {
        NftField.IpSource or NftField.IpDestination or NftField.ArpSenderIp => NftType.Ipv4Addr,
        NftField.Ip6Source or NftField.Ip6Destination => NftType.Ipv6Addr,
        NftField.EtherSource or NftField.ArpSenderEther => NftType.EtherAddr,
        NftField.InputName or NftField.OutputName => NftType.IfName,
        NftField.L4Protocol => NftType.InetProto,
        NftField.Mark => NftType.Mark,
        _ => NftType.InetService,
    };

    internal static string Of(NftType type, ReadOnlySpan<byte> value) => type switch
    {
        NftType.Ipv4Addr or NftType.Ipv6Addr => new IPAddress(value).ToString(),
        NftType.EtherAddr => Mac(value),
        NftType.IfName => $"\"{Encoding.ASCII.GetString(value).TrimEnd('\0')}\"",
        NftType.InetProto => Protocol(value[0]),
        NftType.InetService => $"{BinaryPrimitives.ReadUInt16BigEndian(value)}",
        NftType.Mark => $"0x{BitConverter.ToUInt32(value):x8}",
        _ => throw new NotSupportedException($"{type} has no value"),
    };

    private static string EtherType(ushort type) => type switch
    {
        0x0800 => "ip",
        0x0806 => "arp",
        0x86dd => "ip6",
        _ => $"0x{type:x4}",
    };

    private static string Mac(ReadOnlySpan<byte> value)
    {
        long number = 0;
        foreach (var octet in value[..6])
        {
            number = (number << 8) | octet;
        }

        return new MacAddress(number).ToString();
    }

    private static string Protocol(byte number) => number switch
    {
        1 => "icmp",
        6 => "tcp",
        17 => "udp",
        58 => "ipv6-icmp",
        _ => $"{number}",
    };
}
