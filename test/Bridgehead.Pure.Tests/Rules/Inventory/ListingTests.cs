using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Inventory;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Nftables;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules.Inventory;

/// <summary>Each state that a rule, an element, a chain or a set can be in, one by one.</summary>
public sealed class ListingTests
{
    private static readonly GroupView Group = Sample.Group(Sample.Rule("tcp", 80, 80, id: 1), Sample.Rule("icmp", -1, -1, id: 2));

    private static readonly SampleCloud Cloud = new(
        Sample.Settings(), [Sample.Network()], [Sample.Server(1, null, Group).View, Sample.Server(2, null, Group).View], [Group], [Sample.Floating()], []);

    private static readonly NovaSettings Iptables = Cloud.Settings;
    private static readonly NovaSettings Native = Cloud.Settings with { NetfilterBackend = NetfilterBackend.Nftables };

    [Fact]
    public void Counters_and_handles_are_those_of_the_rule()
    {
        var kernel = new ModelKernel(Cloud.Policies, Iptables);
        kernel.Saved = kernel.Saved.Replace("[0:0] -A nova-compute-inst-1 -p icmp -j ACCEPT", "[12:1008] -A nova-compute-inst-1 -p icmp -j ACCEPT", StringComparison.Ordinal);
        var handles = new Dictionary<ChainId, IReadOnlyList<ulong>> { [new ChainId(IpFamily.V4, Table.Filter, "nova-compute-local")] = [41, 42] };
        var listing = Listing.Of(Cloud.Policies, Iptables, ModelKernel.Workers, kernel.Read() with { Handles = handles }, NftModel.PrintOf);
        listing.Differs.Should().BeFalse();
        var rule = Find(listing, "nova-compute-inst-1").Rules.Single(rule => rule.Text == "-p icmp -j ACCEPT");
        (rule.Count, rule.GroupRule).Should().Be((new RuleCount(12, 1008), 2L));
        listing.At("ip", "filter", "nova-compute-local", 42)!.Text.Should().Be("-d 10.10.10.3/32 -j nova-compute-inst-2");
        listing.At("ip", "filter", "nova-compute-local", 43).Should().BeNull();
    }

    [Fact]
    public void Rules_of_a_chain_are_missing_unexpected_and_moved()
    {
        var kernel = new ModelKernel(Cloud.Policies, Iptables);
        kernel.Saved = kernel.Saved
            .Replace("[0:0] -A nova-compute-inst-1 -p icmp -j ACCEPT\n", "", StringComparison.Ordinal)
            .Replace("[0:0] -A nova-compute-inst-1 -m state --state INVALID -j DROP\n", "", StringComparison.Ordinal)
            .Replace("[0:0] -A nova-compute-inst-1 -j nova-compute-sg-fallback\n", "[5:300] -A nova-compute-inst-1 -j nova-compute-sg-fallback\n[0:0] -A nova-compute-inst-1 -m state --state INVALID -j DROP\n[1:1] -A nova-compute-inst-1 -j LOG\n", StringComparison.Ordinal);
        var rules = Find(kernel.List(Cloud.Policies, Iptables), "nova-compute-inst-1").Rules;
        rules.Where(rule => rule.State != ListedState.Kept).Select(rule => (rule.Text, rule.State)).Should().Equal(
            ("-p icmp -j ACCEPT", ListedState.Missing), ("-m state --state INVALID -j DROP", ListedState.Moved), ("-j LOG", ListedState.Unexpected));
        rules.Single(rule => rule.State == ListedState.Missing).Why.Should().Be("security group default, rule 2");
        rules[^2].Why.Should().EndWith("packets of no connection");
        rules[^1].Why.Should().BeNull();
    }

    /// <summary>A missing rule is told where it should stand.</summary>
    [Fact]
    public void An_emptied_chain_lists_what_is_missing_in_its_order()
    {
        var kernel = new ModelKernel(Cloud.Policies, Iptables);
        var whole = Find(kernel.List(Cloud.Policies, Iptables), "nova-compute-inst-1");
        kernel.Saved = string.Join('\n', kernel.Saved.Split('\n').Where(line => !line.Contains("-A nova-compute-inst-1 ", StringComparison.Ordinal)));
        var empty = Find(kernel.List(Cloud.Policies, Iptables), "nova-compute-inst-1");
        empty.State.Should().Be(ListedState.Kept);
        empty.Rules.Select(rule => (rule.Text, rule.Why, rule.State, rule.Count)).Should().Equal(whole.Rules.Select(rule => (rule.Text, rule.Why, ListedState.Missing, (RuleCount?)null)));
        kernel.Saved = string.Join('\n', kernel.Saved.Split('\n').Where(line => !line.StartsWith(":nova-compute-inst-1 ", StringComparison.Ordinal)));
        Find(kernel.List(Cloud.Policies, Iptables), "nova-compute-inst-1").State.Should().Be(ListedState.Missing);
    }

