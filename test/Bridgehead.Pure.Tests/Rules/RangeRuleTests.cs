using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules;

/// <summary>SNAT, DMZ, metadata and bridge rules of nova-network under the settings that change them.</summary>
public sealed class RangeRuleTests
{
    private static readonly NovaSettings Ocata = Sample.Settings(RuleProfile.Ocata);
    private static readonly Network External = Sample.Network() with { Gateway = Ip.Parse("10.10.10.254") };

    [Fact]
    public void Without_a_source_address_nothing_is_translated()
    {
        var host = Run(Ocata with { RoutingSourceIp = null }, Sample.Network());
        host.V4.Chain("nat", "nova-network-snat").Should().Equal("-j nova-network-float-snat");
    }

    [Fact]
    public void Without_a_public_interface_translation_names_none() =>
        Snat(Ocata with { PublicInterface = null }, Sample.Network()).Should().Equal("-s 10.10.10.0/24 -j SNAT --to-source 192.168.1.90");

    [Fact]
    public void Without_dmz_cidr_only_metadata_and_neighbours_are_left_out() => Run(Ocata with { DmzCidr = [] }, Sample.Network()).V4.Chain("nat", "nova-network-POSTROUTING").Should().Equal(
        "-s 10.10.10.0/24 -d 192.168.1.90/32 -j ACCEPT",
        "-s 10.10.10.0/24 -d 10.10.10.0/24 -m conntrack ! --ctstate DNAT -j ACCEPT");

    [Fact]
    public void Every_dmz_range_has_its_line() =>
        Run(Ocata with { DmzCidr = [Cidr.Parse("10.1.0.0/16"), Cidr.Parse("10.2.0.0/16")] }, Sample.Network()).V4.Chain("nat", "nova-network-POSTROUTING").Should().ContainInOrder(
            "-s 10.10.10.0/24 -d 10.1.0.0/16 -j ACCEPT", "-s 10.10.10.0/24 -d 10.2.0.0/16 -j ACCEPT");

    [Fact]
    public void With_somebody_elses_router_only_forced_ranges_are_translated()
    {
        var forced = Ocata with { ForceSnatRange = [Cidr.Parse("0.0.0.0/0"), Cidr.Parse("172.16.0.0/12")] };
        Snat(forced, External).Should().Equal("-s 10.10.10.0/24 -j SNAT --to-source 192.168.1.90", "-s 10.10.10.0/24 -d 172.16.0.0/12 -j SNAT --to-source 192.168.1.90");
        Snat(Ocata, External).Should().BeEmpty();
    }

    [Fact]
    public void With_our_own_router_forced_ranges_change_nothing() =>
        Snat(Ocata with { ForceSnatRange = [Cidr.Parse("172.16.0.0/12")] }, Sample.Network()).Should().Equal("-s 10.10.10.0/24 -o wlan0 -j SNAT --to-source 192.168.1.90");

    [Fact]
    public void A_network_without_gateway_is_not_forwarded()
    {
        var host = Run(Ocata, Sample.Network() with { Gateway = null });
        host.V4.Chain("filter", "nova-network-FORWARD").Should().Equal("-i br100 -j DROP", "-o br100 -j DROP");
    }

    [Fact]
    public void A_network_without_DHCP_opens_no_port_and_has_no_range_rules()
    {
        var host = Run(Ocata, Sample.Network() with { EnableDhcp = false });
        host.V4.Chain("filter", "nova-network-INPUT").Should().BeEmpty();
        host.V4.Chain("mangle", "nova-network-POSTROUTING").Should().BeEmpty();
        host.V4.Chain("nat", "nova-network-POSTROUTING").Should().BeEmpty();
    }

