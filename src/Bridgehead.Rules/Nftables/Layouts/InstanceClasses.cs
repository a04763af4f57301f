using System.Text;
using static Bridgehead.Rules.Nftables.NftExpression;

namespace Bridgehead.Rules.Nftables;

/// <summary>
/// Classes of instances: what instances with the same groups in the same subnets share is one chain, and an instance is an element that names its class. A class is there while an
/// instance uses it. Its number is made from what it is, so that a daemon that starts anew finds the numbers of before.
/// </summary>
internal sealed class InstanceClasses
{
    public const string Prefix = "cls-";

    private readonly Dictionary<Policy.InstanceFilter, InstanceClass> _classes = new(new SameClass());
    private readonly HashSet<uint> _numbers = [];

    public NftChange Put(IReadOnlyList<FilterTable> tables, Policy.InstanceFilter instance, Policy.InstanceFilter? before)
    {
        var put = new List<NftContribution>();
        if (!_classes.TryGetValue(instance, out var found))
        {
            _classes.Add(instance, found = new InstanceClass(NumberFor(SignatureOf(instance))));
            put.Add(ClassOf(tables, instance, found.Number));
        }

        found.Users++;
        var gone = before is null ? [] : Leave(before);
        var draft = new NftDraft(instance.Key, number: (UInt128)instance.InstanceId);
        foreach (var table in tables)
        {
            // There are thousands of instances, with an address or two each: no closure is made for one.
            foreach (var address in instance.Addresses)
            {
                if (table.Has(address))
                {
                    draft.Add(table.Instances, NftValue.Of(address), NftData.Of(NftValue.Mark(found.Number)));
                }
            }
        }

        put.Add(draft.Done());
        return new NftChange(put, gone);
    }

    public NftChange Remove(Policy.InstanceFilter instance) => new([], [instance.Key, .. Leave(instance)]);

    /// <summary>Everything that the class's chain is made from.</summary>
    private static string SignatureOf(Policy.InstanceFilter instance)
    {
        var text = new StringBuilder();
        text.AppendJoin(',', instance.Groups).Append(instance.AllowSameNetTraffic ? '|' : '/');
        foreach (var subnet in instance.Subnets)
        {
            text.Append(subnet.Cidr).Append(' ').Append(subnet.DhcpServer).Append(' ').Append(subnet.GatewayV6).Append(';');
        }

        return text.ToString();
    }

    private static NftContribution ClassOf(IReadOnlyList<FilterTable> tables, Policy.InstanceFilter instance, uint number)
    {
        var draft = new NftDraft(KeyOf(number));
        foreach (var table in tables)
        {
            var chain = table.Chain($"{Prefix}{number:x8}");
            draft.Own(chain).Add(table.Classes, NftValue.Mark(number), NftData.To(chain.Id.Name));
            draft.Own(instance.Groups.Select(group => GroupObjects.Chain(table, group)));
            draft.Own(instance.Groups.Select(group => GroupObjects.Ports(table, group)));
            draft.Add(chain, [
                new NftRule("the mark served its purpose", new SetMark(0)),
                .. instance.Groups.Select(group => GroupObjects.OpenPorts(table, group)),
                .. Neighbours(table, instance),
                .. instance.Groups.Select(group => new NftRule($"security group {group}", new Jump(GroupObjects.Chain(table, group).Id.Name))),
                new NftRule("what no security group allows is dropped", new Counter(), new Drop())]);
        }

        return draft.Done();
    }

    private static IEnumerable<NftRule> Neighbours(FilterTable table, Policy.InstanceFilter instance)
    {
        var subnets = instance.Subnets.Where(subnet => table.Has(subnet.Cidr.BaseAddress)).ToList();
        foreach (var server in subnets.Select(subnet => subnet.DhcpServer).OfType<System.Net.IPAddress>())
        {
            yield return new NftRule(
                "the subnet's DHCP server", new Is(table.Source, NftValue.Of(server)), new Is(NftField.UdpSource, NftValue.Word(67)), new Is(NftField.UdpDestination, NftValue.Word(68)), new Counter(), new Accept());
        }

        foreach (var subnet in subnets.Where(_ => instance.AllowSameNetTraffic))
        {
            yield return new NftRule("allow_same_net_traffic", new InPrefix(table.Source, subnet.Cidr), new Counter(), new Accept());
        }

        foreach (var router in subnets.Select(subnet => subnet.GatewayV6).OfType<System.Net.IPAddress>())
        {
            yield return new NftRule(
                "router advertisements", new Is(table.Source, NftValue.Of(router)), new Is(NftField.L4Protocol, NftValue.Octet(GroupRuleText.NumberOf("icmp", v4: false))), new Counter(), new Accept());
        }
    }

    private IReadOnlyList<string> Leave(Policy.InstanceFilter instance)
    {
        var left = _classes[instance];
        if (--left.Users > 0)
        {
            return [];
        }

        _classes.Remove(instance);
        _numbers.Remove(left.Number);
        return [KeyOf(left.Number)];
    }

    /// <summary>FNV-1a of the signature; of two that meet, the later one takes the next free number.</summary>
    private uint NumberFor(string signature)
    {
        var number = 2166136261u;
        foreach (var letter in signature)
        {
            number = (number ^ letter) * 16777619;
        }

        while (number == 0 || !_numbers.Add(number))
        {
            number++;
        }

        return number;
    }

    /// <summary>The key of what the class puts into the tables.</summary>
    public static string KeyOf(uint number) => $"class/{number:x8}";

    /// <summary>Says the same of two instances as their signatures do, without making any.</summary>
    private sealed class SameClass : IEqualityComparer<Policy.InstanceFilter>
    {
        public bool Equals(Policy.InstanceFilter? x, Policy.InstanceFilter? y) =>
            x!.AllowSameNetTraffic == y!.AllowSameNetTraffic && x.Groups.SequenceEqual(y.Groups) && x.Subnets.SequenceEqual(y.Subnets);

        public int GetHashCode(Policy.InstanceFilter obj)
        {
            var hash = default(HashCode);
            for (var i = 0; i < obj.Groups.Count; i++)
            {
                hash.Add(obj.Groups[i]);
            }

            return hash.ToHashCode();
        }
    }

    private sealed class InstanceClass(uint number)
    {
        public uint Number => number;

        public int Users { get; set; }
    }
}