    [Fact]
    public void Our_jumps_stand_among_other_peoples_rules()
    {
        var kernel = new ModelKernel(Cloud.Policies, Iptables);
        kernel.Saved = kernel.Saved
            .Replace("[0:0] -A FORWARD -j nova-filter-top\n", "[7:420] -A FORWARD -s 192.0.2.0/24 -j DROP\n[0:0] -A FORWARD -j nova-filter-top\n", StringComparison.Ordinal)
            .Replace("[0:0] -A FORWARD -j nova-compute-FORWARD\n", "[0:0] -A FORWARD -j nova-api-FORWARD\n[0:0] -A FORWARD -j nova-network-INPUT\n", StringComparison.Ordinal)
            .Replace(":nova-api-local", ":DOCKER - [0:0]\n[0:0] -A DOCKER -j ACCEPT\n:nova-api-local", StringComparison.Ordinal);
        var listing = kernel.List(Cloud.Policies, Iptables);
        Find(listing, "FORWARD").Rules.Select(rule => (rule.Text, rule.State)).Should().Equal(
            ("-s 192.0.2.0/24 -j DROP", ListedState.Foreign),
            ("-j nova-filter-top", ListedState.Moved),
            ("-j nova-network-FORWARD", ListedState.Kept),
            ("-j nova-compute-FORWARD", ListedState.Missing),
            ("-j nova-api-FORWARD", ListedState.Kept),
            ("-j nova-network-INPUT", ListedState.Unexpected),
            ("-j nova-api-FORWARD", ListedState.Unexpected));
        (Find(listing, "DOCKER").State, Find(listing, "DOCKER").Rules.Single().State).Should().Be((ListedState.Foreign, ListedState.Foreign));
    }

    [Fact]
    public void What_the_other_back_end_or_a_worker_that_is_not_here_left_is_unexpected()
    {
        var iptables = new ModelKernel(Cloud.Policies, Iptables);
        var left = new ModelKernel(Cloud.Policies, Native) { Saved = iptables.Saved }.List(Cloud.Policies, Native);
        Find(left, "nova-compute-inst-1").State.Should().Be(ListedState.Unexpected);
        Find(left, "nova-filter-top").State.Should().Be(ListedState.Unexpected);
        Find(left, "FORWARD").Rules.Should().OnlyContain(rule => rule.State == ListedState.Unexpected);
        var native = new ModelKernel(Cloud.Policies, Native) { Saved = "" }.List(Cloud.Policies, Iptables);
        native.Chains.Where(chain => chain.Table.Name == "bridgehead").Should().NotBeEmpty().And.OnlyContain(chain => chain.State == ListedState.Unexpected);
        native.Chains.Where(chain => chain.Table.Name == "bridgehead_l2").Should().NotBeEmpty().And.OnlyContain(chain => !chain.Differs);
        var alone = Listing.Of(Cloud.Policies, Iptables, [Binaries.Compute], iptables.Read(), NftModel.PrintOf);
        alone.Chains.Where(chain => chain.State == ListedState.Unexpected).Should().NotBeEmpty().And.OnlyContain(chain => chain.Name.StartsWith("nova-network-", StringComparison.Ordinal) || chain.Name.StartsWith("nova-api-", StringComparison.Ordinal));
        Find(alone, "nova-compute-inst-1").Differs.Should().BeFalse();
    }

    /// <summary>A host that does only part of the work wants nothing of the rest.</summary>
    [Theory]
    [InlineData(NetfilterBackend.Iptables)]
    [InlineData(NetfilterBackend.Nftables)]
    public void Of_a_worker_that_was_never_here_nothing_is_missing(NetfilterBackend backend)
    {
        var settings = Iptables with { NetfilterBackend = backend };
        var part = Cloud.Policies with { Network = [], Api = [] };
        var kernel = new ModelKernel(part, settings);
        kernel.Saved = string.Join('\n', kernel.Saved.Split('\n').Where(line => !line.Contains("nova-network-", StringComparison.Ordinal) && !line.Contains("nova-api-", StringComparison.Ordinal)));
        foreach (var id in kernel.Image.Chains.Keys.Where(new NetworkLayout(settings.RuleProfile).Owns).ToList())
        {
            kernel.Image.Chains.Remove(id);
        }

        foreach (var id in kernel.Image.Sets.Keys.Where(new NetworkLayout(settings.RuleProfile).Owns).ToList())
        {
            kernel.Image.Sets.Remove(id);
        }

        Listing.Of(Cloud.Policies, settings, [Binaries.Compute], kernel.Read(), NftModel.PrintOf).Differs.Should().BeFalse();
        kernel.List(Cloud.Policies, settings).Differs.Should().BeTrue();
    }

