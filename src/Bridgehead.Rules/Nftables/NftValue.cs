using System.Buffers.Binary;
using System.Net;
using System.Text;
using Bridgehead.Model;

namespace Bridgehead.Rules.Nftables;

/// <summary>
/// A key or data as the kernel has it: each part of a concatenation in network order (a mark in the host's), padded to four bytes. Compared by content.
/// </summary>
public readonly struct NftValue : IEquatable<NftValue>
{
    public const int IfNameSize = 16;

    private readonly byte[] _bytes;

    private NftValue(byte[] bytes) => _bytes = bytes;

    public ReadOnlyMemory<byte> Memory => _bytes;

    public ReadOnlySpan<byte> Span => _bytes;

    public static NftValue Of(IPAddress address) => new(address.GetAddressBytes());

    public static NftValue Of(MacAddress mac) => new(BytesOf(mac));

    public static NftValue Of(DeviceName device)
    {
        var bytes = new byte[IfNameSize];
        Encoding.ASCII.GetBytes(device.ToString(), bytes);
        return new NftValue(bytes);
    }

    public static NftValue Mark(uint mark) => new(BitConverter.GetBytes(mark));

    /// <summary>A protocol's number, or an ICMP type or code.</summary>
    public static NftValue Octet(byte number) => new([number, 0, 0, 0]);

    /// <summary>A port, EtherType or ARP operation.</summary>
    public static NftValue Word(ushort number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, number);
        return new NftValue(bytes);
    }

    public static NftValue FromKernel(ReadOnlySpan<byte> bytes) => new(Padded(bytes.ToArray()));

    /// <summary>The concatenation.</summary>
    public NftValue Then(NftValue next) => new([.. _bytes, .. next._bytes]);

    public bool Equals(NftValue other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is NftValue other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public static bool operator ==(NftValue left, NftValue right) => left.Equals(right);

    public static bool operator !=(NftValue left, NftValue right) => !left.Equals(right);

    /// <summary>By content, byte for byte: addresses in their order.</summary>
    public static IComparer<NftValue> InOrder { get; } = Comparer<NftValue>.Create((left, right) => left.Span.SequenceCompareTo(right.Span));

    /// <summary>Bytes that a value of the type takes in a concatenation.</summary>
    public static int SizeOf(NftType type) => type switch
    {
        NftType.Ipv6Addr or NftType.IfName => 16,
        NftType.EtherAddr => 8,
        _ => 4,
    };

    private static byte[] BytesOf(MacAddress mac)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, mac.Value << 16);
        return bytes;
    }

    private static byte[] Padded(byte[] bytes)
    {
        if (bytes.Length % 4 != 0)
        {
            Array.Resize(ref bytes, (bytes.Length + 3) & ~3);
        }

        return bytes;
    }
}

/// <summary>What a map's element leads to: a value, or for a verdict map a chain to go to. Default: a set's element has none.</summary>
public readonly record struct NftData(NftValue? Value, string? Goto)
{
    public static NftData None => default;

    public static NftData Of(NftValue value) => new(value, null);

    public static NftData To(string chain) => new(null, chain);
}

/// <summary>An element of a set or map.</summary>
public readonly record struct NftElement(NftId Set, NftValue Key, NftData Data);
