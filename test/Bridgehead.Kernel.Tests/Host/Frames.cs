using System.Buffers.Binary;
using Bridgehead.Model;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>Frames as an instance may send them.</summary>
internal static class Frames
{
    public static readonly MacAddress Everybody = MacAddress.Parse("ff:ff:ff:ff:ff:ff");

    public static byte[] Ethernet(MacAddress from, MacAddress to, ushort type, params byte[] payload) => [.. Bytes(to), .. Bytes(from), .. Short(type), .. payload];

    public static byte[] Vlan(byte[] frame, ushort tag) => [.. frame[..12], .. Short(0x8100), .. Short(tag), .. frame[12..]];

    public static byte[] Arp(MacAddress from, MacAddress to, ushort operation, MacAddress sender, string senderIp, string targetIp) => Ethernet(
        from, to, 0x0806, [.. Short(1), .. Short(0x0800), 6, 4, .. Short(operation), .. Bytes(sender), .. Ip.Parse(senderIp).GetAddressBytes(), .. Bytes(to), .. Ip.Parse(targetIp).GetAddressBytes()]);

    public static byte[] Udp(MacAddress from, MacAddress to, string source, string target, ushort sourcePort, ushort targetPort)
    {
        byte[] udp = [.. Short(sourcePort), .. Short(targetPort), .. Short(12), .. Short(0), 1, 2, 3, 4];
        return Ip.Parse(source).IsV4() ? Ethernet(from, to, 0x0800, V4(source, target, udp)) : V6(from, to, source, target, 17, udp);
    }

    /// <summary>An ICMPv6 message of a type; 134 is a router's advertisement.</summary>
    public static byte[] IcmpV6(MacAddress from, MacAddress to, string source, string target, byte type) => V6(from, to, source, target, 58, [type, 0, 0, 0, .. new byte[20]]);

    private static byte[] V6(MacAddress from, MacAddress to, string source, string target, byte protocol, byte[] payload) => Ethernet(
        from, to, 0x86dd, [0x60, 0, 0, 0, .. Short((ushort)payload.Length), protocol, 255, .. Ip.Parse(source).GetAddressBytes(), .. Ip.Parse(target).GetAddressBytes(), .. payload]);

    private static byte[] V4(string source, string target, byte[] payload)
    {
        byte[] header =
        [
            0x45, 0, .. Short((ushort)(20 + payload.Length)), 0, 0, 0, 0, 64, 17, 0, 0, .. Ip.Parse(source).GetAddressBytes(), .. Ip.Parse(target).GetAddressBytes(),
        ];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Checksum(header));
        return [.. header, .. payload];
    }

    private static ushort Checksum(ReadOnlySpan<byte> header)
    {
        uint sum = 0;
        for (var i = 0; i < header.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        }

        return (ushort)~((sum & 0xffff) + (sum >> 16));
    }

    private static byte[] Bytes(MacAddress mac) => Convert.FromHexString(mac.ToString().Replace(":", "", StringComparison.Ordinal));

    private static byte[] Short(ushort value) => [(byte)(value >> 8), (byte)value];
}
