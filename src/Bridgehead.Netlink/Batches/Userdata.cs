using System.Runtime.InteropServices;
using System.Text;

namespace Bridgehead.Netlink;

/// <summary>What nft keeps for itself in rules and sets: entries of one byte type, one byte length, value. The kernel only carries it.</summary>
internal ref struct Userdata(Span<byte> buffer)
{
    /// <summary>The kernel's limit.</summary>
    public const int Maximum = 256;

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public void Number(byte type, uint value)
    {
        var entry = Entry(type, 4);
        MemoryMarshal.Write(entry, value);
    }

    /// <summary>The type "concatenation", in nft's own expression numbers.</summary>
    public void Concatenation(byte type)
    {
        var entry = Entry(type, 8);
        entry.Clear();
        entry[1] = 4;
        entry[2] = 13;
        entry[6] = 1;
    }

    public void Text(byte type, string text, int maximum)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        if (length > maximum || text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"a comment has at most {maximum} bytes and no NUL", nameof(text));
        }

        var entry = Entry(type, length + 1);
        Encoding.UTF8.GetBytes(text, entry);
        entry[length] = 0;
    }

    /// <summary>The text of this type, or null.</summary>
    public static string? Find(ReadOnlySpan<byte> userdata, byte wanted)
    {
        while (userdata.Length >= 2 && userdata.Length >= 2 + userdata[1])
        {
            if (userdata[0] == wanted)
            {
                return AttributeValue.Text(userdata.Slice(2, userdata[1]));
            }

            userdata = userdata[(2 + userdata[1])..];
        }

        return null;
    }

    private Span<byte> Entry(byte type, int length)
    {
        var entry = _buffer[_length..];
        entry[0] = type;
        entry[1] = (byte)length;
        _length += 2 + length;
        return entry.Slice(2, length);
    }
}
