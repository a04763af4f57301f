using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules;

/// <summary>What iptables-save prints after each step of the article, and how the three daemons' chains hang together.</summary>
public sealed class ArticleListingTests
{
    private const string Folder = "test/Bridgehead.Pure.Tests/Rules/golden";

    /// <summary>The article's lines, as printed there, with their tables.</summary>
    private static readonly string[] PrintedInTheArticle =
    [
        "nat -A nova-network-POSTROUTING -s 10.0.0.0/8 -d 192.168.1.90/32 -j ACCEPT",
        "nat -A nova-network-PREROUTING -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 192.168.1.90:8775",
        "nat -A nova-network-POSTROUTING -s 10.0.0.0/8 -d 10.128.0.0/24 -j ACCEPT",
        "nat -A nova-network-POSTROUTING -s 10.0.0.0/8 -d 10.0.0.0/8 -m conntrack ! --ctstate DNAT -j ACCEPT",
        "nat -A nova-network-snat -s 10.0.0.0/8 -j SNAT --to-source 192.168.1.90",
        "nat -A nova-network-OUTPUT -d 192.168.1.233/32 -j DNAT --to-destination 10.10.10.2",
        "nat -A nova-network-PREROUTING -d 192.168.1.233/32 -j DNAT --to-destination 10.10.10.2",
        "nat -A nova-network-float-snat -s 10.10.10.2/32 -j SNAT --to-source 192.168.1.233",
        "filter -A nova-api-INPUT -d 192.168.1.90/32 -p tcp -m tcp --dport 8775 -j ACCEPT",
        "filter -A nova-network-FORWARD -i br100 -j ACCEPT",
        "filter -A nova-network-FORWARD -o br100 -j ACCEPT",
        "filter -A nova-network-INPUT -i br100 -p udp -m udp --dport 67 -j ACCEPT",
        "filter -A nova-network-INPUT -i br100 -p tcp -m tcp --dport 67 -j ACCEPT",
        "filter -A nova-network-INPUT -i br100 -p udp -m udp --dport 53 -j ACCEPT",
        "filter -A nova-network-INPUT -i br100 -p tcp -m tcp --dport 53 -j ACCEPT",
        "filter -A nova-compute-FORWARD -i br100 -j ACCEPT",
        "filter -A nova-compute-FORWARD -o br100 -j ACCEPT",
        "filter -A nova-compute-inst-1 -p icmp -j ACCEPT",
    ];

    [Theory]
    [InlineData(RuleProfile.Article, "article")]
    [InlineData(RuleProfile.Ocata, "ocata")]
    public void Every_step_gives_its_listing(RuleProfile profile, string name)
    {
        var cloud = new ArticleCloud(profile);
        Golden.Matches(cloud.Start().Listing, $"{Folder}/{name}-1-empty-host.txt");
        Golden.Matches(cloud.CreateNetwork().Listing, $"{Folder}/{name}-2-network.txt");
        Golden.Matches(cloud.BootInstance().Listing, $"{Folder}/{name}-3-instance.txt");
        Golden.Matches(cloud.AssociateFloating().Listing, $"{Folder}/{name}-4-floating.txt");
        Golden.Matches(cloud.AllowIcmp().Listing, $"{Folder}/{name}-5-icmp.txt");
    }

    [Fact]
    public void The_articles_lines_stand_verbatim()
    {
        var host = new ArticleCloud(RuleProfile.Article).Whole().Host;
        foreach (var printed in PrintedInTheArticle)
        {
            var words = printed.Split(' ', 4);
            host.V4.Chain(words[0], words[2]).Should().ContainSingle(rule => rule == words[3], printed);
        }
    }

    [Theory]
    [InlineData("filter", "INPUT", "-j nova-network-INPUT", "-j nova-compute-INPUT", "-j nova-api-INPUT")]
    [InlineData("filter", "FORWARD", "-j nova-filter-top", "-j nova-network-FORWARD", "-j nova-compute-FORWARD", "-j nova-api-FORWARD")]
    [InlineData("filter", "OUTPUT", "-j nova-filter-top", "-j nova-network-OUTPUT", "-j nova-compute-OUTPUT", "-j nova-api-OUTPUT")]
    [InlineData("filter", "nova-filter-top", "-j nova-network-local", "-j nova-compute-local", "-j nova-api-local")]
    [InlineData("nat", "PREROUTING", "-j nova-network-PREROUTING", "-j nova-compute-PREROUTING", "-j nova-api-PREROUTING")]
    [InlineData("nat", "OUTPUT", "-j nova-network-OUTPUT", "-j nova-compute-OUTPUT", "-j nova-api-OUTPUT")]
    [InlineData("nat", "POSTROUTING", "-j nova-network-POSTROUTING", "-j nova-compute-POSTROUTING", "-j nova-api-POSTROUTING", "-j nova-postrouting-bottom")]
    [InlineData("nat", "nova-postrouting-bottom", "-j nova-network-snat", "-j nova-compute-snat", "-j nova-api-snat")]
    [InlineData("nat", "nova-api-snat", "-j nova-api-float-snat")]
    [InlineData("nat", "nova-compute-snat", "-j nova-compute-float-snat")]
    [InlineData("nat", "nova-network-snat", "-j nova-network-float-snat", "-s 10.0.0.0/8 -j SNAT --to-source 192.168.1.90")]
    [InlineData(
        "filter",
        "nova-compute-inst-1",
        "-m state --state INVALID -j DROP",
        "-m state --state RELATED,ESTABLISHED -j ACCEPT",
        "-j nova-compute-provider",
        "-s 10.10.10.1/32 -p udp -m udp --sport 67 --dport 68 -j ACCEPT",
        "-s 10.10.10.0/24 -j ACCEPT",
        "-p icmp -j ACCEPT",
        "-j nova-compute-sg-fallback")]
    [InlineData("filter", "nova-compute-local", "-d 10.10.10.2/32 -j nova-compute-inst-1")]
    [InlineData("filter", "nova-compute-sg-fallback", "-j DROP")]
    [InlineData("filter", "nova-compute-provider")]
    public void The_articles_chains_hold_exactly(string table, string chain, params string[] rules) =>
        new ArticleCloud(RuleProfile.Article).Whole().Host.V4.Chain(table, chain).Should().Equal(rules);

