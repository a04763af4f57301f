namespace Bridgehead.Netlink;

/// <summary>A table that was read.</summary>
public readonly ref struct TableView
{
    private readonly ReadOnlySpan<byte> _name;

    internal TableView(Message message)
    {
        Family = message.Family;
        var attributes = message.Attributes;
        while (attributes.Next(out var type, out var value))
        {
            switch (type)
            {
                case 1: _name = AttributeValue.Name(value); break;
                case 2: Flags = (TableFlags)AttributeValue.UInt32(value); break;
                case 3: Use = AttributeValue.UInt32(value); break;
                case 4: Handle = AttributeValue.UInt64(value); break;
            }
        }
    }

    public NftFamily Family { get; }

    public string Name => AttributeValue.Text(_name);

    public ulong Handle { get; }

    public TableFlags Flags { get; }

    /// <summary>How many chains, sets and other objects it holds.</summary>
    public uint Use { get; }
}

/// <summary>A chain that was read.</summary>
public readonly ref struct ChainView
{
    private readonly ReadOnlySpan<byte> _table;
    private readonly ReadOnlySpan<byte> _name;
    private readonly ReadOnlySpan<byte> _hook;
    private readonly ReadOnlySpan<byte> _type;
    private readonly uint _policy;

    internal ChainView(Message message)
    {
        Family = message.Family;
        var attributes = message.Attributes;
        while (attributes.Next(out var type, out var value))
        {
            switch (type)
            {
                case 1: _table = AttributeValue.Name(value); break;
                case 2: Handle = AttributeValue.UInt64(value); break;
                case 3: _name = AttributeValue.Name(value); break;
                case 4: _hook = value; break;
                case 5: _policy = AttributeValue.UInt32(value); break;
                case 6: Use = AttributeValue.UInt32(value); break;
                case 7: _type = AttributeValue.Name(value); break;
            }
        }
    }

    public NftFamily Family { get; }

    public string Table => AttributeValue.Text(_table);

    public string Name => AttributeValue.Text(_name);

    public ulong Handle { get; }

    /// <summary>How many rules it holds, and how many rules and elements lead to it.</summary>
    public uint Use { get; }

    /// <summary>Null for a chain that is only jumped to.</summary>
    public BaseChain? Hook => _hook.IsEmpty
        ? null
        : new BaseChain(
            AttributeValue.Text(_type),
            (NftHook)AttributeValue.UInt32(AttributeReader.Find(_hook, 1)),
            (int)AttributeValue.UInt32(AttributeReader.Find(_hook, 2)),
            (VerdictCode)(int)_policy);
}

/// <summary>A set or map that was read.</summary>
public readonly ref struct SetView
{
    private readonly ReadOnlySpan<byte> _table;
    private readonly ReadOnlySpan<byte> _name;
    private readonly ReadOnlySpan<byte> _description;
    private readonly ReadOnlySpan<byte> _userdata;

    internal SetView(Message message)
    {
        Family = message.Family;
        var attributes = message.Attributes;
        while (attributes.Next(out var type, out var value))
        {
            switch (type)
            {
                case 1: _table = AttributeValue.Name(value); break;
                case 2: _name = AttributeValue.Name(value); break;
                case 3: Flags = (SetFlags)AttributeValue.UInt32(value); break;
                case 4: KeyType = AttributeValue.UInt32(value); break;
                case 5: KeyLength = (int)AttributeValue.UInt32(value); break;
                case 6: DataType = AttributeValue.UInt32(value); break;
                case 7: DataLength = (int)AttributeValue.UInt32(value); break;
                case 9: _description = value; break;
                case 13: _userdata = value; break;
                case 16: Handle = AttributeValue.UInt64(value); break;
                case 17 or 18: HasCounter = true; break;
            }
        }
    }

    public NftFamily Family { get; }

    public string Table => AttributeValue.Text(_table);

    public string Name => AttributeValue.Text(_name);

    public ulong Handle { get; }

    public SetFlags Flags { get; }

    /// <summary>As <see cref="SetSpec.KeyTypeNumber"/>.</summary>
    public uint KeyType { get; }

    public int KeyLength { get; }

    /// <summary>A map's: see <see cref="Netlink.DataType.Number"/>.</summary>
    public uint DataType { get; }

    public int DataLength { get; }

    /// <summary>Its elements count.</summary>
    public bool HasCounter { get; }

    /// <summary>How many elements it may hold; null for any number.</summary>
    public uint? Size => AttributeReader.Find(_description, 1) is { IsEmpty: false } size ? AttributeValue.UInt32(size) : null;

    public string? Comment => Userdata.Find(_userdata, 7);
}

/// <summary>An element that was read.</summary>
public readonly ref struct ElementView
{
    private readonly ReadOnlySpan<byte> _verdict;
    private readonly ReadOnlySpan<byte> _expression;

    internal ElementView(ReadOnlySpan<byte> element)
    {
        var attributes = new AttributeReader(element);
        while (attributes.Next(out var type, out var value))
        {
            switch (type)
            {
                case 1: Key = AttributeReader.Find(value, 1); break;
                case 2:
                    Value = AttributeReader.Find(value, 1);
                    _verdict = AttributeReader.Find(value, 2);
                    break;
                case 3: IsIntervalEnd = (AttributeValue.UInt32(value) & 1) != 0; break;
                case 7: _expression = value; break;
                case 10: KeyEnd = AttributeReader.Find(value, 1); break;
                case 11: _expression = AttributeReader.Find(value, 1); break;
            }
        }
    }

    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The last key of a range in a concatenation, else empty.</summary>
    public ReadOnlySpan<byte> KeyEnd { get; }

    /// <summary>A map's value, when it is no verdict.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Not a key: the first one that is outside of the interval before.</summary>
    public bool IsIntervalEnd { get; }

    public bool HasVerdict => !_verdict.IsEmpty;

    public Verdict Verdict => ExpressionDecoder.ReadVerdict(_verdict);

    /// <summary>Packets and bytes that it counted.</summary>
    public (ulong Packets, ulong Bytes) Counter
    {
        get
        {
            var data = AttributeReader.Find(_expression, 2);
            return (AttributeValue.UInt64(AttributeReader.Find(data, 2)), AttributeValue.UInt64(AttributeReader.Find(data, 1)));
        }
    }
}

/// <summary>A rule that was read.</summary>
public readonly ref struct RuleView
{
    private readonly ReadOnlySpan<byte> _table;
    private readonly ReadOnlySpan<byte> _chain;
    private readonly ReadOnlySpan<byte> _userdata;

    internal RuleView(Message message)
    {
        Family = message.Family;
        var attributes = message.Attributes;
        while (attributes.Next(out var type, out var value))
        {
            switch (type)
            {
                case 1: _table = AttributeValue.Name(value); break;
                case 2: _chain = AttributeValue.Name(value); break;
                case 3: Handle = AttributeValue.UInt64(value); break;
                case 4: Raw = value; break;
                case 7: _userdata = value; break;
            }
        }
    }

    public NftFamily Family { get; }

    public string Table => AttributeValue.Text(_table);

    public string Chain => AttributeValue.Text(_chain);

    public ulong Handle { get; }

    public string? Comment => Userdata.Find(_userdata, 0);

    /// <summary>The expressions as the kernel has them: the bytes of <see cref="RuleBytes.Of"/>, but for counters and the names of anonymous sets.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    public List<Expression> Expressions() => ExpressionDecoder.Read(Raw);
}
