using System.Net;
using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Nftables;
using Bridgehead.Testing;
using CsCheck;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules.Nftables;

/// <summary>A group's rules "ports from a prefix": which are elements and which stay rules, however they overlap.</summary>
public sealed class OverlapTests
{
    private static readonly NftId From = new(new NftTable(NftFamily.Ip, "bridgehead"), "from-1");
    private static readonly NftChain Chain = new(new NftId(From.Table, "sg-1"));
    private static readonly string[] Prefixes = ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32", "10.2.0.0/16", "192.0.2.0/24"];

    /// <summary>Ids in any order.</summary>
    private static readonly Gen<SecurityGroupRule[]> Rules = Gen.Select(Gen.Int[0, Prefixes.Length - 1], Gen.Int[1, 12], Gen.Int[0, 6], Gen.Bool).Array[0, 12].SelectMany(drafts => Gen.Shuffle(
        drafts.Select((draft, i) => Sample.Rule(draft.Item4 ? "tcp" : "udp", draft.Item2, draft.Item2 + draft.Item3, Prefixes[draft.Item1], id: i + 1)).ToArray()));

    private readonly NftModel _kernel = new();

    [Fact]
    public void No_two_elements_overlap_and_no_rule_stays_one_without_need() => Rules.Sample(rules =>
    {
        var plan = Plan(rules);
        var elements = plan.Elements(From).Select(element => Box.Of(element.Key)).ToList();
        var left = plan.Rules(Chain)!.Where(rule => rule.GroupRule is not null).Select(rule => rules.Single(known => known.Id == rule.GroupRule)).ToList();
        var ranges = rules.Where(rule => !IsOpenPort(rule)).ToList();
        elements.SelectMany((one, i) => elements.Skip(i + 1).Select(other => one.Overlaps(other))).Should().NotContain(true);
        foreach (var rule in ranges)
        {
            var before = ranges.Where(other => other.Id < rule.Id && elements.Contains(Box.Of(other)));
            (elements.Contains(Box.Of(rule)) || left.Exists(other => Box.Of(other) == Box.Of(rule))).Should().BeTrue($"rule {rule.Id} is somewhere");
            (elements.Contains(Box.Of(rule)) || before.Any(other => Box.Of(other).Overlaps(Box.Of(rule)))).Should().BeTrue($"rule {rule.Id} is an element unless one before it is in its way");
        }

        elements.Should().HaveCount(ranges.Select(Box.Of).Distinct().Count() - left.Select(Box.Of).Distinct().Count());
    });

    [Fact]
    public void The_order_in_which_rules_are_told_does_not_matter() => Rules.Sample(rules =>
    {
        Listing(rules).Should().Be(Listing([.. rules.OrderBy(rule => rule.Id)]));
    });

    [Fact]
    public void Rules_come_and_go_in_any_order() => Gen.Select(Rules, Gen.Int[0, 11].Array[20]).Sample((rules, turns) =>
    {
        var kernel = new NftModel();
        var run = new NftRun(kernel, new ComputeLayout(ipv6: false));
        run.Start(Group([]));
        HashSet<long> present = [];
        foreach (var turn in turns.Where(turn => turn < rules.Length))
        {
            if (!present.Add(rules[turn].Id))
            {
                present.Remove(rules[turn].Id);
            }

            SecurityGroupRule[] now = [.. rules.Where(rule => present.Contains(rule.Id))];
            run.Put(Group(now));
            kernel.List().Should().Be(Listing(now));
        }
    });

    [Fact]
    public void Ports_from_a_prefix_are_one_element_and_a_rule_with_the_same_range_is_none()
    {
        var run = Started();
        var rule = Sample.Rule("tcp", 80, 90, "10.0.0.0/8", id: 1);
        run.Put(Group([rule])).Should().ContainSingle().Which.Should().BeOfType<NftOperation.AddElements>().Which.Elements.Should().ContainSingle();
        run.Put(Group([rule, Sample.Rule("tcp", 80, 90, "10.0.0.0/8", id: 2)])).Should().BeEmpty();
        run.Put(Group([Sample.Rule("tcp", 80, 90, "10.0.0.0/8", id: 2)])).Should().BeEmpty();
        run.Put(Group([])).Should().ContainSingle().Which.Should().BeOfType<NftOperation.DeleteElements>();
    }