    [Theory]
    [InlineData("nat", "nova-network-snat", "-j nova-network-float-snat", "-s 10.10.10.0/24 -o wlan0 -j SNAT --to-source 192.168.1.90")]
    [InlineData(
        "nat",
        "nova-network-float-snat",
        "-s 10.10.10.2/32 -d 10.10.10.2/32 -j SNAT --to-source 192.168.1.233",
        "-s 10.10.10.2/32 -o wlan0 -j SNAT --to-source 192.168.1.233")]
    [InlineData(
        "nat",
        "nova-network-POSTROUTING",
        "-s 10.10.10.0/24 -d 192.168.1.90/32 -j ACCEPT",
        "-s 10.10.10.0/24 -d 10.128.0.0/24 -j ACCEPT",
        "-s 10.10.10.0/24 -d 10.10.10.0/24 -m conntrack ! --ctstate DNAT -j ACCEPT",
        "-s 10.10.10.2/32 -m conntrack --ctstate DNAT -j SNAT --to-source 192.168.1.233")]
    [InlineData(
        "filter",
        "nova-compute-FORWARD",
        "-i br100 -j ACCEPT",
        "-o br100 -j ACCEPT",
        "-s 0.0.0.0/32 -d 255.255.255.255/32 -p udp -m udp --sport 68 --dport 67 -j ACCEPT")]
    [InlineData("filter", "nova-compute-INPUT", "-s 0.0.0.0/32 -d 255.255.255.255/32 -p udp -m udp --sport 68 --dport 67 -j ACCEPT")]
    [InlineData("mangle", "nova-network-POSTROUTING", "-o br100 -p udp -m udp --dport 68 -j CHECKSUM --checksum-fill")]
    [InlineData("mangle", "POSTROUTING", "-j nova-network-POSTROUTING", "-j nova-compute-POSTROUTING", "-j nova-api-POSTROUTING")]
    [InlineData(
        "filter",
        "nova-compute-inst-1",
        "-m state --state INVALID -j DROP",
        "-m state --state RELATED,ESTABLISHED -j ACCEPT",
        "-s 10.10.10.1/32 -p udp -m udp --sport 67 --dport 68 -j ACCEPT",
        "-s 10.10.10.0/24 -j ACCEPT",
        "-p icmp -j ACCEPT",
        "-j nova-compute-sg-fallback")]
    public void Ocatas_chains_hold_exactly(string table, string chain, params string[] rules) =>
        new ArticleCloud(RuleProfile.Ocata).Whole().Host.V4.Chain(table, chain).Should().Equal(rules);

    [Fact]
    public void Ocata_has_no_provider_chain() => new ArticleCloud(RuleProfile.Ocata).Whole().Host.V4.Chain("filter", "nova-compute-provider").Should().BeNull();

    [Fact]
    public void The_order_in_which_the_daemons_start_does_not_matter()
    {
        var settings = Sample.Settings();
        string ListingOf(params int[] order)
        {
            var host = new Testing.FakeHost();
            Action[] starts =
            [
                () => new PlanRun(host, "nova-api", RuleProfile.Article).Start(Bridgehead.Rules.NetworkPlanner.Metadata(settings)),
                () => new PlanRun(host, "nova-network", RuleProfile.Article).Start(Bridgehead.Rules.NetworkPlanner.Host(settings)),
                () => new PlanRun(host, "nova-compute", RuleProfile.Article).Start(new Bridgehead.Rules.Policy.ComputeHost()),
            ];
            foreach (var i in order)
            {
                starts[i]();
            }

            return host.V4.Save();
        }

        int[][] orders = [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0], [2, 2, 1, 0, 1, 2, 0]];
        orders.Select(order => ListingOf(order)).Should().AllBeEquivalentTo(ListingOf(0, 1, 2));
    }
}
