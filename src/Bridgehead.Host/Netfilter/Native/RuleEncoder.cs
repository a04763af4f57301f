using System.Net;
using System.Text;
using Bridgehead.Netlink;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Host;

/// <summary>Rules as the kernel's expressions, as nft would make them, so that <c>nft list</c> prints them readably.</summary>
public static class RuleEncoder
{
    private const uint DestinationTranslated = 1 << 5;

    public static IReadOnlyList<Expression> Of(Rules.Nftables.NftFamily family, NftRule rule)
    {
        var builder = new RuleBuilder(FamilyOf(family));
        foreach (var expression in rule.Expressions)
        {
            Write(builder, expression);
        }

        return builder.Expressions;
    }

    /// <summary>What tells the rule from others: its expressions as the kernel gives them back, and its comment.</summary>
    public static string PrintOf(Rules.Nftables.NftFamily family, NftRule rule) => PrintOf(RuleBytes.Of(Of(family, rule)), rule.Comment);

    /// <summary>A letter for each byte; no comment has the NUL that parts them.</summary>
    public static string PrintOf(ReadOnlySpan<byte> expressions, string? comment) => string.Concat(comment, "\0", Encoding.Latin1.GetString(expressions));

    public static Netlink.NftFamily FamilyOf(Rules.Nftables.NftFamily family) => family switch
    {
        Rules.Nftables.NftFamily.Ip => Netlink.NftFamily.Ip,
        Rules.Nftables.NftFamily.Ip6 => Netlink.NftFamily.Ip6,
        _ => Netlink.NftFamily.Bridge,
    };

    private static RuleBuilder Write(RuleBuilder builder, NftExpression expression) => expression switch
    {
        NftExpression.Is value => Compare(builder, value),
        NftExpression.InPrefix prefix => builder.Prefix(FieldOf(prefix.Field, builder), new RegisterValue(prefix.Range.BaseAddress.GetAddressBytes()), prefix.Range.PrefixLength),
        NftExpression.InRange range => builder.Between(FieldOf(range.Field, builder), RegisterValue.NetworkOrder(range.First), RegisterValue.NetworkOrder(range.Last)),
        NftExpression.InSet { Not: false } set => builder.In(set.Set, FieldsOf(set.Fields, builder)),
        NftExpression.InSet set => builder.NotIn(set.Set, FieldsOf(set.Fields, builder)),
        NftExpression.CtState state => builder.AnyBit(Field.ConntrackState, (uint)state.States),
        NftExpression.CtDnat dnat => builder.AnyBit(Field.ConntrackStatus, DestinationTranslated, dnat.Not),
        NftExpression.MarkFromMap map => builder.SetMarkFrom(map.Map, FieldsOf(map.Fields, builder)),
        NftExpression.SetMark mark => builder.SetMark(mark.Mark),
        NftExpression.VerdictFromMap map => builder.VerdictFrom(map.Map, FieldsOf(map.Fields, builder)),
        NftExpression.Counter => builder.Counter(),
        NftExpression.Accept => builder.Decide(Verdict.Accept),
        NftExpression.Drop => builder.Decide(Verdict.Drop),
        NftExpression.Jump jump => builder.Decide(Verdict.Jump(jump.Chain)),
        NftExpression.Goto jump => builder.Decide(Verdict.Goto(jump.Chain)),
        _ => Translate(builder, expression),
    };

    private static RuleBuilder Translate(RuleBuilder builder, NftExpression expression) => expression switch
    {
        NftExpression.Dnat dnat => builder.Nat(NatKind.Destination, ValueOf(dnat.To), dnat.Port),
        NftExpression.Snat snat => builder.Nat(NatKind.Source, ValueOf(snat.To)),
        NftExpression.Redirect redirect => builder.Redirect(redirect.Port),
        NftExpression.DnatFromMap map => builder.NatFrom(NatKind.Destination, map.Map, FieldsOf(map.Fields, builder)),
        NftExpression.SnatFromMap map => builder.NatFrom(NatKind.Source, map.Map, FieldsOf(map.Fields, builder)),
        _ => throw new NotSupportedException($"no kernel expression for {expression}"),
    };

    private static RuleBuilder Compare(RuleBuilder builder, NftExpression.Is test)
    {
        var field = FieldOf(test.Field, builder);
        var value = new RegisterValue(test.Value.Span[..field.Length]);
        return test.Not ? builder.NotEqual(field, value) : builder.Equal(field, value);
    }

    private static RegisterValue ValueOf(IPAddress address) => new(address.GetAddressBytes());

    private static Field[] FieldsOf(NftFields fields, RuleBuilder builder) => [.. fields.List.Select(field => FieldOf(field, builder))];

    /// <summary>The kernel has one field for the ports of every protocol; the rule tests first which it is, unless it did so before.</summary>
    private static Field FieldOf(NftField field, RuleBuilder builder)
    {
        if (field is NftField.TcpSource or NftField.TcpDestination)
        {
            builder.NeedTransport(Protocols.Tcp);
        }
        else if (field is NftField.UdpSource or NftField.UdpDestination)
        {
            builder.NeedTransport(Protocols.Udp);
        }

        return field switch
        {
            NftField.IpSource => Field.IpSource,
            NftField.IpDestination => Field.IpDestination,
            NftField.Ip6Source => Field.Ip6Source,
            NftField.Ip6Destination => Field.Ip6Destination,
            NftField.EtherSource => Field.EtherSource,
            NftField.EtherType => Field.EtherType,
            NftField.ArpOperation => Field.ArpOperation,
            NftField.ArpSenderEther => Field.ArpSenderEther,
            NftField.ArpSenderIp => Field.ArpSenderIp,
            NftField.InputName => Field.InputName,
            NftField.OutputName => Field.OutputName,
            NftField.L4Protocol => Field.TransportProtocol,
            NftField.TcpSource or NftField.UdpSource => Field.SourcePort,
            NftField.TcpDestination or NftField.UdpDestination or NftField.TransportDestination => Field.DestinationPort,
            NftField.IcmpType => Field.IcmpType,
            NftField.IcmpCode => Field.IcmpCode,
            NftField.Icmp6Type => Field.Icmpv6Type,
            NftField.Icmp6Code => Field.Icmpv6Code,
            NftField.Mark => Field.Mark,
            _ => throw new NotSupportedException($"no kernel field for {field}"),
        };
    }
}
