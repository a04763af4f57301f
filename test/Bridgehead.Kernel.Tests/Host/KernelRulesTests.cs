using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Inventory;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Nftables;
using Bridgehead.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>The packet filter as the kernel has it, beside what is desired: either back end, either variant of iptables, with real packets to count.</summary>
public sealed class KernelRulesTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly string[] Workers = [Binaries.Network, Binaries.Compute, Binaries.Api];
    private static readonly Network Dual = Sample.Network() with { CidrV6 = Cidr.Parse("fd00:1::/64"), GatewayV6 = Ip.Parse("fe80::1") };

    private static readonly GroupView Group = Sample.Group(
        Sample.Rule("icmp", -1, -1, id: 1), Sample.Rule("tcp", 80, 80, id: 2), Sample.Rule("tcp", 8000, 8100, "203.0.113.0/24", id: 3), Sample.Rule("udp", 53, 53, "198.51.100.7/32", id: 4),
        Sample.Rule("icmp", 128, 0, "2001:db8::/33", id: 5), Sample.Rule("udp", 1, 65535, "10.0.0.0/9", id: 6), Sample.Rule("icmp", 8, 0, "192.0.2.0/25", id: 7), Sample.Rule("tcp", 25, 25, source: 1, id: 8),
        Sample.Rule("tcp", 26, 27, "2001:db8::/32", id: 9), Sample.Rule("udp", 28, 29, "2001:db8:1:2::/64", id: 10));

    private readonly string _state = Directory.CreateTempSubdirectory("bridgehead-rules-").FullName;
    private readonly List<IDisposable> _backends = [];

    /// <summary>The instances' subnet leads into the loopback device: what goes there passes the rules for what the host itself sends, and is lost.</summary>
    public KernelRulesTests() => World.Run("nft flush ruleset; ip address replace 192.168.1.90/24 dev lo; ip route replace 10.10.10.0/24 dev lo");

    public void Dispose()
    {
        _backends.ForEach(backend => backend.Dispose());
        World.Run("nft flush ruleset; ip address delete 192.168.1.90/24 dev lo; ip route flush 10.10.10.0/24");
        foreach (var program in new[] { "iptables-legacy", "ip6tables-legacy" })
        {
            World.Run($"for t in filter nat; do {program} -t $t -F; {program} -t $t -X; done");
        }

        Directory.Delete(_state, recursive: true);
    }

    [Theory]
    [InlineData(NetfilterBackend.Iptables, "nft", RuleProfile.Article)]
    [InlineData(NetfilterBackend.Iptables, "nft", RuleProfile.Ocata)]
    [InlineData(NetfilterBackend.Iptables, "legacy", RuleProfile.Article)]
    [InlineData(NetfilterBackend.Iptables, "legacy", RuleProfile.Ocata)]
    [InlineData(NetfilterBackend.Nftables, "nft", RuleProfile.Article)]
    [InlineData(NetfilterBackend.Nftables, "nft", RuleProfile.Ocata)]
    public async Task What_daemons_made_is_as_desired(NetfilterBackend backend, string variant, RuleProfile profile)
    {
        var cloud = await MadeAsync(backend, variant, profile);
        var listing = await ListAsync(cloud, variant);
        listing.Chains.Where(chain => chain.Differs).Should().BeEmpty();
        listing.Chains.SelectMany(chain => chain.Rules).Should().OnlyContain(rule => rule.State == ListedState.Kept && !string.IsNullOrEmpty(rule.Why));
        listing.Chains.Sum(chain => chain.Rules.Count).Should().BeGreaterThan(60);
    }

    /// <summary>Three pings and a call to the open port are counted where they were let in.</summary>
    [Theory]
    [InlineData(NetfilterBackend.Iptables, "nft", "nova-compute-inst-1", "nova-compute-inst-1")]
    [InlineData(NetfilterBackend.Iptables, "legacy", "nova-compute-inst-1", "nova-compute-inst-1")]
    [InlineData(NetfilterBackend.Nftables, "nft", "sg-1", "ports-1")]
    public async Task Packets_are_counted_by_the_rule_that_let_them_in(NetfilterBackend backend, string variant, string ping, string port)
    {
        var cloud = await MadeAsync(backend, variant, RuleProfile.Article);
        World.Try("ping -c 3 -i 0.1 -W 1 -s 56 10.10.10.2; timeout 0.5 bash -c '</dev/tcp/10.10.10.2/80'");
        var listing = await ListAsync(cloud, variant);
        listing.Differs.Should().BeFalse();
        Find(listing, ping).Rules.Single(rule => rule.GroupRule == 1).Count.Should().Be(new RuleCount(3, 3 * 84));
        var call = Find(listing, port).Rules.Single(rule => rule.GroupRule == 2).Count!.Value;
        call.Packets.Should().BePositive();
        call.Bytes.Should().Be(call.Packets * 60);
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public async Task What_was_done_to_iptables_by_hand_is_told(string variant)
    {
        var cloud = await MadeAsync(NetfilterBackend.Iptables, variant, RuleProfile.Article);
        var tool = $"iptables-{variant}";
        World.Run($"{tool} -D nova-compute-inst-1 -p icmp -j ACCEPT; {tool} -I nova-compute-inst-1 -p tcp -m tcp --dport 23 -j ACCEPT; {tool} -t nat -F nova-network-snat");
        World.Run($"{tool} -I FORWARD -s 192.0.2.0/24 -j DROP; {tool} -N mine; {tool} -A mine -j RETURN; ip6{tool[2..]} -F nova-compute-local");
        var listing = await ListAsync(cloud, variant);
        Different(listing).Should().BeEquivalentTo(
            [
                "filter FORWARD Moved -j nova-filter-top",
                "filter nova-compute-inst-1 Missing -p icmp -j ACCEPT",
                "filter nova-compute-inst-1 Unexpected -p tcp -m tcp --dport 23 -j ACCEPT",
                "nat nova-network-snat Missing -j nova-network-float-snat",
                "nat nova-network-snat Missing -s 10.0.0.0/8 -j SNAT --to-source 192.168.1.90",
                "filter nova-compute-local Missing -d fd00:1::f816:3eff:fe00:1/128 -j nova-compute-inst-1",
            ],
            options => options.Using<string>(context => context.Subject.Should().Match(context.Expectation.Replace("fd00:1::f816:3eff:fe00:1", "*", StringComparison.Ordinal))).WhenTypeIs<string>());
        Find(listing, "FORWARD").Rules[0].State.Should().Be(ListedState.Foreign);
        Find(listing, "mine").State.Should().Be(ListedState.Foreign);
    }

    [Fact]
    public async Task What_was_done_to_native_tables_by_hand_is_told_in_nfts_words()
    {
        var cloud = await MadeAsync(NetfilterBackend.Nftables, "nft", RuleProfile.Article);
        World.Run("nft delete rule ip bridgehead sg-1 handle $(nft -a list chain ip bridgehead sg-1 | sed -n 's/.*l4proto icmp .*handle //p')");
        World.Run("nft insert rule ip bridgehead sg-1 ip saddr != 192.0.2.0/24 tcp dport '>=' 1024 counter accept; nft add rule ip6 bridgehead local iifname eth7 meta l4proto udp limit rate 3/second drop");
        World.Run("nft delete element ip bridgehead ports-1 '{ tcp . 80 }'; nft add element ip bridgehead ports-1 '{ udp . 514 }'; nft flush set bridge bridgehead_l2 taps");
        World.Run("nft add table inet others; nft add chain ip bridgehead mine; nft add rule ip bridgehead mine ct state new,related masquerade; nft add rule ip bridgehead mine meta mark and 0xff == 0x1 ip daddr 10.0.0.0/13 return");
        var listing = await ListAsync(cloud, "nft");
        Different(listing).Should().BeEquivalentTo(
            $"bridgehead_l2 taps Missing \"{cloud.Policies.Ports[0].Tap}\"",
            "bridgehead ports-1 Missing tcp . 80",
            "bridgehead ports-1 Unexpected udp . 514",
            "bridgehead sg-1 Missing meta l4proto icmp counter accept",
            "bridgehead sg-1 Unexpected ip saddr != 192.0.2.0/24 tcp dport >= 1024 counter accept",
            "bridgehead local Unexpected iifname \"eth7\" meta l4proto udp [limit] drop");
        Find(listing, "mine").Rules.Select(rule => (rule.Text, rule.State)).Should().Equal(
            ("ct state related,new masquerade", ListedState.Foreign), ("meta mark & 0x000000ff == 0x00000001 ip daddr 10.0.0.0/13 return", ListedState.Foreign));
        listing.OtherTables.Should().Equal("inet others");
    }

    /// <summary>A rule that nobody wants is told in words; those of rules of ours, put by our own encoder, are exactly ours.</summary>
    [Theory]
    [InlineData(RuleProfile.Article)]
    [InlineData(RuleProfile.Ocata)]
    public async Task Rules_of_ours_read_back_as_their_own_words(RuleProfile profile)
    {
        var cloud = await MadeAsync(NetfilterBackend.Nftables, "nft", profile);
        var kernel = await new KernelRulesReader(new IptablesPrograms(new CommandRunner(), "nft")).ReadAsync([], Never);
        var words = (await ListAsync(cloud, "nft")).Chains.Where(chain => chain is { Table.Name: "bridgehead", Kind: ListedKind.Chain })
            .SelectMany(chain => chain.Rules.Select(rule => (chain.Table.Family, chain.Name, rule.Handle!.Value, rule.Text)));
        kernel.Native.Rules.Where(rule => rule.Key.Chain.Table.Name == "bridgehead").Select(rule => (NftText.Of(rule.Key.Chain.Table.Family), rule.Key.Chain.Name, rule.Key.Handle, rule.Value.Text))
            .Should().BeEquivalentTo(words);
    }

    /// <summary>With nf_tables below, a rule of iptables has a handle, by which the kernel's packet traces name it.</summary>
    [Fact]
    public async Task Handles_are_those_of_nft()
    {
        var cloud = await MadeAsync(NetfilterBackend.Iptables, "nft", RuleProfile.Article);
        var listing = await ListAsync(cloud, "nft");
        var rule = Find(listing, "nova-compute-inst-1").Rules.Single(rule => rule.Text == "-p icmp -j ACCEPT");
        World.Run("nft -a list chain ip filter nova-compute-inst-1").Should().MatchRegex($"icmp counter packets 0 bytes 0 accept # handle {rule.Handle}\n");
        listing.At("ip", "filter", "nova-compute-inst-1", rule.Handle!.Value).Should().BeSameAs(rule);
        (await ListAsync(cloud, "legacy")).Chains.Where(chain => chain.Table.Program == ListedProgram.Iptables).SelectMany(chain => chain.Rules).Should().OnlyContain(missing => missing.Handle == null);
    }

    private static IEnumerable<string> Different(Listing listing) => listing.Chains.SelectMany(chain => chain.Rules.Where(rule => ListedChain.IsDifferent(rule.State)).Select(rule => $"{chain.Table.Name} {chain.Name} {rule.State} {rule.Text}"));

    private static ListedChain Find(Listing listing, string name) => listing.Chains.First(chain => chain.Name == name);

    private static async Task<Listing> ListAsync(SampleCloud cloud, string variant)
    {
        var kernel = await new KernelRulesReader(new IptablesPrograms(new CommandRunner(), variant)).ReadAsync([IpFamily.V4, IpFamily.V6], Never);
        return Listing.Of(cloud.Policies, cloud.Settings, Workers, kernel, RuleEncoder.PrintOf);
    }

    /// <summary>A cloud of one instance with a floating address, as its daemons bring it into the kernel.</summary>
    private async Task<SampleCloud> MadeAsync(NetfilterBackend backend, string variant, RuleProfile profile)
    {
        var settings = Sample.Settings(profile) with { NetfilterBackend = backend, UseIpv6 = true };
        var cloud = new SampleCloud(settings, [Dual], [Sample.Server(1, Dual, Group).View], [Group], [Sample.Floating()], []);
        cloud = cloud with { Servers = [cloud.Servers[0] with { Nics = [Sample.Nic(1, Dual, "10.10.10.2")] }] };
        var policies = cloud.Policies;
        foreach (var (worker, wanted) in new[] { (Binaries.Network, policies.Network), (Binaries.Compute, policies.Compute), (Binaries.Api, policies.Api) })
        {
            await Writer(backend == NetfilterBackend.Iptables ? Iptables(worker, settings, variant) : Native(worker, settings)).StartAsync(wanted, Never);
        }

        var guard = new NftablesBackend(new GuardLayout(ipv6: true));
        _backends.Add(guard);
        await Writer(guard).StartAsync([.. policies.Ports], Never);
        _backends.ForEach(made => made.Dispose());
        _backends.Clear();
        return cloud;
    }

    private IptablesBackend Iptables(string worker, NovaSettings settings, string variant) =>
        new(new FirewallPlan(worker, RuleProfiles.For(settings.RuleProfile), ipv6: true), new IptablesPrograms(new CommandRunner(), variant), new HostFiles(TimeProvider.System), Path.Combine(_state, "lock"));

    private NftablesBackend Native(string worker, NovaSettings settings)
    {
        var backend = new NftablesBackend(worker switch { Binaries.Network => new NetworkLayout(settings.RuleProfile), Binaries.Compute => new ComputeLayout(ipv6: true), _ => new EmptyLayout() });
        _backends.Add(backend);
        return backend;
    }

    private static FirewallWriter Writer(IFirewallBackend backend) => new(backend, TimeProvider.System, NullLogger<FirewallWriter>.Instance);
}
