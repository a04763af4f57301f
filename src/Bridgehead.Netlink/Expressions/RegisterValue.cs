using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Bridgehead.Netlink;

/// <summary>Up to 16 bytes that a rule compares or loads, in the order in which the packet or the kernel has them.</summary>
public readonly record struct RegisterValue
{
    public const int Maximum = 16;

    private readonly ulong _first;
    private readonly ulong _second;

    public RegisterValue(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > Maximum)
        {
            throw new ArgumentException("a register value has 1 to 16 bytes", nameof(bytes));
        }

        Span<byte> padded = stackalloc byte[Maximum];
        padded.Clear();
        bytes.CopyTo(padded);
        _first = MemoryMarshal.Read<ulong>(padded);
        _second = MemoryMarshal.Read<ulong>(padded[8..]);
        Length = bytes.Length;
    }

    public int Length { get; }

    public static RegisterValue Of(byte value) => new([value]);

    /// <summary>As ports and ether types are.</summary>
    public static RegisterValue NetworkOrder(ushort value) => new([(byte)(value >> 8), (byte)value]);

    /// <summary>As marks and the states of connection tracking are.</summary>
    public static RegisterValue HostOrder(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        MemoryMarshal.Write(bytes, value);
        return new RegisterValue(bytes);
    }

    /// <summary>An interface's name, filled up with zeros to 16 bytes.</summary>
    public static RegisterValue InterfaceName(string name)
    {
        var length = Encoding.UTF8.GetByteCount(name);
        if (length is 0 or >= Maximum || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("an interface's name has 1 to 15 bytes and no NUL", nameof(name));
        }

        Span<byte> bytes = stackalloc byte[Maximum];
        bytes.Clear();
        Encoding.UTF8.GetBytes(name, bytes);
        return new RegisterValue(bytes);
    }

    /// <summary>Ones, then zeros.</summary>
    public static RegisterValue Mask(int length, int ones)
    {
        Span<byte> bytes = stackalloc byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)(0xff00 >> Math.Clamp(ones - (8 * i), 0, 8));
        }

        return new RegisterValue(bytes);
    }

    public static RegisterValue Zero(int length) => new(stackalloc byte[length]);

    /// <summary>The first bytes.</summary>
    public RegisterValue Take(int length)
    {
        Span<byte> bytes = stackalloc byte[Maximum];
        CopyTo(bytes);
        return new RegisterValue(bytes[..length]);
    }

    /// <summary>This value, then the other.</summary>
    public RegisterValue Then(RegisterValue other)
    {
        Span<byte> bytes = stackalloc byte[2 * Maximum];
        CopyTo(bytes);
        other.CopyTo(bytes[Length..]);
        return new RegisterValue(bytes[..(Length + other.Length)]);
    }

    public RegisterValue And(RegisterValue mask)
    {
        Span<byte> bytes = stackalloc byte[Maximum];
        MemoryMarshal.Write(bytes, _first & mask._first);
        MemoryMarshal.Write(bytes[8..], _second & mask._second);
        return new RegisterValue(bytes[..Length]);
    }

    /// <summary>Fills 16 bytes, of which the first <see cref="Length"/> count.</summary>
    public void CopyTo(Span<byte> bytes)
    {
        MemoryMarshal.Write(bytes, _first);
        MemoryMarshal.Write(bytes[8..], _second);
    }

    public byte[] ToArray()
    {
        Span<byte> bytes = stackalloc byte[Maximum];
        CopyTo(bytes);
        return bytes[..Length].ToArray();
    }

    public uint ToHostOrder32() => (uint)_first;

    public ushort ToNetworkOrder16() => BinaryPrimitives.ReverseEndianness((ushort)_first);

    public override string ToString() => Convert.ToHexStringLower(ToArray());
}

/// <summary>
/// A register of a rule: 16 places of 4 bytes that hold values, or the one that holds the verdict. The number is the kernel's: a place that begins a group of four has the
/// group's, as the kernel itself writes it.
/// </summary>
public readonly record struct Register(uint Number)
{
    /// <summary>The one that holds the verdict.</summary>
    public static Register Verdict => new(0);

    /// <summary>The first of the places.</summary>
    public static Register First => new(1);

    /// <summary>Four bytes, counted from 0.</summary>
    public static Register Place(int place) => place is < 0 or > 15
        ? throw new ArgumentOutOfRangeException(nameof(place), "there are 16 places")
        : new(place % 4 == 0 ? 1 + ((uint)place / 4) : 8 + (uint)place);

    public override string ToString() => $"reg {Number}";
}