    [Fact]
    public void When_a_rule_goes_the_one_that_it_kept_out_becomes_an_element_in_the_same_transaction()
    {
        var run = Started();
        var (wide, narrow) = (Sample.Rule("tcp", 80, 80, "10.0.0.0/8", id: 1), Sample.Rule("tcp", 80, 90, "10.1.0.0/16", id: 2));
        run.Put(Group([wide]));
        run.Put(Group([wide, narrow])).Should().ContainSingle().Which.Should().BeOfType<NftOperation.AddRule>().Which.Rule.GroupRule.Should().Be(2);
        run.Put(Group([narrow])).Select(operation => operation.GetType().Name).Should().Equal("DeleteElements", "AddElements", "DeleteRule");
        run.Put(Group([wide, narrow])).Select(operation => operation.GetType().Name).Should().Equal("DeleteElements", "AddElements", "AddRule");
    }

    [Theory]
    [InlineData("icmp", 8, -1, "10.0.0.0/8")]
    [InlineData("icmp", -1, -1, "10.0.0.0/8")]
    [InlineData(null, null, null, "10.0.0.0/8")]
    public void What_has_no_ports_stays_a_rule(string? protocol, int? from, int? to, string prefix) =>
        Started().Put(Group([Sample.Rule(protocol, from, to, prefix)])).Should().ContainSingle().Which.Should().BeOfType<NftOperation.AddRule>();

    [Fact]
    public void A_range_of_ports_from_everywhere_is_an_element_over_all_addresses()
    {
        Started().Put(Group([Sample.Rule("tcp", 80, 90)]));
        _kernel.List().Should().Contain("    0.0.0.0/0 . tcp . 80-90\n");
    }

    /// <summary>The daemons' planners give the rules as the store has them; overlaps are among them.</summary>
    [Fact]
    public void Sample_clouds_have_rules_on_both_sides()
    {
        var mixed = 0;
        for (ulong seed = 1; seed <= 100; seed++)
        {
            var plan = new NftPlan(new ComputeLayout(ipv6: true), NftModel.PrintOf);
            plan.Replace(CloudGen.Clouds.Generate(new PCG(1, seed), null, out _).Policies.Compute);
            var left = plan.Chains.SelectMany(chain => plan.Rules(chain)!).Count(rule => rule.GroupRule is not null && rule.Text.Contains(" dport ", StringComparison.Ordinal) && !rule.Text.Contains('@', StringComparison.Ordinal));
            mixed += left > 0 && plan.Sets.Where(set => set.Interval).SelectMany(set => plan.Elements(set.Id)).Any() ? 1 : 0;
        }

        mixed.Should().BeGreaterThan(20);
    }

    private NftRun Started()
    {
        var run = new NftRun(_kernel, new ComputeLayout(ipv6: false));
        run.Start(Group([]));
        return run;
    }

    private static NftPlan Plan(SecurityGroupRule[] rules)
    {
        var run = new NftRun(new NftModel(), new ComputeLayout(ipv6: false));
        run.Start(Group(rules));
        return run.Plan;
    }

    private static string Listing(SecurityGroupRule[] rules)
    {
        var kernel = new NftModel();
        new NftRun(kernel, new ComputeLayout(ipv6: false)).Start(Group(rules));
        return kernel.List();
    }

    private static Policy Group(SecurityGroupRule[] rules) => InstancePlanner.Group(Sample.Group(rules));

    private static bool IsOpenPort(SecurityGroupRule rule) => rule.Cidr!.Value.PrefixLength == 0 && rule.FromPort == rule.ToPort;

    /// <summary>A rule's or an element's range, by arithmetic of its own.</summary>
    private sealed record Box(UInt128 FromAddress, UInt128 ToAddress, byte Protocol, int FromPort, int ToPort)
    {
        public static Box Of(SecurityGroupRule rule) => new(
            rule.Cidr!.Value.BaseAddress.ToNumber(), rule.Cidr.Value.Last().ToNumber(), rule.Protocol == "tcp" ? (byte)6 : (byte)17, rule.FromPort!.Value, rule.ToPort!.Value);

        public static Box Of(NftValue element) => new(
            new IPAddress(element.Span[..4]).ToNumber(), new IPAddress(element.Last[..4]).ToNumber(), element.Span[4], (element.Span[8] << 8) | element.Span[9], (element.Last[8] << 8) | element.Last[9]);

        public bool Overlaps(Box other) => Protocol == other.Protocol && FromAddress <= other.ToAddress && other.FromAddress <= ToAddress && FromPort <= other.ToPort && other.FromPort <= ToPort;
    }
}
