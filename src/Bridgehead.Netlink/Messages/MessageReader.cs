using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Bridgehead.Netlink;

/// <summary>The messages in what was received, one after the other.</summary>
internal ref struct MessageReader(ReadOnlySpan<byte> received)
{
    private ReadOnlySpan<byte> _rest = received;

    public bool Next(out Message message)
    {
        message = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var length = _rest.Length < MessageWriter.HeaderSize ? 0 : (int)Math.Min(MemoryMarshal.Read<uint>(_rest), int.MaxValue);
        if (length < MessageWriter.HeaderSize || length > _rest.Length)
        {
            throw new NetlinkException("a message of the kernel is cut off");
        }

        message = new Message(_rest[..length]);
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}

/// <summary>A netlink message.</summary>
internal readonly ref struct Message(ReadOnlySpan<byte> whole)
{
    private readonly ReadOnlySpan<byte> _whole = whole;

    public int Type => MemoryMarshal.Read<ushort>(_whole[4..]);

    public int Flags => MemoryMarshal.Read<ushort>(_whole[6..]);

    public uint Sequence => MemoryMarshal.Read<uint>(_whole[8..]);

    /// <summary>In a notification the port of whoever caused it.</summary>
    public uint PortId => MemoryMarshal.Read<uint>(_whole[12..]);

    public ReadOnlySpan<byte> Body => _whole[MessageWriter.HeaderSize..];

    public NftFamily Family => _whole.Length < MessageWriter.Prologue ? default : (NftFamily)_whole[MessageWriter.HeaderSize];

    /// <summary>What follows nfgenmsg.</summary>
    public Fields Fields => new(Payload);

    public AttributeReader Attributes => new(Payload);

    private ReadOnlySpan<byte> Payload => _whole.Length < MessageWriter.Prologue ? [] : _whole[MessageWriter.Prologue..];
}

/// <summary>Attributes, one after the other. Anything that does not fit into its surroundings ends them.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    private const int TypeMask = 0x3fff;

    private ReadOnlySpan<byte> _rest = attributes;

    public bool Next(out int type, out ReadOnlySpan<byte> value)
    {
        var length = _rest.Length < 4 ? 0 : MemoryMarshal.Read<ushort>(_rest);
        if (length < 4 || length > _rest.Length)
        {
            type = 0;
            value = default;
            return false;
        }

        type = MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask;
        value = _rest[4..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }

    /// <summary>The first attribute of this type, or nothing.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, int wanted)
    {
        var reader = new AttributeReader(attributes);
        while (reader.Next(out var type, out var value))
        {
            if (type == wanted)
            {
                return value;
            }
        }

        return default;
    }
}

/// <summary>What attributes hold.</summary>
internal static class AttributeValue
{
    public static uint UInt32(ReadOnlySpan<byte> value) => value.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(value);

    public static ulong UInt64(ReadOnlySpan<byte> value) => value.Length < 8 ? 0 : BinaryPrimitives.ReadUInt64BigEndian(value);

    /// <summary>Without the NUL that ends it.</summary>
    public static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf((byte)0);
        return end < 0 ? value : value[..end];
    }

    public static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(Name(value));
}

/// <summary>Attributes by number.</summary>
internal readonly ref struct Fields(ReadOnlySpan<byte> attributes)
{
    private readonly ReadOnlySpan<byte> _attributes = attributes;

    public ReadOnlySpan<byte> Bytes(int type) => AttributeReader.Find(_attributes, type);

    public bool Has(int type) => !Bytes(type).IsEmpty;

    public uint Number(int type) => AttributeValue.UInt32(Bytes(type));

    public string Text(int type) => AttributeValue.Text(Bytes(type));

    public Register Register(int type) => new(Number(type));

    public Register? OptionalRegister(int type) => Has(type) ? Register(type) : null;

    /// <summary>nft_data with a value.</summary>
    public bool Value(int type, out RegisterValue value)
    {
        var bytes = AttributeReader.Find(Bytes(type), 1);
        value = bytes.Length is 0 or > RegisterValue.Maximum ? default : new RegisterValue(bytes);
        return value.Length > 0;
    }
}
