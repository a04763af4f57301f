using Bridgehead.Model;
using Bridgehead.Rules;
using CsCheck;

namespace Bridgehead.Testing;

/// <summary>Any cloud on one host: every kind of network, group, rule and address that changes a packet's way.</summary>
public static class CloudGen
{
    private const int MostServers = 6;

    private static readonly string?[] Sources = ["0.0.0.0/0", "192.168.1.0/24", "10.1.0.0/24", "10.2.0.3/32", "10.1.0.0/27", "203.0.113.0/25", "0.0.0.0/0", "::/0", "fd00:2::/64", "fd99::/64", null];

    private static readonly string[] Addresses = ["192.168.1.9", "192.168.1.10", "192.168.1.100", "192.168.1.201"];

    private static readonly (string? Protocol, int? From, int? To)[] Kinds =
    [
        ("tcp", 22, 22), ("tcp", 80, 80), ("TCP", 443, 443), ("udp", 53, 53), ("udp", 80, 80), ("tcp", 80, 90), ("udp", 50, 60), ("tcp", 1, 65535), ("tcp", null, null), ("tcp", 443, null),
        ("icmp", -1, -1), ("icmp", 8, -1), ("icmp", 8, 0), ("icmp", 13, -1), ("icmp", 128, -1), ("icmp", null, null), (null, null, null), ("tcp", 90, 80), ("icmp", 256, -1),
    ];

    /// <summary>Prefixes in each other, and ports that overlap: which of two rules is an element of a set depends on both.</summary>
    private static readonly string[] Nested = ["10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/24", "10.2.0.3/32", "192.168.0.0/16", "192.168.1.0/24", "203.0.113.0/24", "203.0.113.0/25", "0.0.0.0/0", "fd00::/16", "fd00:2::/64"];

    private static readonly (string? Protocol, int? From, int? To)[] Overlapping = [("tcp", 80, 80), ("tcp", 80, 90), ("tcp", 85, 443), ("tcp", 22, 85), ("tcp", 1, 65535), ("udp", 50, 60), ("udp", 53, 80)];

