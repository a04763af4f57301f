using Bridgehead.Netlink;

namespace Bridgehead.Kernel.Tests.Netlink;

/// <summary>The layout of docs/nftables.md with samples of every kind of rule, once as nft's text and once as operations; chains that nft would take for keywords have other names.</summary>
internal static class Layout
{
    public static readonly NftTable Table = new(NftFamily.Ip, "bridgehead");

    public static readonly string[] Sets =
    [
        "map inst { type ipv4_addr : mark; elements = { 10.0.0.10 : 1, 10.0.0.11 : 2 } }",
        "map cls { type mark : verdict; elements = { 1 : goto cls-1 } }",
        "map fip_dnat { type ipv4_addr : ipv4_addr; elements = { 172.24.0.10 : 10.0.0.10 } }",
        "map fip_snat { type ipv4_addr : ipv4_addr; }",
        "map fip_snat_dev { type ifname . ipv4_addr : ipv4_addr; elements = { \"eth0\" . 10.0.0.1 : 1.2.3.4 } }",
        "set ports-1 { type inet_proto . inet_service; counter; elements = { tcp . 22, udp . 53 } }",
        "set from-1 { type ipv4_addr . inet_proto . inet_service; flags interval; counter; elements = { 0.0.0.0/0 . tcp . 80-90, 198.51.100.7 . udp . 53 } }",
        "set members-1 { type ipv4_addr; comment \"of group 1\"; }",
        "set fixed { type ipv4_addr; flags interval; elements = { 10.0.0.0/16, 255.255.255.0/24 } }",
        "set pairs { type ipv4_addr . inet_service; flags interval; elements = { 10.0.0.0/16 . 22-80 } }",
        "set small { type ipv4_addr; size 7; }",
    ];

    /// <summary>Chain by chain: its head, then each rule as text and as we make it.</summary>
    public static readonly (string Chain, BaseChain? Hook, (string Text, RuleBuilder Rule)[] Rules)[] Chains =
    [
        ("sg-1", null, LayoutRules.Group),
        ("cls-1", null, LayoutRules.Class),
        ("to_vm", null, [("ct state vmap { established : accept, related : accept, invalid : drop }", New().VerdictFrom("states", Field.ConntrackState)), ("meta mark vmap @cls", New().VerdictFrom("cls", Field.Mark))]),
        ("local", null, [("meta mark set ip daddr map @inst goto to_vm", New().SetMarkFrom("inst", Field.IpDestination).Decide(Verdict.Goto("to_vm")))]),
        ("unrouted", null, [("jump local", New().Decide(Verdict.Jump("local"))), ("drop", New().Decide(Verdict.Drop))]),
        ("bridges", null,
        [
            ("iifname \"br7\" goto unrouted", New().Equal(Field.InputName, RegisterValue.InterfaceName("br7")).Decide(Verdict.Goto("unrouted"))),
            ("oifname \"br7\" goto unrouted", New().Equal(Field.OutputName, RegisterValue.InterfaceName("br7")).Decide(Verdict.Goto("unrouted"))),
        ]),
        ("forward", new BaseChain("filter", NftHook.Forward, 0), LayoutRules.Filter("bridges")),
        ("output", new BaseChain("filter", NftHook.Output, 0, VerdictCode.Drop), LayoutRules.Filter("unrouted")),
        ("redir", null, LayoutRules.Redirect),
        ("ranges", null, LayoutRules.Ranges),
        ("source", null, LayoutRules.Source),
        ("prerouting", new BaseChain("nat", NftHook.Prerouting, -100), [("jump redir", New().Decide(Verdict.Jump("redir"))), ("dnat to ip daddr map @fip_dnat", New().NatFrom(NatKind.Destination, "fip_dnat", Field.IpDestination))]),
        ("output_nat", new BaseChain("nat", NftHook.Output, -100), [("dnat to ip daddr map @fip_dnat", New().NatFrom(NatKind.Destination, "fip_dnat", Field.IpDestination))]),
        ("postrouting", new BaseChain("nat", NftHook.Postrouting, 100), LayoutRules.Postrouting),
    ];

    public static string Text => $"table ip bridgehead {{\n{string.Join('\n', Sets)}\n{string.Join('\n', Chains.Select(chain => ChainText(chain.Chain, chain.Hook, chain.Rules.Select(rule => rule.Text))))}\n}}";

