using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Nftables;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules.Nftables;

/// <summary>What a cloud is as native objects, to be read by a person; and what single changes cost.</summary>
public sealed class ListingTests
{
    private static readonly Network Dual = Sample.Network() with { CidrV6 = Cidr.Parse("fd00:1::/64"), GatewayV6 = Ip.Parse("fe80::1") };
    private static readonly NovaSettings Ipv6 = Sample.Settings(RuleProfile.Ocata) with { UseIpv6 = true };
    private readonly NftModel _kernel = new();

    [Theory]
    [InlineData(RuleProfile.Article)]
    [InlineData(RuleProfile.Ocata)]
    public void The_articles_cloud(RuleProfile profile)
    {
        var settings = Sample.Settings(profile);
        Network(profile).Start(NetworkPlanner.Host(settings), NetworkPlanner.Bridge(Sample.Network(), settings), NetworkPlanner.Floating(Sample.Floating(), settings)!);
        Compute(settings).Start([new Policy.ComputeHost(), .. Sample.Server(1, null, Sample.Group(Sample.Rule("icmp", -1, -1), Sample.Rule("tcp", 22, 22, id: 2))).Policies(settings)]);
        Golden.Matches(_kernel.List(), $"test/Bridgehead.Pure.Tests/Rules/golden/nft-{profile.ToString().ToLowerInvariant()}.txt");
    }

    [Fact]
    public void Every_kind_of_rule_in_both_families()
    {
        SecurityGroupRule[] rules =
        [
            Sample.Rule("tcp", 22, 22, id: 1), Sample.Rule("udp", 53, 53, "::/0", id: 2), Sample.Rule("tcp", 8000, 8100, "203.0.113.0/24", id: 3), Sample.Rule("tcp", 443, 443, "198.51.100.7/32", id: 4),
            Sample.Rule("udp", 1, 65535, "10.0.0.0/9", id: 5), Sample.Rule("icmp", 8, -1, id: 6), Sample.Rule("icmp", 3, 4, id: 7), Sample.Rule("icmp", 128, 0, "2001:db8::/32", id: 8),
            Sample.Rule("icmp", -1, -1, "::/0", id: 9), Sample.Rule("tcp", 3306, 3306, source: 7, id: 10), Sample.Rule(null, null, null, source: 1, id: 11), Sample.Rule("icmp", 255, -1, id: 12),
            Sample.Rule("tcp", 8050, 8200, "203.0.113.0/25", id: 13), Sample.Rule("udp", 6000, 6100, id: 14), Sample.Rule("tcp", 443, 450, "2001:db8::/32", id: 15), Sample.Rule("udp", 1, 65535, "10.0.0.0/9", id: 16),
        ];
        var server = Sample.Server(1, Dual, Sample.Group(rules)) with { Members = [Sample.Member(7, "db", 20, Dual, "10.10.10.21")] };
        Compute(Ipv6).Start([new Policy.ComputeHost(), .. server.Policies(Ipv6)]);
        Golden.Matches(_kernel.List(), "test/Bridgehead.Pure.Tests/Rules/golden/nft-rules.txt");
    }

    [Fact]
    public void The_port_guard()
    {
        new NftRun(_kernel, new GuardLayout(ipv6: true)).Start(new GuardedPort(DeviceName.Parse("tap0"), MacAddress.Parse("fa:16:3e:00:00:01"), [Ip.Parse("10.10.10.2"), Ip.Parse("fd00:1::2")]));
        Golden.Matches(_kernel.List(), "test/Bridgehead.Pure.Tests/Rules/golden/nft-port-guard.txt");
    }

    [Fact]
    public void A_network_without_gateway_is_not_routed_and_its_instances_are_reached()
    {
        var run = Network(RuleProfile.Article);
        run.Start(NetworkPlanner.Bridge(Sample.Network() with { Gateway = null }, Sample.Settings()));
        _kernel.List().Should().Contain("chain bridges\n    iifname \"br100\" goto unrouted").And.Contain("    oifname \"br100\" goto unrouted");
        run.Remove("network/1");
        _kernel.List().Should().NotContain("goto unrouted");
    }

    [Fact]
    public void One_more_port_one_more_instance_and_one_more_member_are_one_element_each()
    {
        var settings = Sample.Settings();
        var run = Compute(settings);
        run.Start([new Policy.ComputeHost(), .. Enumerable.Range(1, 100).SelectMany(id => Sample.Server(id, null, Sample.Group(Sample.Rule("tcp", 22, 22, source: 1))).Policies(settings)).DistinctBy(policy => policy.Key)]);
        run.Put(InstancePlanner.Group(Sample.Group(Sample.Rule("tcp", 22, 22, source: 1), Sample.Rule("tcp", 80, 80, id: 2)))).Should().ContainSingle()
            .Which.Should().BeOfType<NftOperation.AddElements>().Which.Elements.Should().ContainSingle();
        run.Put(InstancePlanner.Filter(Sample.Server(101, null, Sample.Group()).View, settings)).Should().ContainSingle()
            .Which.Should().BeOfType<NftOperation.AddElements>().Which.Elements.Should().ContainSingle();
        run.Put(InstancePlanner.Member(Sample.Member(1, "default", 7, null, "10.10.10.8"), settings)).Should().ContainSingle()
            .Which.Should().BeOfType<NftOperation.AddElements>().Which.Elements.Should().ContainSingle();
        run.Put(InstancePlanner.Group(Sample.Group(Sample.Rule("tcp", 22, 22, source: 1), Sample.Rule("tcp", 80, 80, id: 2), Sample.Rule("tcp", 80, 90, id: 3)))).Should().ContainSingle()
            .Which.Should().BeOfType<NftOperation.AddElements>().Which.Elements.Should().ContainSingle();
    }

    [Fact]
    public void A_class_lives_as_long_as_an_instance_uses_it()
    {
        var settings = Sample.Settings();
        var run = Compute(settings);
        run.Start(new Policy.ComputeHost());
        var empty = _kernel.List();
        run.Put([.. Sample.Server(1, null, Sample.Group()).Policies(settings), .. Sample.Server(2, null, Sample.Group()).Policies(settings)]);
        _kernel.List().Split('\n').Count(line => line.StartsWith("  chain cls-", StringComparison.Ordinal)).Should().Be(1);
        run.Remove("instance/1");
        _kernel.List().Should().Contain("  chain cls-");
        run.Remove("instance/2", "group/1");
        _kernel.List().Should().Be(empty);
    }

    private NftRun Compute(NovaSettings settings) => new(_kernel, new ComputeLayout(settings.UseIpv6));

    private NftRun Network(RuleProfile profile) => new(_kernel, new NetworkLayout(profile));
}
