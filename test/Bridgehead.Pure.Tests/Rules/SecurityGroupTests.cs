using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Iptables;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules;

/// <summary>From a security group's rule to the lines of an instance's chain, in both families, as the model of iptables takes them.</summary>
public sealed class SecurityGroupTests
{
    private static readonly Network Dual = Sample.Network() with { CidrV6 = Cidr.Parse("fd00:1::/64"), GatewayV6 = Ip.Parse("fe80::1") };
    private static readonly NovaSettings Settings = Sample.Settings(RuleProfile.Ocata) with { UseIpv6 = true };

    [Theory]
    [InlineData("tcp", 22, 22, "-p tcp -m tcp --dport 22 -j ACCEPT")]
    [InlineData("TCP", 22, 22, "-p tcp -m tcp --dport 22 -j ACCEPT")]
    [InlineData("udp", 53, 53, "-p udp -m udp --dport 53 -j ACCEPT")]
    [InlineData("tcp", 80, 81, "-p tcp -m multiport --dports 80:81 -j ACCEPT")]
    [InlineData("tcp", null, null, "-p tcp -m multiport --dports 1:65535 -j ACCEPT")]
    [InlineData("icmp", -1, -1, "-p icmp -j ACCEPT")]
    [InlineData("icmp", null, null, "-p icmp -j ACCEPT")]
    [InlineData("icmp", 8, -1, "-p icmp -m icmp --icmp-type 8 -j ACCEPT")]
    [InlineData("icmp", 0, -1, "-p icmp -m icmp --icmp-type 0 -j ACCEPT")]
    [InlineData("icmp", 8, 0, "-p icmp -m icmp --icmp-type 8/0 -j ACCEPT")]
    [InlineData("icmp", 3, 4, "-p icmp -m icmp --icmp-type 3/4 -j ACCEPT")]
    [InlineData(null, null, null, "-j ACCEPT")]
    public void A_rule_for_everybody_is_one_line(string? protocol, int? from, int? to, string line) =>
        GroupLines(IpFamily.V4, Sample.Rule(protocol, from, to)).Should().Equal(line);

    [Theory]
    [InlineData("tcp", 22, 22, "-s 2001:db8::/32 -p tcp -m tcp --dport 22 -j ACCEPT")]
    [InlineData("icmp", -1, -1, "-s 2001:db8::/32 -p ipv6-icmp -j ACCEPT")]
    [InlineData("icmp", 128, -1, "-s 2001:db8::/32 -p ipv6-icmp -m icmp6 --icmpv6-type 128 -j ACCEPT")]
    [InlineData("icmp", 1, 4, "-s 2001:db8::/32 -p ipv6-icmp -m icmp6 --icmpv6-type 1/4 -j ACCEPT")]
    public void A_rule_with_an_IPv6_prefix_stands_in_the_other_family_only(string? protocol, int? from, int? to, string line)
    {
        var rule = Sample.Rule(protocol, from, to, "2001:db8::/32");
        GroupLines(IpFamily.V6, rule).Should().Equal(line);
        GroupLines(IpFamily.V4, rule).Should().BeEmpty();
    }

    [Fact]
    public void A_prefix_stands_first() =>
        GroupLines(IpFamily.V4, Sample.Rule("tcp", 80, 81, "192.168.10.0/24")).Should().Equal("-s 192.168.10.0/24 -p tcp -m multiport --dports 80:81 -j ACCEPT");

    [Theory]
    [InlineData("tcp -j ACCEPT\nCOMMIT", 1, 2)]
    [InlineData("sctp", 1, 2)]
    [InlineData("", 1, 2)]
    [InlineData("tcp", 81, 80)]
    [InlineData("tcp", -5, 80)]
    [InlineData("udp", 1, 65536)]
    [InlineData("icmp", 256, -1)]
    [InlineData("icmp", 255, -1)]
    [InlineData("icmp", 8, 256)]
    [InlineData("icmp", -2, -1)]
    public void A_rule_that_iptables_would_refuse_or_widen_allows_nothing(string protocol, int from, int to) =>
        GroupLines(IpFamily.V4, Sample.Rule(protocol, from, to)).Should().BeEmpty();

