namespace Bridgehead.Netlink;

/// <content>Sets and their elements.</content>
public sealed partial class BatchWriter
{
    /// <summary>What a message may hold of elements: the list of them is one attribute, of at most 64 KiB.</summary>
    private const int ElementsMaximum = 60_000;

    private const int KeyMaximum = 64;
    private const int CommentMaximum = 128;
    private const uint IntervalEnd = 1;

    /// <summary>The set whose elements the open message lists.</summary>
    private string? _set;

    private NftTable _setTable;
    private NftMessage _setMessage;
    private int _list;
    private uint _setId;

    /// <summary>Makes the set or map if it is not there.</summary>
    public void AddSet(SetSpec set)
    {
        Begin(NftMessage.NewSet, Wire.Create, set.Table);
        _writer.Name(2, set.Name);
        _writer.UInt32(3, (uint)set.Flags);
        _writer.UInt32(4, set.KeyTypeNumber);
        _writer.UInt32(5, (uint)set.KeyLength);
        if (set.Data is { } data)
        {
            _writer.UInt32(6, (uint)data.Number);
            _writer.UInt32(7, (uint)data.Length);
        }

        // The kernel insists on a number by which the batch could refer to the set. Names do.
        _writer.UInt32(10, ++_setId);
        Description(set);
        Span<byte> userdata = stackalloc byte[Userdata.Maximum];
        _writer.Bytes(13, SetUserdata(set, new Userdata(userdata)));
        if (set.Counter)
        {
            var nest = _writer.BeginNest(17);
            _writer.String(1, "counter");
            _writer.Empty(2);
            _writer.EndNest(nest);
        }

        End();
    }

    /// <summary>Removes the set with its elements. No rule may look into it any more.</summary>
    public void RemoveSet(NftTable table, string set)
    {
        Begin(NftMessage.DeleteSet, 0, table);
        _writer.Name(2, set);
        End();
    }

    /// <summary>Removes the set's elements.</summary>
    public void FlushSet(NftTable table, string set)
    {
        Begin(NftMessage.DeleteElement, 0, table);
        _writer.Name(2, set);
        End();
    }

    /// <summary>Puts a key into a set; no change when it is there. The key is as long as the set's keys are.</summary>
    public void AddElement(NftTable table, string set, ReadOnlySpan<byte> key) => Key(NftMessage.NewElement, table, set, key);

    /// <summary>Puts a key and its value into a map; an error when it is there with another value.</summary>
    public void AddElement(NftTable table, string set, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var element = OpenElement(NftMessage.NewElement, table, set, key.Length, value.Length);
        _writer.Data(1, key);
        _writer.Data(2, value);
        _writer.EndNest(element);
    }

    /// <summary>Puts a key and its verdict into a verdict map.</summary>
    public void AddElement(NftTable table, string set, ReadOnlySpan<byte> key, Verdict verdict)
    {
        MessageWriter.CheckName(verdict.Chain ?? "-");
        var element = OpenElement(NftMessage.NewElement, table, set, key.Length, KeyMaximum);
        _writer.Data(1, key);
        _writer.Data(2, verdict);
        _writer.EndNest(element);
    }

    public void RemoveElement(NftTable table, string set, ReadOnlySpan<byte> key) => Key(NftMessage.DeleteElement, table, set, key);

    /// <summary>Puts the keys from <paramref name="first"/> to <paramref name="last"/> into an interval set: of one type, or field by field of a concatenation.</summary>
    public void AddInterval(NftTable table, string set, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last, bool concatenation = false) =>
        Interval(NftMessage.NewElement, table, set, first, last, concatenation);

    public void RemoveInterval(NftTable table, string set, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last, bool concatenation = false) =>
        Interval(NftMessage.DeleteElement, table, set, first, last, concatenation);

    private void Interval(NftMessage message, NftTable table, string set, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last, bool concatenation)
    {
        var element = OpenElement(message, table, set, first.Length, last.Length);
        _writer.Data(1, first);
        if (concatenation)
        {
            _writer.Data(10, last);
        }

        _writer.EndNest(element);
        Span<byte> after = stackalloc byte[last.Length];
        if (concatenation || !Next(last, after))
        {
            return;
        }

        element = OpenElement(message, table, set, after.Length, 0);
        _writer.UInt32(3, IntervalEnd);
        _writer.Data(1, after);
        _writer.EndNest(element);
    }

    /// <summary>The value after <paramref name="key"/>; false for the last one there is.</summary>
    private static bool Next(ReadOnlySpan<byte> key, Span<byte> after)
    {
        key.CopyTo(after);
        for (var i = after.Length - 1; i >= 0; i--)
        {
            if (++after[i] != 0)
            {
                return true;
            }
        }

        return false;
    }

    private void Key(NftMessage message, NftTable table, string set, ReadOnlySpan<byte> key)
    {
        var element = OpenElement(message, table, set, key.Length, 0);
        _writer.Data(1, key);
        _writer.EndNest(element);
    }

    /// <summary>Goes on with the open message when it is about the same set and has room, else begins one.</summary>
    private int OpenElement(NftMessage message, NftTable table, string set, int key, int value)
    {
        if (key is 0 or > KeyMaximum || value > KeyMaximum)
        {
            throw new ArgumentException("a key has 1 to 64 bytes, a value at most 64", nameof(key));
        }

        if (_set != set || _setMessage != message || _setTable != table || _writer.Position - _list > ElementsMaximum)
        {
            Begin(message, message == NftMessage.NewElement ? Wire.Create : 0, table);
            _writer.Name(2, set);
            (_set, _setTable, _setMessage, _list) = (set, table, message, _writer.BeginNest(3));
        }

        return _writer.BeginNest(1);
    }

    private void CloseElements()
    {
        if (_set is not null)
        {
            _writer.EndNest(_list);
            _set = null;
            End();
        }
    }

    private void Description(SetSpec set)
    {
        var fields = set.Interval && set.Key.Count > 1;
        if (set.Size is null && !fields)
        {
            return;
        }

        var nest = _writer.BeginNest(9);
        if (set.Size is { } size)
        {
            _writer.UInt32(1, size);
        }

        if (fields)
        {
            var list = _writer.BeginNest(2);
            foreach (var type in set.Key)
            {
                var field = _writer.BeginNest(1);
                _writer.UInt32(1, (uint)type.Length);
                _writer.EndNest(field);
            }

            _writer.EndNest(list);
        }

        _writer.EndNest(nest);
    }

    /// <summary>Byte orders: nft would print a mark of 1 as 0x01000000 without. A concatenation has none of its own, and says that it is one.</summary>
    private static ReadOnlySpan<byte> SetUserdata(SetSpec set, Userdata data)
    {
        data.Number(0, set.Key.Count > 1 ? 0 : Order(set.Key[0]));
        if (set.Data is { } value)
        {
            data.Number(1, Order(value));
        }

        if (set.Key.Count > 1)
        {
            data.Concatenation(3);
        }

        if (set.Data is not null)
        {
            data.Number(6, 0);
        }

        if (set.Comment is { } comment)
        {
            data.Text(7, comment, CommentMaximum);
        }

        return data.Written;
    }

    private static uint Order(DataType type) => type == DataType.Verdict ? 0u : type.HostOrder ? 1u : 2u;
}
