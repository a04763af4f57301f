using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Bridgehead.Netlink;

/// <summary>
/// Netlink messages written one after the other into one growing buffer. What was begun and not ended, because an argument was refused, is no part of it.
/// </summary>
/// <remarks>Nested attributes go without NLA_F_NESTED: nf_tables does not ask for it and does not write it, so a rule's expressions come back byte for byte.</remarks>
internal sealed class MessageWriter : IDisposable
{
    public const int HeaderSize = 16;

    /// <summary>Header and nfgenmsg.</summary>
    public const int Prologue = HeaderSize + 4;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(4096);
    private int _message;
    private int _written;

    /// <summary>Where the next byte goes.</summary>
    public int Position => _written;

    /// <summary>Every message that was ended.</summary>
    public ReadOnlySpan<byte> Messages => _bytes.AsSpan(0, _message);

    public void Begin(int type, int flags, uint sequence, byte family, ushort resource = 0)
    {
        _written = _message;
        var span = Take(Prologue);
        Put(span[4..], (ushort)type);
        Put(span[6..], (ushort)flags);
        Put(span[8..], sequence);
        Put(span[12..], 0u);
        span[16] = family;
        span[17] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(span[18..], resource);
    }

    public void End()
    {
        Put(_bytes.AsSpan(_message), (uint)(_written - _message));
        _message = _written;
    }

    /// <summary>A message was begun and not ended.</summary>
    public bool IsOpen => _written != _message;

    /// <summary>Where the open message starts.</summary>
    public int MessageStart => _message;

    /// <summary>What the open message holds so far.</summary>
    public ReadOnlySpan<byte> OpenBytes => _bytes.AsSpan(_message, _written - _message);

    public void Discard() => _written = _message;

    public void Patch(int position, uint value) => BinaryPrimitives.WriteUInt32BigEndian(_bytes.AsSpan(position), value);

    /// <summary>Every message and this one, which is not kept: the next one is written in its place.</summary>
    public ReadOnlySpan<byte> With(int type, int flags, uint sequence, ushort resource)
    {
        var before = _message;
        Begin(type, flags, sequence, 0, resource);
        End();
        var all = Messages;
        _message = _written = before;
        return all;
    }

    /// <summary>Adds flags to a message that was ended.</summary>
    public void AddFlags(int message, ushort flags)
    {
        var span = _bytes.AsSpan(message + 6, 2);
        Put(span, (ushort)(MemoryMarshal.Read<ushort>(span) | flags));
    }

    public void Clear() => _message = _written = 0;

    public int BeginNest(int type)
    {
        var start = _written;
        Put(Take(4)[2..], (ushort)type);
        return start;
    }

    public void EndNest(int start)
    {
        var length = _written - start;
        if (length > ushort.MaxValue)
        {
            throw new ArgumentException($"an attribute of {length} bytes: netlink's limit is 64 KiB", nameof(start));
        }

        Put(_bytes.AsSpan(start), (ushort)length);
    }

    public void Empty(int type) => EndNest(BeginNest(type));

    public void UInt32(int type, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Attribute(type, 4), value);

    public void UInt64(int type, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Attribute(type, 8), value);

    public void Bytes(int type, ReadOnlySpan<byte> value) => value.CopyTo(Attribute(type, value.Length));

    /// <summary>A name of the kernel's: at least one byte, at most 255, and no NUL.</summary>
    public void Name(int type, string value)
    {
        CheckName(value);
        String(type, value);
    }

    /// <summary>With the NUL that ends it.</summary>
    public void String(int type, ReadOnlySpan<char> value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        var span = Attribute(type, length + 1);
        Encoding.UTF8.GetBytes(value, span);
        span[length] = 0;
    }

    /// <summary>nft_data with a value.</summary>
    public void Data(int type, ReadOnlySpan<byte> value)
    {
        var start = BeginNest(type);
        Bytes(1, value);
        EndNest(start);
    }

    /// <summary>nft_data with a verdict.</summary>
    public void Data(int type, Verdict verdict)
    {
        var data = BeginNest(type);
        var nest = BeginNest(2);
        UInt32(1, (uint)verdict.Code);
        if (verdict.Chain is { } chain)
        {
            Name(2, chain);
        }

        EndNest(nest);
        EndNest(data);
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }

    public static void CheckName(string value)
    {
        if (value.Length == 0 || value.Length > 255 || Encoding.UTF8.GetByteCount(value) > 255)
        {
            throw new ArgumentException("a name has 1 to 255 bytes", nameof(value));
        }

        if (value.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("a name contains a NUL", nameof(value));
        }
    }

    /// <summary>The place of an attribute's value; what pads it is zero.</summary>
    private Span<byte> Attribute(int type, int length)
    {
        if (length > ushort.MaxValue - 4)
        {
            throw new ArgumentException($"an attribute of {length} bytes: netlink's limit is 64 KiB", nameof(length));
        }

        var padded = (length + 3) & ~3;
        var span = Take(4 + padded);
        Put(span, (ushort)(4 + length));
        Put(span[2..], (ushort)type);
        span[(4 + length)..].Clear();
        return span.Slice(4, length);
    }

    private Span<byte> Take(int size)
    {
        if (_written + size > _bytes.Length)
        {
            Grow(size);
        }

        var span = _bytes.AsSpan(_written, size);
        _written += size;
        return span;
    }

    private void Grow(int size)
    {
        ObjectDisposedException.ThrowIf(_bytes.Length == 0, this);
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _written + size));
        _bytes.AsSpan(0, _written).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    /// <summary>Headers are in the machine's byte order.</summary>
    private static void Put<T>(Span<byte> span, T value)
        where T : unmanaged => MemoryMarshal.Write(span, value);
}
