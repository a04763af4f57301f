using System.Buffers.Binary;
using System.Net;
using Bridgehead.Model;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Kernel.Tests.Differential;

/// <summary>A packet as bytes, with right checksums, and a token in its payload by which it is known again wherever it arrives and however it was translated.</summary>
internal static class Frame
{
    private const int TokenBytes = 8;

    /// <summary>ICMP over IPv4.</summary>
    private const int ShortestPacket = 20 + 8 + TokenBytes;

    /// <summary>An Ethernet frame.</summary>
    public static byte[] Of(MacAddress from, MacAddress to, Packet packet, ulong token, bool reply = false) =>
        [.. BytesOf(to), .. BytesOf(from), .. packet.IsV4 ? new byte[] { 0x08, 0x00 } : [0x86, 0xdd], .. NetworkOf(packet, token, reply)];

    /// <summary>From the network header on.</summary>
    public static byte[] NetworkOf(Packet packet, ulong token, bool reply)
    {
        var transport = TransportOf(packet, token, reply);
        return [.. packet.IsV4 ? V4(packet, transport.Length) : V6(packet, transport.Length), .. transport];
    }

    /// <summary>The token, addresses and ports of what begins with a network header; null when it has no token of ours.</summary>
    public static Seen? Read(ReadOnlySpan<byte> packet, ulong series)
    {
        if (packet.Length < ShortestPacket)
        {
            return null;
        }

        var v4 = packet[0] >> 4 == 4;
        var header = v4 ? (packet[0] & 15) * 4 : 40;
        var protocol = packet[v4 ? 9 : 6];
        var end = header + (v4 ? BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) - header : BinaryPrimitives.ReadUInt16BigEndian(packet[4..]));
        if (end > packet.Length || end < header + 8 + TokenBytes || IsError(protocol, packet[header]))
        {
            return null;
        }

        var token = BinaryPrimitives.ReadUInt64BigEndian(packet[(end - TokenBytes)..]);
        var (source, destination) = v4 ? (packet[12..16].ToArray(), packet[16..20].ToArray()) : (packet[8..24].ToArray(), packet[24..40].ToArray());
        // Of ICMP the type, so that an echo's answer by the host is not taken for the echo.
        var hasPorts = protocol is Packet.Tcp or Packet.Udp;
        var (from, to) = hasPorts ? (BinaryPrimitives.ReadUInt16BigEndian(packet[header..]), BinaryPrimitives.ReadUInt16BigEndian(packet[(header + 2)..])) : ((ushort)0, packet[header]);
        return token >> 32 == series >> 32 ? new Seen(token, "", new IPAddress(source), new IPAddress(destination), from, to) : null;
    }

    /// <summary>An ICMP error quotes the packet that it is about, token and all.</summary>
    private static bool IsError(byte protocol, byte type) => (protocol == Packet.Icmp && type is not (0 or 8 or 13 or 14)) || (protocol == Packet.Icmp6 && type < 128);

    private static byte[] BytesOf(MacAddress mac)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, mac.Value << 16);
        return bytes[..6];
    }

    private static byte[] V4(Packet packet, int length)
    {
        byte[] header = [0x45, 0, 0, 0, 0, 0, 0, 0, 64, packet.Protocol, 0, 0, .. packet.Source.GetAddressBytes(), .. packet.Destination.GetAddressBytes()];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(20 + length));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Checksum(header));
        return header;
    }

    private static byte[] V6(Packet packet, int length)
    {
        byte[] header = [0x60, 0, 0, 0, 0, 0, packet.Protocol, 64, .. packet.Source.GetAddressBytes(), .. packet.Destination.GetAddressBytes()];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)length);
        return header;
    }

    private static byte[] TransportOf(Packet packet, ulong token, bool reply)
    {
        var payload = new byte[TokenBytes];
        BinaryPrimitives.WriteUInt64BigEndian(payload, token);
        var (source, destination) = (Word(packet.SourcePort ?? 0), Word(packet.DestinationPort ?? 0));
        byte[] segment = packet.Protocol switch
        {
            // SYN with sequence number 1, or the SYN-ACK to it; data in a SYN is allowed.
            Packet.Tcp => [.. source, .. destination, 0, 0, 0, 1, 0, 0, 0, (byte)(reply ? 2 : 0), 0x50, (byte)(reply ? 0x12 : 0x02), 0xff, 0xff, 0, 0, 0, 0, .. payload],
            Packet.Udp => [.. source, .. destination, 0, 8 + TokenBytes, 0, 0, .. payload],

            // The identifier is the source port, so that each is a connection of its own.
            _ => [packet.IcmpType!.Value, packet.IcmpCode ?? 0, 0, 0, .. source, 0, 1, .. payload],
        };
        byte[] covered = packet.Protocol == Packet.Icmp ? segment : [.. packet.Source.GetAddressBytes(), .. packet.Destination.GetAddressBytes(), .. Word(packet.Protocol), .. Word((ushort)segment.Length), .. segment];
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(packet.Protocol switch { Packet.Tcp => 16, Packet.Udp => 6, _ => 2 }), Checksum(covered));
        return segment;
    }

    private static byte[] Word(ushort number) => [(byte)(number >> 8), (byte)number];

    private static ushort Checksum(ReadOnlySpan<byte> data)
    {
        uint sum = 0;
        for (var i = 0; i < data.Length; i += 2)
        {
            sum += (uint)((data[i] << 8) | (i + 1 < data.Length ? data[i + 1] : 0));
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}

/// <summary>A packet of ours where it arrived. <see cref="Place"/> is an interface of the far side, or <c>host</c>; <see cref="DestinationPort"/> for ICMP its type.</summary>
internal sealed record Seen(ulong Token, string Place, IPAddress Source, IPAddress Destination, ushort SourcePort, ushort DestinationPort);
