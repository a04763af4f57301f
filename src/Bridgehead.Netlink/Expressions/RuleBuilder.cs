namespace Bridgehead.Netlink;

/// <summary>
/// A rule, test by test, as nft would make it: what a field needs to be true of the packet's protocols is tested first, unless the table's family or an earlier test made it
/// certain; a prefix of whole bytes loads only these; tests of neighbouring fields are one.
/// </summary>
public sealed class RuleBuilder(NftFamily family)
{
    /// <summary>The kernel compares up to four bytes in one step.</summary>
    private const int MergedMaximum = 4;

    private readonly List<Expression> _expressions = [];

    private ushort? _etherType = family switch { NftFamily.Ip => Protocols.Ip, NftFamily.Ip6 => Protocols.Ip6, NftFamily.Arp => Protocols.Arp, _ => null };
    private byte? _transport;

    public IReadOnlyList<Expression> Expressions => _expressions;

    public RuleBuilder Equal(Field field, RegisterValue value) => Compare(field, value, inverted: false);

    public RuleBuilder NotEqual(Field field, RegisterValue value) => Compare(field, value, inverted: true);

    /// <summary>The transport protocol.</summary>
    public RuleBuilder Transport(byte protocol) => Equal(Field.TransportProtocol, RegisterValue.Of(protocol));

    /// <summary>The transport protocol, unless the rule has tested it before.</summary>
    public RuleBuilder NeedTransport(byte protocol) => _transport == protocol ? this : Transport(protocol);

    /// <summary>The first <paramref name="bits"/> bits; no test when there are none.</summary>
    public RuleBuilder Prefix(Field field, RegisterValue value, int bits, bool inverted = false)
    {
        if (bits == 0)
        {
            return this;
        }

        if (bits == 8 * field.Length)
        {
            return Compare(field, value, inverted);
        }

        Need(field);
        var operation = inverted ? CompareOperator.NotEqual : CompareOperator.Equal;
        if (bits % 8 == 0 && field.CanBeCut)
        {
            _expressions.Add(field.LoadInto(Register.First, bits / 8));
            return Add(new Expression.Compare(Register.First, operation, value.Take(bits / 8)));
        }

        var mask = RegisterValue.Mask(field.Length, bits);
        _expressions.Add(field.LoadInto(Register.First, field.Length));
        _expressions.Add(new Expression.Bitwise(Register.First, Register.First, mask, RegisterValue.Zero(field.Length)));
        return Add(new Expression.Compare(Register.First, operation, value.And(mask)));
    }

    /// <summary>From one value to another, both included.</summary>
    public RuleBuilder Between(Field field, RegisterValue first, RegisterValue last, bool inverted = false)
    {
        Load([field]);
        if (inverted)
        {
            return Add(new Expression.Range(Register.First, first, last, Inverted: true));
        }

        _expressions.Add(new Expression.Compare(Register.First, CompareOperator.GreaterOrEqual, first));
        return Add(new Expression.Compare(Register.First, CompareOperator.LessOrEqual, last));
    }

    /// <summary>At least one of the bits, or none of them: states and status of connection tracking.</summary>
    public RuleBuilder AnyBit(Field field, uint bits, bool none = false)
    {
        Load([field]);
        _expressions.Add(new Expression.Bitwise(Register.First, Register.First, RegisterValue.HostOrder(bits), RegisterValue.Zero(4)));
        return Add(new Expression.Compare(Register.First, none ? CompareOperator.Equal : CompareOperator.NotEqual, RegisterValue.Zero(4)));
    }

    /// <summary>The fields, concatenated, are in the set.</summary>
    public RuleBuilder In(string set, params ReadOnlySpan<Field> fields)
    {
        Load(fields);
        return Add(new Expression.Lookup(set, Register.First));
    }

    /// <summary>The fields, concatenated, are not in the set.</summary>
    public RuleBuilder NotIn(string set, params ReadOnlySpan<Field> fields)
    {
        Load(fields);
        return Add(new Expression.Lookup(set, Register.First, Inverted: true));
    }

    /// <summary>The map's verdict; none when it lacks the key.</summary>
    public RuleBuilder VerdictFrom(string map, params ReadOnlySpan<Field> fields)
    {
        Load(fields);
        return Add(new Expression.Map(map, Register.First, Register.Verdict));
    }

    public RuleBuilder SetMark(uint mark)
    {
        _expressions.Add(new Expression.Immediate(Register.First, RegisterValue.HostOrder(mark)));
        return Add(new Expression.SetMeta(MetaKey.Mark, Register.First));
    }

    /// <summary>The map's value becomes the packet's mark; the rule ends when it lacks the key.</summary>
    public RuleBuilder SetMarkFrom(string map, params ReadOnlySpan<Field> fields)
    {
        LoadFrom(map, fields);
        return Add(new Expression.SetMeta(MetaKey.Mark, Register.First));
    }

    /// <summary>Has the kernel tell of every rule that the packet meets.</summary>
    public RuleBuilder Trace()
    {
        _expressions.Add(new Expression.Immediate(Register.First, RegisterValue.Of(1)));
        return Add(new Expression.SetMeta(MetaKey.Trace, Register.First));
    }

    /// <summary>The rule ends for packets beyond so many in a second; <paramref name="burst"/> may come at once.</summary>
    public RuleBuilder LimitPerSecond(uint packets, uint burst) => Add(new Expression.Limit(packets, 1, burst));

