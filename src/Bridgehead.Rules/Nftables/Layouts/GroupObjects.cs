using Bridgehead.Model;
using static Bridgehead.Rules.Nftables.NftExpression;

namespace Bridgehead.Rules.Nftables;

/// <summary>
/// A security group's objects, in each family: a chain with its rules, a set of the ports that are open to everybody, one of the ports that are open to prefixes, and where it is a rule's source, a set
/// of its members' addresses. Pure.
/// </summary>
internal static class GroupObjects
{
    private const string ChainPrefix = "sg-";
    private const string PortsPrefix = "ports-";
    private const string FromPrefix = "from-";
    private const string MembersPrefix = "members-";

    private static readonly string[] Prefixes = [ChainPrefix, PortsPrefix, FromPrefix, MembersPrefix, InstanceClasses.Prefix];

    private static readonly NftFields PortsKey = new(NftField.L4Protocol, NftField.TransportDestination);

    public static bool IsName(string name) => Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    public static NftChain Chain(FilterTable table, long group) => table.Chain($"{ChainPrefix}{group}");

    public static NftContribution Rules(IReadOnlyList<FilterTable> tables, Policy.GroupRules group)
    {
        var draft = new NftDraft(group.Key);
        foreach (var table in tables)
        {
            AddRules(draft, table, group);
        }

        return draft.Done();
    }

    /// <summary>Of a class whose instances are in the group. It stands before all that takes longer to look at: most connections that are let in are to such a port.</summary>
    public static NftRule OpenPorts(FilterTable table, long group) =>
        new($"security group {group}: ports that are open to everybody", new InSet(PortsKey, Ports(table, group).Id.Name), new Accept());

    /// <summary>Both sets are there from the beginning, with the rules that look into them (that for ports in the classes' chains): a rule that comes to the chain has the kernel walk through all chains, an element does not.</summary>
    private static void AddRules(NftDraft draft, FilterTable table, Policy.GroupRules group)
    {
        var v4 = table.Address == NftType.Ipv4Addr;
        var (chain, ports, from, sides) = (Chain(table, group.GroupId), Ports(table, group.GroupId), From(table, group.GroupId), new RuleSides(group.Rules, v4));
        draft.Own(chain).Own(ports).Own(from);
        foreach (var rule in sides.Ports)
        {
            draft.Add(ports, PortElement(rule));
        }

        foreach (var range in sides.Ranges)
        {
            draft.Add(from, range.ToElement());
        }

        foreach (var source in sides.Others.Select(rule => rule.SourceGroupId).OfType<long>())
        {
            draft.Own(Members(table, source));
        }

        draft.Add(chain, [
            new NftRule($"security group {group.Name}: ports that are open to prefixes", new InSet(table.PortsFrom, from.Id.Name), new Accept()),
            .. sides.Others.Select(rule => RuleOf(table, group, rule, v4))]);
    }

    public static NftContribution Member(IReadOnlyList<FilterTable> tables, Policy.GroupMember member)
    {
        var draft = new NftDraft(member.Key);
        foreach (var table in tables)
        {
            var set = Members(table, member.GroupId);
            draft.Own(set);
            foreach (var address in member.Addresses)
            {
                if (table.Has(address))
                {
                    draft.Add(set, NftValue.Of(address));
                }
            }
        }

        return draft.Done();
    }

    /// <summary>The element of a rule "one port, from everywhere".</summary>
    public static NftValue PortElement(SecurityGroupRule rule) => NftValue.Octet(GroupRuleText.NumberOf(rule.Protocol!, v4: true)).Then(NftValue.Word((ushort)rule.FromPort!.Value));

    private static NftRule RuleOf(FilterTable table, Policy.GroupRules group, SecurityGroupRule rule, bool v4) =>
        new($"security group {group.Name}, rule {rule.Id}", [.. Source(table, rule), .. Protocol(rule, v4), new Counter(), new Accept()]) { GroupRule = rule.Id };

    private static IEnumerable<NftExpression> Source(FilterTable table, SecurityGroupRule rule)
    {
        if (rule.SourceGroupId is { } group)
        {
            yield return new InSet(new NftFields(table.Source), Members(table, group).Id.Name);
        }
        else if (rule.Cidr is { PrefixLength: > 0 } range)
        {
            yield return range.PrefixLength == range.Bits() ? new Is(table.Source, NftValue.Of(range.BaseAddress)) : new InPrefix(table.Source, range);
        }
    }

    private static IEnumerable<NftExpression> Protocol(SecurityGroupRule rule, bool v4)
    {
        switch (rule.Protocol)
        {
            case null:
                yield break;
            case "icmp" when rule.FromPort is { } type and not -1:
                yield return new Is(v4 ? NftField.IcmpType : NftField.Icmp6Type, NftValue.Octet((byte)type));
                if (rule.ToPort is { } code and not -1)
                {
                    yield return new Is(v4 ? NftField.IcmpCode : NftField.Icmp6Code, NftValue.Octet((byte)code));
                }

                yield break;
            case "icmp":
                yield return new Is(NftField.L4Protocol, NftValue.Octet(GroupRuleText.NumberOf(rule.Protocol, v4)));
                yield break;
            default:
                var field = rule.Protocol == "tcp" ? NftField.TcpDestination : NftField.UdpDestination;
                var (first, last) = (rule.FromPort ?? 1, rule.ToPort ?? 65535);
                yield return first == last ? new Is(field, NftValue.Word((ushort)first)) : new InRange(field, (ushort)first, (ushort)last);
                yield break;
        }
    }

    public static NftSet Ports(FilterTable table, long group) => new(table.Id($"{PortsPrefix}{group}"), [NftType.InetProto, NftType.InetService], Counter: true);

    private static NftSet From(FilterTable table, long group) => new(table.Id($"{FromPrefix}{group}"), [table.Address, NftType.InetProto, NftType.InetService], Counter: true, Interval: true);

    private static NftSet Members(FilterTable table, long group) => new(table.Id($"{MembersPrefix}{group}"), table.AddressKey);
}
