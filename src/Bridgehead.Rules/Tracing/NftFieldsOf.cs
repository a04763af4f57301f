using Bridgehead.Model;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>What a packet has in a field, as the kernel loads it; null when it has no such field, which ends the rule.</summary>
internal static class NftFieldsOf
{
    private const ushort Ip = 0x0800;
    private const ushort Ip6 = 0x86dd;

    public static NftValue? One(NftField field, NftFamily family, Passing passing)
    {
        var packet = passing.Packet;
        return field switch
        {
            NftField.IpSource => packet.IsV4 ? NftValue.Of(packet.Source) : null,
            NftField.IpDestination => packet.IsV4 ? NftValue.Of(packet.Destination) : null,
            NftField.Ip6Source => packet.IsV4 ? null : NftValue.Of(packet.Source),
            NftField.Ip6Destination => packet.IsV4 ? null : NftValue.Of(packet.Destination),
            NftField.EtherSource => packet.SourceMac is { } mac ? NftValue.Of(mac) : throw new TraceException("the packet's MAC address is not known"),
            NftField.EtherType when family == NftFamily.Bridge => NftValue.Word(packet.IsV4 ? Ip : Ip6),
            NftField.ArpOperation or NftField.ArpSenderEther or NftField.ArpSenderIp => null,
            NftField.InputName => Device(passing.Input),
            NftField.OutputName => Device(passing.Output),
            NftField.L4Protocol => NftValue.Octet(packet.Protocol),
            NftField.Mark => NftValue.Mark(passing.Mark),
            _ => OfTransport(field, packet),
        };
    }

    private static NftValue? OfTransport(NftField field, Packet packet) => field switch
    {
        NftField.TcpSource => packet.Protocol == Packet.Tcp ? Port(packet.SourcePort) : null,
        NftField.TcpDestination => packet.Protocol == Packet.Tcp ? Port(packet.DestinationPort) : null,
        NftField.UdpSource => packet.Protocol == Packet.Udp ? Port(packet.SourcePort) : null,
        NftField.UdpDestination => packet.Protocol == Packet.Udp ? Port(packet.DestinationPort) : null,
        NftField.TransportDestination => packet.Protocol is Packet.Tcp or Packet.Udp ? Port(packet.DestinationPort) : null,
        NftField.IcmpType => packet.Protocol == Packet.Icmp ? Octet(packet.IcmpType) : null,
        NftField.IcmpCode => packet.Protocol == Packet.Icmp ? Octet(packet.IcmpCode) : null,
        NftField.Icmp6Type => packet.Protocol == Packet.Icmp6 ? Octet(packet.IcmpType) : null,
        NftField.Icmp6Code => packet.Protocol == Packet.Icmp6 ? Octet(packet.IcmpCode) : null,
        _ => throw new TraceException($"the field {field} is not known"),
    };

    private static NftValue? Device(DeviceName? device) => device is { } name ? NftValue.Of(name) : null;

    private static NftValue? Port(ushort? port) => port is { } number ? NftValue.Word(number) : null;

    private static NftValue? Octet(byte? octet) => octet is { } number ? NftValue.Octet(number) : null;
}
