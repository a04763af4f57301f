using System.Net;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>A native rule's expressions, applied to a packet from left to right.</summary>
internal sealed class NftMatching(NftRuleset sets, NftTable table, Passing passing)
{
    private static readonly Effect Passed = new Effect.Passed();
    private ElementReason? _because;

    public Effect Try(NftRule rule)
    {
        foreach (var expression in rule.Expressions)
        {
            if (Apply(expression) is { } effect)
            {
                return effect with { Because = _because };
            }
        }

        return new Effect.Went { Because = _because };
    }

    /// <summary>Null: the next expression follows.</summary>
    private Effect? Apply(NftExpression expression) => expression switch
    {
        NftExpression.Is value => If(NftFieldsOf.One(value.Field, table.Family, passing) is { } own && own == value.Value != value.Not),
        NftExpression.InPrefix prefix => If(AddressOf(prefix.Field) is { } address && prefix.Range.Contains(address)),
        NftExpression.InRange range => If(PortOf(range.Field) is { } port && port >= range.First && port <= range.Last),
        NftExpression.InSet set => If(KeyOf(set.Fields) is { } key && (Find(set.Set, key) is not null) != set.Not),
        NftExpression.CtState state => If(state.States.HasFlag(StateOf(passing.Packet.State))),
        NftExpression.CtDnat dnat => If(passing.Packet.State != ConnectionState.Invalid && passing.HasDestination != dnat.Not),
        NftExpression.Counter => null,
        NftExpression.MarkFromMap map => MarkFrom(map),
        NftExpression.SetMark mark => SetMark(mark.Mark),
        _ => Act(expression),
    };

    private Effect? Act(NftExpression expression) => expression switch
    {
        NftExpression.VerdictFromMap map => Value(map.Fields, map.Map) is { Goto: { } chain } ? new Effect.Goto(chain) : Passed,
        NftExpression.Accept => new Effect.Accept(),
        NftExpression.Drop => new Effect.Drop(),
        NftExpression.Jump jump => new Effect.Jump(jump.Chain),
        NftExpression.Goto jump => new Effect.Goto(jump.Chain),
        NftExpression.Dnat dnat => new Effect.Destination(dnat.To, dnat.Port),
        NftExpression.Snat snat => new Effect.Source(snat.To),
        NftExpression.Redirect redirect => new Effect.Redirect(redirect.Port),
        NftExpression.DnatFromMap map => Value(map.Fields, map.Map) is { Value: { } to } ? new Effect.Destination(new IPAddress(to.Span), null) : Passed,
        NftExpression.SnatFromMap map => Value(map.Fields, map.Map) is { Value: { } from } ? new Effect.Source(new IPAddress(from.Span)) : Passed,
        _ => throw new TraceException($"the expression {expression} is not known"),
    };

    private static Effect? If(bool holds) => holds ? null : Passed;

    private Effect? MarkFrom(NftExpression.MarkFromMap map) => Value(map.Fields, map.Map) is { Value: { } value } ? SetMark(BitConverter.ToUInt32(value.Span)) : Passed;

    private Effect? SetMark(uint mark)
    {
        passing.Mark = mark;
        return null;
    }

    private NftData? Value(NftFields fields, string map) => KeyOf(fields) is { } key ? Find(map, key) : null;

    private NftData? Find(string set, NftValue key)
    {
        if (sets.Find(new NftId(table, set), key) is not var (data, why))
        {
            return null;
        }

        _because = why ?? _because;
        return data;
    }

    /// <summary>Null when the packet lacks one of the fields.</summary>
    private NftValue? KeyOf(NftFields fields)
    {
        NftValue? key = null;
        foreach (var field in fields.List)
        {
            if (NftFieldsOf.One(field, table.Family, passing) is not { } part)
            {
                return null;
            }

            key = key is { } before ? before.Then(part) : part;
        }

        return key;
    }

    private IPAddress? AddressOf(NftField field) => field switch
    {
        NftField.IpSource or NftField.Ip6Source => passing.Packet.IsV4 == (field == NftField.IpSource) ? passing.Packet.Source : null,
        NftField.IpDestination or NftField.Ip6Destination => passing.Packet.IsV4 == (field == NftField.IpDestination) ? passing.Packet.Destination : null,
        _ => throw new TraceException($"a prefix of {field} is not known"),
    };

    private ushort? PortOf(NftField field) => field switch
    {
        NftField.TcpDestination => passing.Packet.Protocol == Packet.Tcp ? passing.Packet.DestinationPort : null,
        NftField.UdpDestination => passing.Packet.Protocol == Packet.Udp ? passing.Packet.DestinationPort : null,
        _ => throw new TraceException($"a range of {field} is not known"),
    };

    private static NftCtStates StateOf(ConnectionState state) => state switch
    {
        ConnectionState.New => NftCtStates.New,
        ConnectionState.Established => NftCtStates.Established,
        ConnectionState.Related => NftCtStates.Related,
        _ => NftCtStates.Invalid,
    };
}