    [Fact]
    public void A_source_group_gives_one_line_for_each_address_of_its_members_in_both_families()
    {
        var rule = Sample.Rule("tcp", 22, 22, source: 7);
        var server = Sample.Server(1, Dual, Sample.Group(rule)) with
        {
            Members = [Sample.Member(7, "web", 20, Dual, "10.10.10.21"), Sample.Member(7, "web", 19, Dual, "10.10.10.20"), Sample.Member(8, "others", 30, Dual, "10.10.10.30")],
        };
        GroupLines(IpFamily.V4, server).Should().Equal(
            "-s 10.10.10.20/32 -p tcp -m tcp --dport 22 -j ACCEPT",
            "-s 10.10.10.21/32 -p tcp -m tcp --dport 22 -j ACCEPT");
        GroupLines(IpFamily.V6, server).Should().Equal(
            "-s fd00:1::f816:3eff:fe00:13/128 -p tcp -m tcp --dport 22 -j ACCEPT",
            "-s fd00:1::f816:3eff:fe00:14/128 -p tcp -m tcp --dport 22 -j ACCEPT");
    }

    [Fact]
    public void A_source_group_without_members_allows_nobody() =>
        GroupLines(IpFamily.V4, Sample.Server(1, Dual, Sample.Group(Sample.Rule("tcp", 22, 22, source: 7)))).Should().BeEmpty();

    [Fact]
    public void A_line_that_two_groups_ask_for_stands_once_and_goes_with_the_second()
    {
        var host = new Testing.FakeHost();
        var run = new PlanRun(host, "nova-compute", RuleProfile.Article);
        var ssh = Sample.Rule("tcp", 22, 22);
        var second = new GroupView(Sample.Group().Group with { Id = 2, Name = "second" }, [ssh with { Id = 2, ParentGroupId = 2 }]);
        var chain = new ChainId(IpFamily.V4, Table.Filter, "nova-compute-inst-1");
        run.Start([new Policy.ComputeHost(), .. Sample.Server(1, null, Sample.Group(ssh), second).Policies(Sample.Settings())]);
        host.V4.Chain("filter", "nova-compute-inst-1").Should().ContainSingle(line => line.Contains("--dport 22"));
        run.Plan.Book.Reading(chain, "-p tcp -m tcp --dport 22 -j ACCEPT").Select(rule => rule.Why).Should().Equal("security group default, rule 1", "security group second, rule 2");
        run.Put(Sample.Server(1, null, second).Policies(Sample.Settings()));
        host.V4.Chain("filter", "nova-compute-inst-1").Should().ContainSingle(line => line.Contains("--dport 22"));
        run.Put(Sample.Server(1).Policies(Sample.Settings()));
        host.V4.Chain("filter", "nova-compute-inst-1").Should().NotContain(line => line.Contains("--dport 22"));
    }

    [Fact]
    public void Without_allow_same_net_traffic_neighbours_need_a_rule()
    {
        var settings = Settings with { AllowSameNetTraffic = false };
        Listing(IpFamily.V4, Sample.Server(1, Dual), settings).Should().Equal(
            "-m state --state INVALID -j DROP",
            "-m state --state RELATED,ESTABLISHED -j ACCEPT",
            "-s 10.10.10.1/32 -p udp -m udp --sport 67 --dport 68 -j ACCEPT",
            "-j nova-compute-sg-fallback");
    }

