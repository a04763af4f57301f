using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules;

/// <summary>What is ours in the tables, and what happens to it when somebody else had a hand in it.</summary>
public sealed class OwnershipTests
{
    private static readonly NovaSettings Settings = Sample.Settings();
    private readonly Testing.FakeHost _host = new();

    [Fact]
    public void A_strangers_rule_into_a_chain_that_goes_keeps_the_chain_empty_and_blocks_nobody()
    {
        var run = Compute(1, 2);
        _host.V4.Restore("*filter\n-A INPUT -s 10.9.9.9/32 -j nova-compute-inst-1\nCOMMIT\n");
        var next = New();
        next.Start([new Policy.ComputeHost(), .. Filter(2)]);
        _host.V4.Chain("filter", "nova-compute-inst-1").Should().BeEmpty();
        _host.V4.Chain("filter", "INPUT").Should().Contain("-s 10.9.9.9/32 -j nova-compute-inst-1");
        _host.V4.Chain("filter", "nova-compute-local").Should().ContainSingle();
        New().Start([new Policy.ComputeHost(), .. Filter(2)]).Should().BeEmpty("nothing is left to do while the rule stands");
        _host.V4.Restore("*filter\n-D INPUT -s 10.9.9.9/32 -j nova-compute-inst-1\nCOMMIT\n");
        New().Start([new Policy.ComputeHost(), .. Filter(2)]);
        _host.V4.Chain("filter", "nova-compute-inst-1").Should().BeNull();
        run.Plan.Book.Has("instance/1").Should().BeTrue("the first life is only a memory here");
    }

    [Fact]
    public void Jumps_and_chains_of_an_older_layout_go()
    {
        _host.V4.Restore("*filter\n:nova-compute-a - [0:0]\n:nova-compute-b - [0:0]\n-A nova-compute-b -j nova-compute-a\n-A INPUT -j nova-compute-b\n-A INPUT -j nova-compute-b\nCOMMIT\n");
        Compute();
        _host.V4.Save().Should().NotContain("nova-compute-a").And.NotContain("nova-compute-b");
    }

    [Fact]
    public void A_change_of_profile_takes_the_mangle_chains_along()
    {
        new PlanRun(_host, "nova-compute", RuleProfile.Ocata).Start([new Policy.ComputeHost(), .. Filter(1)]);
        _host.V4.Chain("mangle", "nova-compute-POSTROUTING").Should().NotBeNull();
        new PlanRun(_host, "nova-compute", RuleProfile.Article).Start([new Policy.ComputeHost(), .. Filter(1)]);
        _host.V4.Chain("mangle", "nova-compute-POSTROUTING").Should().BeNull();
        _host.V4.Chain("mangle", "POSTROUTING").Should().BeEmpty();
        new PlanRun(_host, "nova-compute", RuleProfile.Ocata).Start([new Policy.ComputeHost(), .. Filter(1)]);
        _host.V4.Chain("filter", "nova-compute-provider").Should().BeNull();
    }

    [Fact]
    public void The_api_daemon_leaves_its_longer_named_sister_alone()
    {
        new PlanRun(_host, "nova-api-metadata", RuleProfile.Ocata).Start(NetworkPlanner.Metadata(Settings));
        new PlanRun(_host, "nova-api", RuleProfile.Ocata).Start();
        _host.V4.Chain("filter", "nova-api-metadat-INPUT").Should().Equal("-d 192.168.1.90/32 -p tcp -m tcp --dport 8775 -j ACCEPT");
        _host.V4.Chain("filter", "INPUT").Should().Equal("-j nova-api-INPUT", "-j nova-api-metadat-INPUT");
    }