    private static readonly Gen<NovaSettings> Settings = Gen.Select(
        Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 3], Gen.Int[0, 5],
        (ocata, v6, same, device, snat, metadata) => Sample.Settings(ocata ? RuleProfile.Ocata : RuleProfile.Article) with
        {
            UseIpv6 = v6,
            AllowSameNetTraffic = same,
            PublicInterface = device ? "eth0" : null,
            RoutingSourceIp = snat == 0 ? null : Ip.Parse("192.168.1.90"),
            ForceSnatRange = snat == 1 ? [Cidr.Parse("203.0.113.0/24")] : [],
            DmzCidr = snat == 2 ? [] : [Cidr.Parse("10.128.0.0/24")],
            MetadataHost = Ip.Parse(metadata == 0 ? "127.0.0.1" : "192.168.1.90"),
        });

    public static readonly Gen<SampleCloud> Clouds = Gen.Select(
        Settings, Networks(), Servers(), Groups(), FloatingIps(),
        (settings, networks, servers, groups, floating) => Of(settings, networks, servers, groups, floating));

    /// <summary>What varies in a server: its networks, more addresses, and its groups, as bits.</summary>
    private sealed record ServerDraft(int Network, bool SecondNic, bool SecondAddress, int Groups);

    private static Gen<Network[]> Networks() => Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.Int[0, 4], Gen.Int[0, 3]).Array[1, 3].Select(drafts => drafts.Select((draft, i) => NetworkOf(i + 1, draft)).ToArray());

    private static Network NetworkOf(int id, (int Gateway, bool V6, int Dhcp, int Bridge) draft)
    {
        var cidr = Cidr.Parse($"10.{id}.0.0/24");
        return Sample.Network(id, cidr.ToString()) with
        {
            Gateway = draft.Gateway switch { 0 => null, 1 => cidr.At(254), _ => cidr.At(1) },
            DhcpServer = cidr.At(1),
            EnableDhcp = draft.Dhcp > 0,
            CidrV6 = draft.V6 ? Cidr.Parse($"fd00:{id}::/64") : null,
            GatewayV6 = draft.V6 ? Ip.Parse($"fd00:{id}::1") : null,
            Bridge = DeviceName.Parse($"br{(draft.Bridge == 0 && id > 1 ? id - 1 : id)}"),
        };
    }

    private static Gen<ServerDraft[]> Servers() => Gen.Select(Gen.Int[0, 2], Gen.Int[0, 4], Gen.Int[0, 3], Gen.Int[0, 7])
        .Select(t => new ServerDraft(t.Item1, t.Item2 == 0, t.Item3 == 0, t.Item4)).Array[1, MostServers];

    /// <summary>What varies in a rule.</summary>
    private sealed record RuleDraft((string? Protocol, int? From, int? To) Kind, string? Source, long SourceGroup);

    private static Gen<RuleDraft> Rules() => Gen.Frequency(
        (3, Gen.Select(Gen.Int[0, Kinds.Length - 1], Gen.Int[0, Sources.Length - 1], Gen.Long[1, 4]).Select((kind, source, group) => new RuleDraft(Kinds[kind], Sources[source], group))),
        (2, Gen.Select(Gen.Int[0, Overlapping.Length - 1], Gen.Int[0, Nested.Length - 1]).Select((kind, source) => new RuleDraft(Overlapping[kind], Nested[source], 1))));

    private static Gen<GroupView[]> Groups() => Rules().Array[0, 6].Array[3].Select(groups => groups
        .Select((rules, i) => new GroupView(
            new SecurityGroup { Id = i + 1, ProjectId = "p", Name = $"group{i + 1}", Description = "" },
            [.. rules.Select((rule, k) => RuleOf((i + 1) * 10 + k, i + 1, rule))])).ToArray());

    private static SecurityGroupRule RuleOf(long id, long group, RuleDraft draft)
    {
        var (protocol, from, to) = draft.Kind;
        return Sample.Rule(protocol, from, to, draft.Source, draft.Source is null ? draft.SourceGroup : null, id) with { ParentGroupId = group };
    }

    /// <summary>Numbers whose texts stand in another order than they; targets are servers; interfaces differ.</summary>
    private static Gen<(string Address, int Server, int Device)[]> FloatingIps() =>
        Gen.Select(Gen.Int[0, Addresses.Length - 1].Select(i => Addresses[i]), Gen.Int[0, MostServers - 1], Gen.Int[0, 3]).Array[0, 4]
            .Select(all => all.DistinctBy(floating => floating.Item1).ToArray());

    private static SampleCloud Of(NovaSettings settings, Network[] networks, ServerDraft[] servers, GroupView[] groups, (string Address, int Server, int Device)[] floating)
    {
        var views = servers.Select((draft, i) => ServerOf(i + 1, draft, networks)).ToArray();
        return new SampleCloud(
            settings,
            networks,
            views,
            groups,
            [.. floating.Where(f => f.Server < views.Length).Select(f => Sample.Floating(f.Address, views[f.Server].Nics[0].Addresses[0].ToString()) with
            {
                Interface = f.Device switch { 0 => null, 1 => "eth1", _ => "eth0" },
            })],
            [Sample.Member(1, "group1", 100, networks[0], "10.1.0.200"), Sample.Member(4, "group4", 101, networks[0], "10.1.0.201")]);
    }

    private static InstanceView ServerOf(int id, ServerDraft draft, Network[] networks)
    {
        var home = networks[draft.Network % networks.Length];
        var other = networks[(draft.Network + 1) % networks.Length];
        string Address(Network network, int index) => network.Cidr!.Value.At((UInt128)index).ToString();
        string[] addresses = draft.SecondAddress ? [Address(home, id + 1), Address(home, id + 101)] : [Address(home, id + 1)];
        List<NicView> nics = [Sample.Nic(id, home, addresses)];
        if (draft.SecondNic && other != home)
        {
            nics.Add(Sample.Nic(id + 50, other, Address(other, id + 51)));
        }

        return new InstanceView(Sample.Instance(id), nics, [.. Enumerable.Range(1, 3).Where(group => (draft.Groups & (1 << (group - 1))) != 0).Select(group => (long)group)]);
    }
}
