using System.Buffers.Binary;
using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules.Tracing;

/// <summary>The beginning of a packet as the kernel shows it: link header (14 bytes and more, or none), network header (up to 40) and transport header (up to 20).</summary>
public sealed record PacketHeaders(ReadOnlyMemory<byte> Link, ReadOnlyMemory<byte> Network, ReadOnlyMemory<byte> Transport)
{
    private const int V4Length = 20;
    private const int V6Length = 40;
    private const int MacAt = 6;
    private const int EtherLength = 14;

    /// <summary>IPv4 or IPv6, whole enough to be told; ARP and others are not.</summary>
    public bool IsIp => Network.Length >= V4Length && Network.Span[0] >> 4 is 4 or 6 && (IsV4 || Network.Length >= V6Length);

    private bool IsV4 => Network.Span[0] >> 4 == 4;

    /// <summary>What the headers say: where it comes in and its connection's state are not in them. A later fragment has neither ports nor type.</summary>
    public Packet ToPacket()
    {
        var bytes = Network.Span;
        var v4 = IsV4;
        var packet = new Packet
        {
            Source = new IPAddress(v4 ? bytes[12..16] : bytes[8..24]),
            Destination = new IPAddress(v4 ? bytes[16..20] : bytes[24..40]),
            Protocol = v4 ? bytes[9] : bytes[6],
            SourceMac = Mac(),
        };
        return HasTransport(packet.Protocol) ? WithTransport(packet) : packet;
    }

    /// <summary>The same for a packet wherever it is seen between two translations: all but what each hop changes (time to live, checksums).</summary>
    public string Identity()
    {
        var bytes = Network.Span;
        var v4 = IsV4;
        var network = v4
            ? Hex(bytes[2..8]) + Hex(bytes[9..10]) + Hex(bytes[12..20])
            : Hex(bytes[..7]) + Hex(bytes[8..40]);
        var transport = Transport.Span;
        var (from, to) = (v4 ? bytes[9] : bytes[6]) switch
        {
            Packet.Tcp => (16, 18),
            Packet.Udp => (6, 8),
            Packet.Icmp or Packet.Icmp6 => (2, 4),
            _ => (0, 0),
        };
        return transport.Length < to ? network + Hex(transport) : network + Hex(transport[..from]) + Hex(transport[to..]);
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);

    private bool HasTransport(byte protocol)
    {
        var isFragment = IsV4 && (BinaryPrimitives.ReadUInt16BigEndian(Network.Span[6..]) & 0x1fff) != 0;
        return !isFragment && Transport.Length >= 4 && protocol is Packet.Tcp or Packet.Udp or Packet.Icmp or Packet.Icmp6;
    }

    private Packet WithTransport(Packet packet)
    {
        var bytes = Transport.Span;
        return packet.Protocol is Packet.Icmp or Packet.Icmp6
            ? packet with { IcmpType = bytes[0], IcmpCode = bytes[1] }
            : packet with { SourcePort = BinaryPrimitives.ReadUInt16BigEndian(bytes), DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) };
    }

    private MacAddress? Mac()
    {
        if (Link.Length < EtherLength)
        {
            return null;
        }

        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        Link.Span[MacAt..(MacAt + 6)].CopyTo(padded[2..]);
        return new MacAddress(BinaryPrimitives.ReadInt64BigEndian(padded));
    }
}
