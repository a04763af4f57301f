using System.Buffers.Binary;
using System.Net;
using System.Text;
using Bridgehead.Model;

namespace Bridgehead.Rules.Nftables;

/// <summary>
/// A key or data as the kernel has it: each part of a concatenation in network order (a mark in the host's), padded to four bytes. A key of an interval set is a range of such values, part by part.
/// Compared by content.
/// </summary>
public readonly struct NftValue : IEquatable<NftValue>
{
    public const int IfNameSize = 16;

    /// <summary>A range is its first value, its last, and one byte more, which no value has: there are thousands of keys and few ranges, so that a key is one reference.</summary>
    private readonly byte[] _bytes;

    private NftValue(byte[] bytes) => _bytes = bytes;

    /// <summary>The value; of a range the first one.</summary>
    public ReadOnlySpan<byte> Span => IsRange ? _bytes.AsSpan(0, _bytes.Length / 2) : _bytes;

    public bool IsRange => _bytes is not null && _bytes.Length % 4 != 0;

    /// <summary>Of a range the last value, else the value.</summary>
    public ReadOnlySpan<byte> Last => IsRange ? _bytes.AsSpan(_bytes.Length / 2, _bytes.Length / 2) : _bytes;

    /// <summary>The default: no value at all.</summary>
    internal bool IsNone => _bytes is null;

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

    /// <summary>The range from this value to that one, both included; it may be of one value only.</summary>
    public NftValue To(NftValue last) => last._bytes.Length == _bytes.Length ? new([.. _bytes, .. last._bytes, 0]) : throw new ArgumentException("both ends of a range are of the same type", nameof(last));

    /// <summary>Whether the value lies in this range, in each part of a concatenation of these types.</summary>
    public bool Covers(IReadOnlyList<NftType> types, ReadOnlySpan<byte> value)
    {
        var at = 0;
        foreach (var type in types)
        {
            var size = SizeOf(type);
            var part = value.Slice(at, size);
            if (part.SequenceCompareTo(Span.Slice(at, size)) < 0 || part.SequenceCompareTo(Last.Slice(at, size)) > 0)
            {
                return false;
            }

            at += size;
        }

        return true;
    }

    public bool Equals(NftValue other) => _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => obj is NftValue other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    public static bool operator ==(NftValue left, NftValue right) => left.Equals(right);

    public static bool operator !=(NftValue left, NftValue right) => !left.Equals(right);

    /// <summary>By content, byte for byte: addresses in their order, ranges by their first value.</summary>
    public static IComparer<NftValue> InOrder { get; } = Comparer<NftValue>.Create((left, right) => left._bytes.AsSpan().SequenceCompareTo(right._bytes));

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
public readonly record struct NftData
{
    private readonly NftValue _value;

    private NftData(NftValue value, string? chain) => (_value, Goto) = (value, chain);

    public static NftData None => default;

    public NftValue? Value => _value.IsNone ? null : _value;

    public string? Goto { get; }

    public static NftData Of(NftValue value) => new(value, null);

    public static NftData To(string chain) => new(default, chain);
}

/// <summary>An element of a set or map.</summary>
public readonly record struct NftElement(NftId Set, NftValue Key, NftData Data);