    [Fact]
    public void The_IPv6_chain_lets_the_router_and_the_network_in() => Listing(IpFamily.V6, Sample.Server(1, Dual), Settings).Should().Equal(
        "-m state --state INVALID -j DROP",
        "-m state --state RELATED,ESTABLISHED -j ACCEPT",
        "-s fd00:1::/64 -j ACCEPT",
        "-s fe80::1/128 -p ipv6-icmp -j ACCEPT",
        "-j nova-compute-sg-fallback");

    [Fact]
    public void The_IPv6_tables_are_filter_alone()
    {
        var host = Run(Sample.Server(1, Dual, Sample.Group(Sample.Rule("icmp", -1, -1, "::/0"))), Settings);
        Golden.Matches(host.V6.Save(), "test/Bridgehead.Pure.Tests/Rules/golden/ipv6-instance.txt");
    }

    [Fact]
    public void Without_use_ipv6_the_IPv6_programs_are_never_run_and_no_address_is_computed()
    {
        var host = Run(Sample.Server(1, Dual), Settings with { UseIpv6 = false });
        host.V6.Save().Should().BeEmpty();
        host.V4.Chain("filter", "nova-compute-local").Should().Equal("-d 10.10.10.2/32 -j nova-compute-inst-1");
    }

    [Fact]
    public void Two_interfaces_share_one_chain()
    {
        var other = Dual with { Id = 2, Cidr = Cidr.Parse("10.20.0.0/16"), Gateway = Ip.Parse("10.20.0.1"), DhcpServer = null, CidrV6 = null };
        var server = Sample.Server(1, Dual);
        var view = server.View with { Nics = [Sample.Nic(1, Dual, "10.10.10.2"), Sample.Nic(2, other, "10.20.0.9", "10.20.0.10")] };
        var host = Run(server with { View = view }, Settings);
        host.V4.Chain("filter", "nova-compute-local").Should().Equal(
            "-d 10.10.10.2/32 -j nova-compute-inst-1", "-d 10.20.0.9/32 -j nova-compute-inst-1", "-d 10.20.0.10/32 -j nova-compute-inst-1");
        host.V4.Chain("filter", "nova-compute-inst-1").Should().Equal(
            "-m state --state INVALID -j DROP",
            "-m state --state RELATED,ESTABLISHED -j ACCEPT",
            "-s 10.10.10.1/32 -p udp -m udp --sport 67 --dport 68 -j ACCEPT",
            "-s 10.20.0.1/32 -p udp -m udp --sport 67 --dport 68 -j ACCEPT",
            "-s 10.10.10.0/24 -j ACCEPT",
            "-s 10.20.0.0/16 -j ACCEPT",
            "-j nova-compute-sg-fallback");
    }

    private static Testing.FakeHost Run(SampleServer server, NovaSettings settings)
    {
        var host = new Testing.FakeHost();
        new PlanRun(host, "nova-compute", settings.RuleProfile, settings.UseIpv6).Start([new Policy.ComputeHost(), .. server.Policies(settings)]);
        return host;
    }

    private static IReadOnlyList<string> Listing(IpFamily family, SampleServer server, NovaSettings settings)
    {
        var host = Run(server, settings);
        return (family == IpFamily.V4 ? host.V4 : host.V6).Chain("filter", $"nova-compute-inst-{server.View.Instance.Id}")!;
    }

    private static IReadOnlyList<string> GroupLines(IpFamily family, SecurityGroupRule rule) => GroupLines(family, Sample.Server(1, Dual, Sample.Group(rule)));

    /// <summary>What the groups add to the chain of an instance without any.</summary>
    private static IReadOnlyList<string> GroupLines(IpFamily family, SampleServer server)
    {
        var without = Listing(family, server with { View = server.View with { Groups = [] } }, Settings);
        var with = Listing(family, server, Settings);
        with.Take(without.Count - 1).Should().Equal(without.SkipLast(1), "the rules of groups come after what every chain begins with");
        with[^1].Should().Be("-j nova-compute-sg-fallback", "what nothing allows is dropped");
        return [.. with.Skip(without.Count - 1).SkipLast(1)];
    }
}
