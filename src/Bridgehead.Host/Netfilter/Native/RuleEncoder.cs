using System.Buffers.Binary;
using System.Net;
using Bridgehead.Netlink;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Host;

/// <summary>
/// Rules as the kernel's expressions, with the protocol tests that fields imply, spelled as nft spells them, so that <c>nft list</c> prints them readably.
/// </summary>
public static class RuleEncoder
{
    public static List<Expression> Of(Rules.Nftables.NftFamily family, NftRule rule)
    {
        var draft = new ExpressionDraft(family);
        foreach (var expression in rule.Expressions)
        {
            Write(draft, expression);
        }

        return draft.Expressions;
    }

    /// <summary>What tells the rule from others: its expressions as the kernel gives them back, and its comment.</summary>
    public static string PrintOf(Rules.Nftables.NftFamily family, NftRule rule) => PrintOf(Of(family, rule), rule.Comment);

    public static string PrintOf(IReadOnlyList<Expression> expressions, string? comment) => $"{Convert.ToHexStringLower(RuleBytes.Of(expressions))} {comment}";

    private static void Write(ExpressionDraft draft, NftExpression expression)
    {
        switch (expression)
        {
            case NftExpression.Is value:
                var length = draft.Load(value.Field, 0);
                draft.Add(new Expression.Compare(Register.First, value.Not ? CompareOperator.NotEqual : CompareOperator.Equal, new RegisterValue(value.Value.Span[..length])));
                if (value is { Field: NftField.EtherType, Not: false })
                {
                    draft.Tested(BinaryPrimitives.ReadUInt16BigEndian(value.Value.Span));
                }

                break;
            case NftExpression.InPrefix prefix:
                Prefix(draft, prefix);
                break;
            case NftExpression.InRange range:
                draft.Load(range.Field, 0);
                draft.Add(new Expression.Compare(Register.First, CompareOperator.GreaterOrEqual, RegisterValue.NetworkOrder(range.First)));
                draft.Add(new Expression.Compare(Register.First, CompareOperator.LessOrEqual, RegisterValue.NetworkOrder(range.Last)));
                break;
            case NftExpression.InSet set:
                draft.LoadAll(set.Fields);
                draft.Add(new Expression.Lookup(set.Set, Register.First, set.Not));
                break;
            case NftExpression.CtState state:
                Conntrack(draft, ConntrackKey.State, (uint)state.States, not: false);
                break;
            case NftExpression.CtDnat dnat:
                const uint Dnat = 1 << 5;
                Conntrack(draft, ConntrackKey.Status, Dnat, dnat.Not);
                break;
            case NftExpression.Counter:
                draft.Add(new Expression.Counter());
                break;
            default:
                Act(draft, expression);
                break;
        }
    }

    private static void Act(ExpressionDraft draft, NftExpression expression)
    {
        switch (expression)
        {
            case NftExpression.MarkFromMap map:
                draft.LoadAll(map.Fields);
                draft.Add(new Expression.Map(map.Map, Register.First, Register.First));
                draft.Add(new Expression.SetMeta(MetaKey.Mark, Register.First));
                break;
            case NftExpression.SetMark mark:
                draft.Add(new Expression.Immediate(Register.First, RegisterValue.HostOrder(mark.Mark)));
                draft.Add(new Expression.SetMeta(MetaKey.Mark, Register.First));
                break;
            case NftExpression.VerdictFromMap map:
                draft.LoadAll(map.Fields);
                draft.Add(new Expression.Map(map.Map, Register.First, new Register(0)));
                break;
            case NftExpression.Accept:
                draft.Add(new Expression.Decide(Verdict.Accept));
                break;
            case NftExpression.Drop:
                draft.Add(new Expression.Decide(Verdict.Drop));
                break;
            case NftExpression.Jump jump:
                draft.Add(new Expression.Decide(Verdict.Jump(jump.Chain)));
                break;
            case NftExpression.Goto jump:
                draft.Add(new Expression.Decide(Verdict.Goto(jump.Chain)));
                break;
            default:
                Translate(draft, expression);
                break;
        }
    }

    private static void Translate(ExpressionDraft draft, NftExpression expression)
    {
        switch (expression)
        {
            case NftExpression.Dnat dnat:
                Address(draft, dnat.To);
                if (dnat.Port is { } port)
                {
                    draft.Add(new Expression.Immediate(Register.Place(4), RegisterValue.NetworkOrder(port)));
                }

                draft.Add(new Expression.Nat(NatKind.Destination, draft.Family, Register.First, dnat.Port is null ? null : Register.Place(4)));
                break;
            case NftExpression.Snat snat:
                Address(draft, snat.To);
                draft.Add(new Expression.Nat(NatKind.Source, draft.Family, Register.First));
                break;
            case NftExpression.Redirect redirect:
                draft.Add(new Expression.Immediate(Register.First, RegisterValue.NetworkOrder(redirect.Port)));
                draft.Add(new Expression.Redirect(Register.First));
                break;
            case NftExpression.DnatFromMap map:
                draft.LoadAll(map.Fields);
                draft.Add(new Expression.Map(map.Map, Register.First, Register.First));
                draft.Add(new Expression.Nat(NatKind.Destination, draft.Family, Register.First));
                break;
            case NftExpression.SnatFromMap map:
                draft.LoadAll(map.Fields);
                draft.Add(new Expression.Map(map.Map, Register.First, Register.First));
                draft.Add(new Expression.Nat(NatKind.Source, draft.Family, Register.First));
                break;
            default:
                throw new NotSupportedException($"no kernel expression for {expression}");
        }
    }

    private static void Address(ExpressionDraft draft, IPAddress address) => draft.Add(new Expression.Immediate(Register.First, new RegisterValue(address.GetAddressBytes())));

    /// <summary>Whole bytes are loaded alone; else a mask is laid on.</summary>
    private static void Prefix(ExpressionDraft draft, NftExpression.InPrefix prefix)
    {
        var (bits, address) = (prefix.Range.PrefixLength, new RegisterValue(prefix.Range.BaseAddress.GetAddressBytes()));
        if (bits % 8 == 0)
        {
            draft.Load(prefix.Field, 0, bits / 8);
            draft.Add(new Expression.Compare(Register.First, CompareOperator.Equal, address.Take(bits / 8)));
            return;
        }

        draft.Load(prefix.Field, 0);
        draft.Add(new Expression.Bitwise(Register.First, Register.First, RegisterValue.Mask(address.Length, bits), RegisterValue.Zero(address.Length)));
        draft.Add(new Expression.Compare(Register.First, CompareOperator.Equal, address));
    }

    private static void Conntrack(ExpressionDraft draft, ConntrackKey key, uint bits, bool not)
    {
        draft.Add(new Expression.Conntrack(key, Register.First));
        draft.Add(new Expression.Bitwise(Register.First, Register.First, RegisterValue.HostOrder(bits), RegisterValue.Zero(4)));
        draft.Add(new Expression.Compare(Register.First, not ? CompareOperator.Equal : CompareOperator.NotEqual, RegisterValue.Zero(4)));
    }
}