    [Fact]
    public void Metadata_on_this_host_is_redirected_and_accepted_by_its_local_address()
    {
        var settings = Ocata with { MetadataHost = Ip.Parse("127.0.0.1") };
        var host = Run(settings, Sample.Network());
        host.V4.Chain("nat", "nova-network-PREROUTING").Should().Equal("-d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8775");
        new PlanRun(host, "nova-api", RuleProfile.Ocata).Start(NetworkPlanner.Metadata(settings));
        host.V4.Chain("filter", "nova-api-INPUT").Should().Equal("-p tcp -m tcp --dport 8775 -m addrtype --dst-type LOCAL -j ACCEPT");
    }

    [Fact]
    public void Metadata_at_an_IPv6_address_goes_to_the_IPv6_filter_and_never_into_a_table_of_IPv4()
    {
        var settings = Ocata with { MetadataHost = Ip.Parse("fd00::90"), UseIpv6 = true };
        var host = Run(settings, Sample.Network());
        new PlanRun(host, "nova-api", RuleProfile.Ocata, ipv6: true).Start(NetworkPlanner.Metadata(settings));
        host.V6.Chain("filter", "nova-api-INPUT").Should().Equal("-d fd00::90/128 -p tcp -m tcp --dport 8775 -j ACCEPT");
        host.V4.Chain("filter", "nova-api-INPUT").Should().BeEmpty();
        host.V4.Chain("nat", "nova-network-PREROUTING").Should().BeEmpty();
    }

    [Fact]
    public void IPv6_ranges_in_settings_never_reach_a_table_of_IPv4()
    {
        var six = Cidr.Parse("2001:db8::/32");
        var settings = Ocata with { DmzCidr = [six], ForceSnatRange = [six], RoutingSourceIp = Ip.Parse("2001:db8::1") };
        Run(settings, External).V4.Save().Should().NotContain("2001:db8");
    }

    [Fact]
    public void Two_networks_of_one_bridge_share_its_lines_and_the_second_keeps_them()
    {
        var host = new Testing.FakeHost();
        var run = new PlanRun(host, "nova-network", RuleProfile.Ocata);
        run.Start(NetworkPlanner.Host(Ocata), NetworkPlanner.Bridge(Sample.Network(), Ocata), NetworkPlanner.Bridge(Sample.Network(2, "10.20.0.0/16"), Ocata));
        host.V4.Chain("filter", "nova-network-FORWARD").Should().Equal("-i br100 -j ACCEPT", "-o br100 -j ACCEPT");
        run.Remove("network/1");
        host.V4.Chain("filter", "nova-network-FORWARD").Should().Equal("-i br100 -j ACCEPT", "-o br100 -j ACCEPT");
        host.V4.Chain("nat", "nova-network-snat").Should().Equal("-j nova-network-float-snat", "-s 10.20.0.0/16 -o wlan0 -j SNAT --to-source 192.168.1.90");
        run.Remove("network/2");
        host.V4.Chain("filter", "nova-network-FORWARD").Should().BeEmpty();
    }

    [Fact]
    public void A_floating_address_without_interface_is_translated_everywhere_and_one_that_is_free_has_no_rules()
    {
        var settings = Ocata with { PublicInterface = null };
        var host = Run(settings, Sample.Network(), NetworkPlanner.Floating(Sample.Floating() with { Interface = null }, settings)!);
        host.V4.Chain("nat", "nova-network-float-snat").Should().Equal("-s 10.10.10.2/32 -j SNAT --to-source 192.168.1.233");
        NetworkPlanner.Floating(Sample.Floating(fixedAddress: null), settings).Should().BeNull();
    }

    private static Testing.FakeHost Run(NovaSettings settings, Network network, params Policy[] more)
    {
        var host = new Testing.FakeHost();
        new PlanRun(host, "nova-network", settings.RuleProfile).Start([NetworkPlanner.Host(settings), NetworkPlanner.Bridge(network, settings), .. more]);
        return host;
    }

    private static IEnumerable<string> Snat(NovaSettings settings, Network network) => Run(settings, network).V4.Chain("nat", "nova-network-snat")!.Skip(1);
}
