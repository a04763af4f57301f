namespace Bridgehead.Netlink;

/// <summary>The kernel's attributes as expressions; what is not known, or has parts that are not known, is <see cref="Expression.Other"/>.</summary>
internal static class ExpressionDecoder
{
    public static List<Expression> Read(ReadOnlySpan<byte> expressions)
    {
        var list = new List<Expression>();
        var reader = new AttributeReader(expressions);
        while (reader.Next(out _, out var element))
        {
            list.Add(ReadOne(element));
        }

        return list;
    }

    public static Verdict ReadVerdict(ReadOnlySpan<byte> verdict)
    {
        var chain = AttributeReader.Find(verdict, 2);
        return new Verdict((VerdictCode)(int)AttributeValue.UInt32(AttributeReader.Find(verdict, 1)), chain.IsEmpty ? null : AttributeValue.Text(chain));
    }

    private static Expression ReadOne(ReadOnlySpan<byte> element)
    {
        var name = AttributeValue.Name(AttributeReader.Find(element, 1));
        var data = AttributeReader.Find(element, 2);
        var fields = new Fields(data);
        Expression? known = null;
        if (name.SequenceEqual("payload"u8))
        {
            known = fields.Has(5) ? null : new Expression.Payload((PayloadBase)fields.Number(2), (int)fields.Number(3), (int)fields.Number(4), fields.Register(1));
        }
        else if (name.SequenceEqual("meta"u8))
        {
            known = fields.Has(3) ? new Expression.SetMeta((MetaKey)fields.Number(2), fields.Register(3)) : new Expression.Meta((MetaKey)fields.Number(2), fields.Register(1));
        }
        else if (name.SequenceEqual("ct"u8))
        {
            known = fields.Has(3) || fields.Has(4) ? null : new Expression.Conntrack((ConntrackKey)fields.Number(2), fields.Register(1));
        }
        else if (name.SequenceEqual("immediate"u8))
        {
            known = fields.Value(2, out var value) ? new Expression.Immediate(fields.Register(1), value) : new Expression.Decide(ReadVerdict(AttributeReader.Find(fields.Bytes(2), 2)));
        }
        else if (name.SequenceEqual("counter"u8))
        {
            known = new Expression.Counter(AttributeValue.UInt64(fields.Bytes(2)), AttributeValue.UInt64(fields.Bytes(1)));
        }
        else
        {
            known = ReadTest(name, fields) ?? ReadTranslation(name, fields);
        }

        return known ?? new Expression.Other(AttributeValue.Text(name), Convert.ToHexStringLower(data));
    }

    private static Expression? ReadTest(ReadOnlySpan<byte> name, Fields fields)
    {
        if (name.SequenceEqual("cmp"u8))
        {
            return fields.Value(3, out var value) ? new Expression.Compare(fields.Register(1), (CompareOperator)fields.Number(2), value) : null;
        }

        if (name.SequenceEqual("bitwise"u8))
        {
            return fields.Number(6) == 0 && fields.Value(4, out var mask) && fields.Value(5, out var xor)
                ? new Expression.Bitwise(fields.Register(1), fields.Register(2), mask, xor) : null;
        }

        if (name.SequenceEqual("lookup"u8))
        {
            var set = AttributeValue.Text(fields.Bytes(1));
            return fields.Has(3) ? new Expression.Map(set, fields.Register(2), fields.Register(3)) : new Expression.Lookup(set, fields.Register(2), (fields.Number(5) & 1) != 0);
        }

        if (name.SequenceEqual("limit"u8))
        {
            return fields.Number(4) == 0 && fields.Number(5) == 0
                ? new Expression.Limit(AttributeValue.UInt64(fields.Bytes(1)), AttributeValue.UInt64(fields.Bytes(2)), fields.Number(3)) : null;
        }

        return name.SequenceEqual("range"u8) && fields.Value(3, out var first) && fields.Value(4, out var last)
            ? new Expression.Range(fields.Register(1), first, last, fields.Number(2) == 1) : null;
    }

    private static Expression? ReadTranslation(ReadOnlySpan<byte> name, Fields fields)
    {
        const uint Implied = ExpressionEncoder.MapAddresses | ExpressionEncoder.PortGiven;
        if (name.SequenceEqual("nat"u8))
        {
            return new Expression.Nat(
                (NatKind)fields.Number(1), (NftFamily)fields.Number(2), fields.OptionalRegister(3), fields.OptionalRegister(5), (NatFlags)(fields.Number(7) & ~Implied))
            {
                AddressMaximum = fields.OptionalRegister(4),
                PortMaximum = fields.OptionalRegister(6),
            };
        }

        if (name.SequenceEqual("redir"u8))
        {
            return new Expression.Redirect(fields.OptionalRegister(1), (NatFlags)(fields.Number(3) & ~Implied)) { PortMaximum = fields.OptionalRegister(2) };
        }

        return name.SequenceEqual("masq"u8) && !fields.Has(2) ? new Expression.Masquerade((NatFlags)fields.Number(1)) : null;
    }
}