    public RuleBuilder Counter() => Add(new Expression.Counter());

    public RuleBuilder Decide(Verdict verdict) => Add(new Expression.Decide(verdict));

    public RuleBuilder Nat(NatKind kind, RegisterValue address, ushort? port = null, NatFlags flags = NatFlags.None)
    {
        _expressions.Add(new Expression.Immediate(Register.First, address));
        Register? second = null;
        if (port is { } number)
        {
            second = new Register(2);
            _expressions.Add(new Expression.Immediate(second.Value, RegisterValue.NetworkOrder(number)));
        }

        return Add(new Expression.Nat(kind, family, Register.First, second, flags));
    }

    /// <summary>The new address is one of these.</summary>
    public RuleBuilder NatRange(NatKind kind, RegisterValue first, RegisterValue last, NatFlags flags = NatFlags.None)
    {
        var second = new Register(2);
        _expressions.Add(new Expression.Immediate(Register.First, first));
        _expressions.Add(new Expression.Immediate(second, last));
        return Add(new Expression.Nat(kind, family, Register.First, Flags: flags) { AddressMaximum = second });
    }

    /// <summary>The new address is the map's value; the rule ends when it lacks the key.</summary>
    public RuleBuilder NatFrom(NatKind kind, string map, params ReadOnlySpan<Field> fields)
    {
        LoadFrom(map, fields);
        return Add(new Expression.Nat(kind, family, Register.First));
    }

    public RuleBuilder Redirect(ushort? port = null)
    {
        if (port is not { } number)
        {
            return Add(new Expression.Redirect());
        }

        _expressions.Add(new Expression.Immediate(Register.First, RegisterValue.NetworkOrder(number)));
        return Add(new Expression.Redirect(Register.First));
    }

    public RuleBuilder Add(Expression expression)
    {
        _expressions.Add(expression);
        return this;
    }

    private RuleBuilder Compare(Field field, RegisterValue value, bool inverted)
    {
        if (value.Length != field.Length)
        {
            throw new ArgumentException($"{value.Length} bytes to compare with a field of {field.Length}", nameof(value));
        }

        Need(field);
        if (inverted || !Merge(field, value))
        {
            _expressions.Add(field.LoadInto(Register.First, field.Length));
            _expressions.Add(new Expression.Compare(Register.First, inverted ? CompareOperator.NotEqual : CompareOperator.Equal, value));
        }

        if (!inverted)
        {
            Learn(field, value);
        }

        return this;
    }

    /// <summary>Makes this test part of the one before when that was about the bytes before.</summary>
    private bool Merge(Field field, RegisterValue value)
    {
        if (_expressions is not [.., Expression.Payload before, Expression.Compare { Operator: CompareOperator.Equal } test]
            || field.LoadInto(Register.First, field.Length) is not Expression.Payload load
            || load.Base != before.Base || load.Offset != before.Offset + before.Length || load.Length + before.Length > MergedMaximum)
        {
            return false;
        }

        _expressions[^2] = before with { Length = before.Length + load.Length };
        _expressions[^1] = test with { Value = test.Value.Then(value) };
        return true;
    }

    /// <summary>Loads fields one behind the other.</summary>
    private void Load(ReadOnlySpan<Field> fields)
    {
        foreach (var field in fields)
        {
            Need(field);
        }

        var place = 0;
        foreach (var field in fields)
        {
            _expressions.Add(field.LoadInto(Register.Place(place), field.Length));
            place += (field.Length + 3) / 4;
        }
    }

    private void LoadFrom(string map, ReadOnlySpan<Field> fields)
    {
        Load(fields);
        _expressions.Add(new Expression.Map(map, Register.First, Register.First));
    }

    /// <summary>Tests first what must be certain about the packet. A rule that said something else before says so in vain: the packet cannot be both.</summary>
    private void Need(Field field)
    {
        if (field.EtherTypeNeeded is { } etherType && _etherType != etherType)
        {
            _etherType = etherType;
            AddEtherType(etherType, field.TransportNeeded is not null);
        }

        if (field.TransportNeeded is { } transport && _transport != transport)
        {
            Transport(transport);
        }
    }

    /// <summary>nft asks the ether header in bridges for what is not IP, and where only the transport protocol was named.</summary>
    private void AddEtherType(ushort etherType, bool forTransport)
    {
        if (family == NftFamily.Inet)
        {
            var number = etherType == Protocols.Ip ? NftFamily.Ip : NftFamily.Ip6;
            _expressions.Add(new Expression.Meta(MetaKey.NetfilterFamily, Register.First));
            _expressions.Add(new Expression.Compare(Register.First, CompareOperator.Equal, RegisterValue.Of((byte)number)));
            return;
        }

        var field = forTransport || etherType == Protocols.Arp ? Field.EtherType : Field.Protocol;
        _expressions.Add(field.LoadInto(Register.First, 2));
        _expressions.Add(new Expression.Compare(Register.First, CompareOperator.Equal, RegisterValue.NetworkOrder(etherType)));
    }

    private void Learn(Field field, RegisterValue value)
    {
        if (field == Field.EtherType || field == Field.Protocol)
        {
            _etherType = value.ToNetworkOrder16();
        }
        else if (field == Field.TransportProtocol || field == Field.IpProtocol || field == Field.Ip6NextHeader)
        {
            _transport = (byte)value.ToHostOrder32();
        }
    }
}