    [Theory]
    [InlineData("-A nova-compute-inst-1 -j ACCEPT")]
    [InlineData("-I nova-compute-inst-1 1 -j ACCEPT")]
    [InlineData("-A nova-compute-inst-1 -m state --state INVALID -j DROP")]
    [InlineData("-I nova-compute-inst-1 1 -j nova-compute-sg-fallback")]
    [InlineData("-D nova-compute-inst-1 2")]
    [InlineData("-F nova-compute-inst-1")]
    [InlineData("-F nova-compute-local")]
    [InlineData("-D FORWARD -j nova-filter-top")]
    [InlineData("-I FORWARD 1 -j ACCEPT")]
    [InlineData("-A FORWARD -j nova-filter-top")]
    [InlineData("-D INPUT -j nova-compute-INPUT\n-I INPUT 1 -j nova-compute-INPUT\n-A INPUT -j nova-compute-INPUT")]
    [InlineData("-F nova-filter-top")]
    public void What_somebody_did_to_our_chains_is_undone_at_the_next_start(string command)
    {
        Compute(1, 10);
        var listing = _host.V4.Save();
        _host.V4.Restore($"*filter\n{command}\nCOMMIT\n");
        _host.V4.Save().Should().NotBe(listing);
        New().Start([new Policy.ComputeHost(), .. Filter(1), .. Filter(10)]);
        _host.V4.Save().Replace("-A FORWARD -j ACCEPT\n", "", StringComparison.Ordinal).Should().Be(listing);
        _host.V4.Chain("filter", "FORWARD")![0].Should().Be("-j nova-filter-top", "what no group allows must not pass above us");
        New().Start([new Policy.ComputeHost(), .. Filter(1), .. Filter(10)]).Should().BeEmpty();
    }

    [Fact]
    public void A_line_that_stood_twice_is_taken_from_the_right_place()
    {
        const string Ping = "-p icmp -j ACCEPT";
        ChainEditOf(["a", Ping, "b", Ping], ["a", Ping, "b"]).Should().Equal("a", Ping, "b");
    }

    /// <summary>The chain as it stands after a start that finds <paramref name="before"/> where an instance's lines should be; letters stand for marks.</summary>
    private List<string> ChainEditOf(string[] before, string[] after)
    {
        static string Line(string text) => text.Length == 1 ? $"-s 10.0.0.{text[0] - 'a'}/32 -j ACCEPT" : text;
        static string Back(string line) => line.StartsWith("-s 10.0.0.", StringComparison.Ordinal) ? $"{(char)('a' + (line[10] - '0'))}" : line;
        var rules = after.Select((text, i) => text.Length == 1 ? Sample.Rule(null, null, null, $"10.0.0.{text[0] - 'a'}/32", id: i) : Sample.Rule("icmp", -1, -1, id: i));
        var server = Sample.Server(1, null, Sample.Group([.. rules]));
        var policies = (server with { View = server.View with { Nics = [] } }).Policies(Settings);
        New().Start([new Policy.ComputeHost(), .. policies]);
        var chain = _host.V4.Chain("filter", "nova-compute-inst-1")!;
        var (head, tail) = (chain.Take(3).ToList(), chain[^1]);
        _host.V4.Restore("*filter\n:nova-compute-inst-1 - [0:0]\n" + string.Concat(head.Concat(before.Select(Line)).Append(tail).Select(line => $"-A nova-compute-inst-1 {line}\n")) + "COMMIT\n");
        New().Start([new Policy.ComputeHost(), .. policies]);
        return [.. _host.V4.Chain("filter", "nova-compute-inst-1")!.Skip(3).SkipLast(1).Select(Back)];
    }

    private PlanRun Compute(params long[] ids)
    {
        var run = New();
        run.Start([new Policy.ComputeHost(), .. ids.SelectMany(Filter)]);
        return run;
    }

    private PlanRun New() => new(_host, "nova-compute", RuleProfile.Article);

    private static IReadOnlyList<Policy> Filter(long id) => Sample.Server(id, null, Sample.Group(Sample.Rule("tcp", 22, 22), Sample.Rule("icmp", -1, -1, id: 2))).Policies(Settings);
}
