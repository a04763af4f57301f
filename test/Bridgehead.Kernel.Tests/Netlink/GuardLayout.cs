using System.Buffers.Binary;
using Bridgehead.Netlink;

namespace Bridgehead.Kernel.Tests.Netlink;

/// <summary>The port guard's table as operations; its text is the product's.</summary>
internal static class GuardLayout
{
    private static readonly NftTable Table = new(NftFamily.Bridge, "bridgehead_l2");
    private static readonly RegisterValue Any4 = RegisterValue.Zero(4);

    /// <summary>Chains in the text's order, with their rules.</summary>
    private static readonly (string Chain, RuleBuilder[] Rules)[] Chains =
    [
        ("from_vm_arp",
        [
            New().In("src_ok", Field.InputName, Field.ArpSenderEther, Field.ArpSenderIp).Decide(Verdict.Accept),
            New().Equal(Field.ArpOperation, RegisterValue.NetworkOrder(1)).Equal(Field.ArpSenderIp, Any4).In("mac_ok", Field.InputName, Field.ArpSenderEther).Decide(Verdict.Accept),
            New().Decide(Verdict.Drop),
        ]),
        ("from_vm_ip", [Udp().Equal(Field.SourcePort, Port(67)).Decide(Verdict.Drop), New().Decide(Verdict.Accept)]),
        ("from_vm_ip6",
        [
            New().In("routers", Field.Icmpv6Type).Decide(Verdict.Drop),
            Udp().Equal(Field.SourcePort, Port(547)).Decide(Verdict.Drop),
            New().Equal(Field.Ip6Source, RegisterValue.Zero(16)).In("joiners", Field.Icmpv6Type).Decide(Verdict.Accept),
            New().In("src6_ok", Field.InputName, Field.EtherSource, Field.Ip6Source).Decide(Verdict.Accept),
            New().Decide(Verdict.Drop),
        ]),
        ("from_vm",
        [
            New().NotIn("mac_ok", Field.InputName, Field.EtherSource).Decide(Verdict.Drop),
            Ether(Protocols.Arp).Decide(Verdict.Goto("from_vm_arp")),
            Ether(Protocols.Ip).In("src_ok", Field.InputName, Field.EtherSource, Field.IpSource).Decide(Verdict.Goto("from_vm_ip")),
            Ether(Protocols.Ip).Equal(Field.IpSource, Any4).Equal(Field.IpDestination, RegisterValue.Mask(4, 32)).Transport(Protocols.Udp)
                .Equal(Field.SourcePort, Port(68)).Equal(Field.DestinationPort, Port(67)).Decide(Verdict.Accept),
            Ether(Protocols.Ip6).Decide(Verdict.Goto("from_vm_ip6")),
            New().Decide(Verdict.Drop),
        ]),
        ("prerouting", [New().In("taps", Field.InputName).Decide(Verdict.Goto("from_vm"))]),
    ];

    public static void Write(BatchWriter batch)
    {
        batch.AddTable(Table);
        foreach (var (chain, _) in Chains)
        {
            batch.AddChain(Table, chain, chain == "prerouting" ? new BaseChain("filter", NftHook.Prerouting, -310) : null);
        }

        batch.AddSet(new SetSpec(Table, "taps", [DataType.InterfaceName]));
        batch.AddSet(new SetSpec(Table, "mac_ok", [DataType.InterfaceName, DataType.EtherAddress]));
        batch.AddSet(new SetSpec(Table, "src_ok", [DataType.InterfaceName, DataType.EtherAddress, DataType.Ipv4Address]));
        batch.AddSet(new SetSpec(Table, "src6_ok", [DataType.InterfaceName, DataType.EtherAddress, DataType.Ipv6Address]));
        Anonymous(batch, "routers", 134, 137);
        Anonymous(batch, "joiners", 135, 131, 143);
        foreach (var (chain, rules) in Chains)
        {
            foreach (var rule in rules)
            {
                batch.AddRule(Table, chain, rule.Expressions);
            }
        }
    }

    /// <summary>A port's elements: its interface, its MAC, its addresses and the link-local one.</summary>
    public static void Port(BatchWriter batch, string tap, ulong mac, byte[] address, byte[] linkLocal)
    {
        Span<byte> whole = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(whole, mac << 16);
        byte[] name = RegisterValue.InterfaceName(tap).ToArray();
        byte[] ether = [.. whole];
        batch.AddElement(Table, "taps", name);
        batch.AddElement(Table, "mac_ok", [.. name, .. ether]);
        batch.AddElement(Table, "src_ok", [.. name, .. ether, .. address]);
        batch.AddElement(Table, "src6_ok", [.. name, .. ether, .. linkLocal]);
    }

    private static void Anonymous(BatchWriter batch, string name, params byte[] types)
    {
        batch.AddSet(new SetSpec(Table, name, [DataType.Icmpv6Type]) { Anonymous = true, Size = (uint)types.Length });
        foreach (var type in types)
        {
            batch.AddElement(Table, name, [type]);
        }
    }

    private static RuleBuilder New() => new(NftFamily.Bridge);

    private static RuleBuilder Udp() => New().Transport(Protocols.Udp);

    private static RuleBuilder Ether(ushort type) => New().Equal(Field.EtherType, RegisterValue.NetworkOrder(type));

    private static RegisterValue Port(ushort port) => RegisterValue.NetworkOrder(port);
}