    [Fact]
    public void An_element_is_a_rule_with_counter_and_reason()
    {
        var kernel = new ModelKernel(Cloud.Policies, Native);
        var (table, ports) = (new NftTable(NftFamily.Ip, "bridgehead"), new NftId(new NftTable(NftFamily.Ip, "bridgehead"), "ports-1"));
        var port = Find(kernel.List(Cloud.Policies, Native), "ports-1").Rules.Single();
        (port.Text, port.State, port.Count, port.GroupRule, port.Why).Should().Be(("tcp . 80", ListedState.Kept, new RuleCount(3, 180), 1L, "rule 1"));

        var set = kernel.Image.Sets[ports];
        kernel.Image.Sets[ports] = (set.Set, new Dictionary<NftValue, NftData> { [NftValue.Octet(6).Then(NftValue.Word(23))] = NftData.None });
        var inst = kernel.Image.Sets[new NftId(table, "inst")].Elements;
        inst[NftValue.Of(Ip.Parse("10.10.10.2"))] = NftData.Of(NftValue.Mark(7));
        var listing = kernel.List(Cloud.Policies, Native);
        Find(listing, "ports-1").Rules.Select(rule => (rule.Text, rule.State)).Should().Equal(("tcp . 23", ListedState.Unexpected), ("tcp . 80", ListedState.Missing));
        Find(listing, "inst").Rules.Select(rule => (rule.Text.Split(" : ")[0], rule.State, rule.Why)).Should().Equal(
            ("10.10.10.2", ListedState.Missing, "instance 00000001-0000-0000-0000-000000000000"),
            ("10.10.10.2", ListedState.Unexpected, null),
            ("10.10.10.3", ListedState.Kept, "instance 00000002-0000-0000-0000-000000000000"));
    }

    [Fact]
    public void A_class_belongs_to_its_instances()
    {
        var listing = new ModelKernel(Cloud.Policies, Native).List(Cloud.Policies, Native);
        listing.Chains.Single(chain => chain.Name.StartsWith("cls-", StringComparison.Ordinal)).Owners.Should().Equal("instance/1", "instance/2");
        Find(listing, "cls").Rules.Single().Owners.Should().Equal("instance/1", "instance/2");
    }

    [Fact]
    public void A_chain_with_another_hook_and_a_set_of_another_kind_are_altered()
    {
        var kernel = new ModelKernel(Cloud.Policies, Native);
        var table = new NftTable(NftFamily.Ip, "bridgehead");
        var (forward, inst) = (new NftId(table, "forward"), new NftId(table, "inst"));
        kernel.Image.Chains[forward] = (new NftChain(forward, new NftBase(NftHook.Forward, 7)), kernel.Image.Chains[forward].Rules);
        kernel.Image.Sets[inst] = (null, []);
        kernel.Image.Chains[new NftId(table, "mine")] = (new NftChain(new NftId(table, "mine")), []);
        var listing = kernel.List(Cloud.Policies, Native);
        Find(listing, "forward").State.Should().Be(ListedState.Altered);
        (Find(listing, "inst").State, Find(listing, "inst").Rules.Select(rule => rule.State).Distinct().Single()).Should().Be((ListedState.Altered, ListedState.Missing));
        Find(listing, "mine").State.Should().Be(ListedState.Foreign);
    }

    [Fact]
    public void What_is_left_of_IPv6_is_unexpected_where_it_is_not_used()
    {
        var kernel = new ModelKernel(Cloud.Policies, Iptables);
        kernel.SavedV6 = "*filter\n:FORWARD ACCEPT [0:0]\n:nova-compute-local - [0:0]\n[0:0] -A FORWARD -j nova-compute-local\n[0:0] -A FORWARD -j ACCEPT\nCOMMIT\n";
        var v6 = kernel.List(Cloud.Policies, Iptables).Chains.Where(chain => chain.Table.ToString() == "ip6tables filter").ToList();
        v6.Select(chain => (chain.Name, chain.State)).Should().Equal(("FORWARD", ListedState.Kept), ("nova-compute-local", ListedState.Unexpected));
        v6[0].Rules.Select(rule => rule.State).Should().Equal(ListedState.Unexpected, ListedState.Foreign);
    }

    private static ListedChain Find(Listing listing, string name) => listing.Chains.First(chain => chain.Name == name);
}