    public static void Write(BatchWriter batch)
    {
        batch.AddTable(Table);
        foreach (var (chain, hook, _) in Chains)
        {
            batch.AddChain(Table, chain, hook);
        }

        WriteSets(batch);
        foreach (var (chain, _, rules) in Chains)
        {
            foreach (var (text, rule) in rules)
            {
                batch.AddRule(Table, chain, rule.Expressions, text.Contains("comment", StringComparison.Ordinal) ? text.Split('"')[1] : null);
            }
        }
    }

    private static void WriteSets(BatchWriter batch)
    {
        DataType[] address = [DataType.Ipv4Address];
        batch.AddSet(new SetSpec(Table, "inst", address) { Data = DataType.Mark });
        batch.AddElement(Table, "inst", [10, 0, 0, 10], [1, 0, 0, 0]);
        batch.AddElement(Table, "inst", [10, 0, 0, 11], [2, 0, 0, 0]);
        batch.AddSet(new SetSpec(Table, "cls", [DataType.Mark]) { Data = DataType.Verdict });
        batch.AddElement(Table, "cls", [1, 0, 0, 0], Verdict.Goto("cls-1"));
        batch.AddSet(new SetSpec(Table, "fip_dnat", address) { Data = DataType.Ipv4Address });
        batch.AddElement(Table, "fip_dnat", [172, 24, 0, 10], [10, 0, 0, 10]);
        batch.AddSet(new SetSpec(Table, "fip_snat", address) { Data = DataType.Ipv4Address });
        batch.AddSet(new SetSpec(Table, "fip_snat_dev", [DataType.InterfaceName, DataType.Ipv4Address]) { Data = DataType.Ipv4Address });
        batch.AddElement(Table, "fip_snat_dev", [.. "eth0"u8, .. new byte[12], 10, 0, 0, 1], [1, 2, 3, 4]);
        batch.AddSet(new SetSpec(Table, "ports-1", [DataType.InetProtocol, DataType.InetService]) { Counter = true });
        batch.AddElement(Table, "ports-1", [6, 0, 0, 0, 0, 22, 0, 0]);
        batch.AddElement(Table, "ports-1", [17, 0, 0, 0, 0, 53, 0, 0]);
        batch.AddSet(new SetSpec(Table, "from-1", [DataType.Ipv4Address, DataType.InetProtocol, DataType.InetService]) { Interval = true, Counter = true });
        batch.AddInterval(Table, "from-1", [0, 0, 0, 0, 6, 0, 0, 0, 0, 80, 0, 0], [255, 255, 255, 255, 6, 0, 0, 0, 0, 90, 0, 0], concatenation: true);
        batch.AddInterval(Table, "from-1", [198, 51, 100, 7, 17, 0, 0, 0, 0, 53, 0, 0], [198, 51, 100, 7, 17, 0, 0, 0, 0, 53, 0, 0], concatenation: true);
        batch.AddSet(new SetSpec(Table, "members-1", address) { Comment = "of group 1" });
        batch.AddSet(new SetSpec(Table, "fixed", address) { Interval = true });
        batch.AddInterval(Table, "fixed", [10, 0, 0, 0], [10, 0, 255, 255]);
        batch.AddInterval(Table, "fixed", [255, 255, 255, 0], [255, 255, 255, 255]);
        batch.AddSet(new SetSpec(Table, "pairs", [DataType.Ipv4Address, DataType.InetService]) { Interval = true });
        batch.AddInterval(Table, "pairs", [10, 0, 0, 0, 0, 22, 0, 0], [10, 0, 255, 255, 0, 80, 0, 0], concatenation: true);
        batch.AddSet(new SetSpec(Table, "small", address) { Size = 7 });
        batch.AddSet(new SetSpec(Table, "states", [DataType.ConntrackState]) { Data = DataType.Verdict, Anonymous = true });
        batch.AddElement(Table, "states", [2, 0, 0, 0], Verdict.Accept);
        batch.AddElement(Table, "states", [4, 0, 0, 0], Verdict.Accept);
        batch.AddElement(Table, "states", [1, 0, 0, 0], Verdict.Drop);
    }

    private static string ChainText(string name, BaseChain? hook, IEnumerable<string> rules)
    {
        var head = hook is null ? "" : $"type {hook.Type} hook {hook.Hook.ToString().ToLowerInvariant()} priority {hook.Priority}; policy {hook.Policy.ToString().ToLowerInvariant()}\n";
        return $"chain {name} {{\n{head}{string.Join('\n', rules)}\n}}";
    }

    private static RuleBuilder New() => new(NftFamily.Ip);
}
