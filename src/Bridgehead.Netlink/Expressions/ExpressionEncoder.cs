namespace Bridgehead.Netlink;

/// <summary>Expressions as the kernel's attributes, in the order and spelling in which it gives them back.</summary>
internal static class ExpressionEncoder
{
    public const uint MapAddresses = 1;
    public const uint PortGiven = 2;

    /// <summary>The content of NFTA_RULE_EXPRESSIONS.</summary>
    public static void Write(MessageWriter writer, IReadOnlyList<Expression> expressions)
    {
        for (var i = 0; i < expressions.Count; i++)
        {
            var expression = expressions[i];
            var element = writer.BeginNest(1);
            writer.String(1, NameOf(expression));
            var data = writer.BeginNest(2);
            Write(writer, expression);
            writer.EndNest(data);
            writer.EndNest(element);
        }
    }

    private static string NameOf(Expression expression) => expression switch
    {
        Expression.Payload => "payload",
        Expression.Meta or Expression.SetMeta => "meta",
        Expression.Conntrack => "ct",
        Expression.Compare => "cmp",
        Expression.Range => "range",
        Expression.Bitwise => "bitwise",
        Expression.Lookup or Expression.Map => "lookup",
        Expression.Immediate or Expression.Decide => "immediate",
        Expression.Counter => "counter",
        Expression.Limit => "limit",
        Expression.Nat => "nat",
        Expression.Redirect => "redir",
        Expression.Masquerade => "masq",
        Expression.Other other => throw new ArgumentException($"an expression that is only read: {other.Name}", nameof(expression)),
        _ => throw new ArgumentException($"unknown expression {expression}", nameof(expression)),
    };

    private static void Write(MessageWriter writer, Expression expression)
    {
        switch (expression)
        {
            case Expression.Payload payload:
                writer.UInt32(1, payload.To.Number);
                writer.UInt32(2, (uint)payload.Base);
                writer.UInt32(3, (uint)payload.Offset);
                writer.UInt32(4, (uint)payload.Length);
                break;
            case Expression.Meta meta:
                writer.UInt32(2, (uint)meta.Key);
                writer.UInt32(1, meta.To.Number);
                break;
            case Expression.SetMeta meta:
                writer.UInt32(2, (uint)meta.Key);
                writer.UInt32(3, meta.From.Number);
                break;
            case Expression.Conntrack conntrack:
                writer.UInt32(1, conntrack.To.Number);
                writer.UInt32(2, (uint)conntrack.Key);
                break;
            case Expression.Counter or Expression.Limit:
                WriteCounting(writer, expression);
                break;
            case Expression.Immediate immediate:
                writer.UInt32(1, immediate.To.Number);
                Data(writer, 2, immediate.Value);
                break;
            case Expression.Decide decide:
                writer.UInt32(1, 0);
                writer.Data(2, decide.Verdict);
                break;
            case Expression.Compare or Expression.Range or Expression.Bitwise or Expression.Lookup or Expression.Map:
                WriteTest(writer, expression);
                break;
            default:
                WriteTranslation(writer, expression);
                break;
        }
    }

    private static void WriteCounting(MessageWriter writer, Expression expression)
    {
        switch (expression)
        {
            case Expression.Counter counter:
                writer.UInt64(1, counter.Bytes);
                writer.UInt64(2, counter.Packets);
                break;
            case Expression.Limit limit:
                writer.UInt64(1, limit.Packets);
                writer.UInt64(2, limit.Seconds);
                writer.UInt32(3, limit.Burst);

                // Of packets, not bytes, and not inverted.
                writer.UInt32(4, 0);
                writer.UInt32(5, 0);
                break;
        }
    }

    private static void WriteTest(MessageWriter writer, Expression expression)
    {
        switch (expression)
        {
            case Expression.Compare compare:
                writer.UInt32(1, compare.From.Number);
                writer.UInt32(2, (uint)compare.Operator);
                Data(writer, 3, compare.Value);
                break;
            case Expression.Range range:
                writer.UInt32(1, range.From.Number);
                writer.UInt32(2, range.Inverted ? 1u : 0u);
                Data(writer, 3, range.First);
                Data(writer, 4, range.Last);
                break;
            case Expression.Bitwise bitwise:
                writer.UInt32(1, bitwise.From.Number);
                writer.UInt32(2, bitwise.To.Number);
                writer.UInt32(3, (uint)bitwise.Mask.Length);
                writer.UInt32(6, 0);
                Data(writer, 4, bitwise.Mask);
                Data(writer, 5, bitwise.Xor);
                break;
            case Expression.Lookup lookup:
                writer.Name(1, lookup.Set);
                writer.UInt32(2, lookup.From.Number);
                writer.UInt32(5, lookup.Inverted ? 1u : 0u);
                break;
            case Expression.Map map:
                writer.Name(1, map.Set);
                writer.UInt32(2, map.From.Number);
                writer.UInt32(3, map.To.Number);
                writer.UInt32(5, 0);
                break;
        }
    }

    private static void WriteTranslation(MessageWriter writer, Expression expression)
    {
        switch (expression)
        {
            case Expression.Nat nat:
                writer.UInt32(1, (uint)nat.Kind);
                writer.UInt32(2, (uint)nat.Family);
                Registers(writer, 3, nat.Address, nat.AddressMaximum);
                Registers(writer, 5, nat.Port, nat.PortMaximum);
                Flags(writer, 7, (uint)nat.Flags | (nat.Address is null ? 0 : MapAddresses) | (nat.Port is null ? 0 : PortGiven));
                break;
            case Expression.Redirect redirect:
                Registers(writer, 1, redirect.Port, redirect.PortMaximum);
                Flags(writer, 3, (uint)redirect.Flags | (redirect.Port is null ? 0 : PortGiven));
                break;
            case Expression.Masquerade masquerade:
                Flags(writer, 1, (uint)masquerade.Flags);
                break;
        }
    }

    private static void Registers(MessageWriter writer, int type, Register? minimum, Register? maximum)
    {
        if (minimum is { } first)
        {
            writer.UInt32(type, first.Number);
            writer.UInt32(type + 1, (maximum ?? first).Number);
        }
    }

    private static void Flags(MessageWriter writer, int type, uint flags)
    {
        if (flags != 0)
        {
            writer.UInt32(type, flags);
        }
    }

    private static void Data(MessageWriter writer, int type, RegisterValue value)
    {
        Span<byte> bytes = stackalloc byte[RegisterValue.Maximum];
        value.CopyTo(bytes);
        writer.Data(type, bytes[..value.Length]);
    }
}
