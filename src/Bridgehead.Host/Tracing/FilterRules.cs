using System.Net;
using Bridgehead.Model;
using Bridgehead.Netlink;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Host;

/// <summary>A filter as rules of one table for the packets of one family: a packet that it wants matches at least one.</summary>
/// <param name="table">The table's family.</param>
/// <param name="packets">The packets': the table's own, or in a bridge either.</param>
internal sealed class FilterRules(TraceFilter filter, NftFamily table, NftFamily packets)
{
    private readonly bool _v4 = packets == NftFamily.Ip;

    public IEnumerable<RuleBuilder> All() =>
        from via in Choices(filter.Via)
        from source in Ranges(filter.From)
        from destination in Ranges(filter.To)
        from protocol in Choices(filter.Protocols)
        where protocol != (_v4 ? Packet.Icmp6 : Packet.Icmp)
        select RuleOf(via, source, destination, protocol);

    /// <summary>One null, for any, when nothing is asked for.</summary>
    private static IEnumerable<T?> Choices<T>(IReadOnlyList<T> wanted)
        where T : struct => wanted.Count == 0 ? [null] : wanted.Select(one => (T?)one);

    /// <summary>Those of the packets' family; none when only the other family's are asked for.</summary>
    private IEnumerable<IPNetwork?> Ranges(IReadOnlyList<IPNetwork> wanted) => Choices(wanted).Where(range => range is null || range.Value.IsV4() == _v4);

    private RuleBuilder RuleOf(DeviceName? via, IPNetwork? source, IPNetwork? destination, byte? protocol)
    {
        var rule = new RuleBuilder(table);
        if (via is { } device)
        {
            rule.Equal(Field.InputName, RegisterValue.InterfaceName(device.ToString()));
        }

        if (table != packets)
        {
            rule.Equal(Field.Protocol, RegisterValue.NetworkOrder(_v4 ? Protocols.Ip : Protocols.Ip6));
        }

        In(rule, _v4 ? Field.IpSource : Field.Ip6Source, source);
        In(rule, _v4 ? Field.IpDestination : Field.Ip6Destination, destination);
        if (protocol is { } number)
        {
            rule.Transport(number);
        }

        Number(rule, Field.SourcePort, filter.SourcePort);
        Number(rule, Field.DestinationPort, filter.Port);
        Number(rule, _v4 ? Field.IcmpType : Field.Icmpv6Type, filter.IcmpType);
        Number(rule, _v4 ? Field.IcmpCode : Field.Icmpv6Code, filter.IcmpCode);
        return rule;
    }

    private static void In(RuleBuilder rule, Field field, IPNetwork? range)
    {
        if (range is { } wanted)
        {
            rule.Prefix(field, new RegisterValue(wanted.BaseAddress.GetAddressBytes()), wanted.PrefixLength);
        }
    }

    private static void Number(RuleBuilder rule, Field field, ushort? number)
    {
        if (number is { } wanted)
        {
            rule.Equal(field, RegisterValue.NetworkOrder(wanted));
        }
    }

    private static void Number(RuleBuilder rule, Field field, byte? number)
    {
        if (number is { } wanted)
        {
            rule.Equal(field, RegisterValue.Of(wanted));
        }
    }
}
