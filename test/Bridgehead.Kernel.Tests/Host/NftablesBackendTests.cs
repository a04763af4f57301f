using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Nftables;
using Bridgehead.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>The native back end in the kernel; nft is asked what stands there.</summary>
public sealed partial class NftablesBackendTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly NovaSettings Settings = Sample.Settings(RuleProfile.Ocata) with { UseIpv6 = true };
    private static readonly Network Dual = Sample.Network() with { CidrV6 = Cidr.Parse("fd00:1::/64"), GatewayV6 = Ip.Parse("fe80::1") };
    private readonly List<NftablesBackend> _backends = [];

    public NftablesBackendTests() => World.Run("nft flush ruleset");

    public void Dispose()
    {
        _backends.ForEach(backend => backend.Dispose());
        World.Run("nft flush ruleset");
    }

    [Theory]
    [InlineData("compute")]
    [InlineData("network")]
    [InlineData("guard")]
    public async Task What_is_sent_over_netlink_lists_as_what_nft_makes_of_the_same_words(string worker)
    {
        var (backend, policies) = Worker(worker);
        await Writer(backend).StartAsync(policies, Never);
        var ours = List();
        backend.Dispose();
        World.Run("nft flush ruleset");
        var plan = new NftPlan(LayoutOf(worker), RuleEncoder.PrintOf);
        plan.Replace(policies);
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, NftScript.Of(plan.Pending()), Never);
        World.Run($"nft -f {script}");
        File.Delete(script);
        List().Should().Be(ours);
    }

    [Theory]
    [InlineData("compute")]
    [InlineData("network")]
    [InlineData("guard")]
    public async Task A_second_life_finds_everything_done(string worker)
    {
        var (backend, policies) = Worker(worker);
        await Writer(backend).StartAsync(policies, Never);
        var before = Handles();
        await Writer(Worker(worker).Backend).StartAsync(policies, Never);
        Handles().Should().Be(before);
    }

    [Fact]
    public async Task Single_changes_are_made_and_taken_back()
    {
        var (backend, policies) = Worker("compute");
        var writer = Writer(backend);
        await writer.StartAsync(policies, Never);
        var before = List();
        await writer.ApplyAsync([InstancePlanner.Group(Sample.Group([.. AllRules(), Sample.Rule("tcp", 25, 25, id: 90), Sample.Rule("tcp", 30, 40, "192.0.2.0/25", id: 91)]))], [], Never);
        List().Should().Contain("tcp . 25 ").And.Contain("192.0.2.0/25 . tcp . 30-40");
        await writer.ApplyAsync(Sample.Server(2, Dual, Sample.Group(AllRules())).Policies(Settings), [], Never);
        List().Should().Contain("10.10.10.3 : ");
        await writer.ApplyAsync(policies, [Policy.InstanceFilter.KeyOf(2)], Never);
        List().Should().Be(before);
    }

    [Theory]
    [InlineData("nft flush ruleset")]
    [InlineData("nft delete table ip bridgehead")]
    [InlineData("nft 'delete element ip bridgehead inst { 10.10.10.2 }'")]
    [InlineData("nft 'add element ip bridgehead ports-1 { tcp . 23 }'")]
    [InlineData("nft 'delete element ip bridgehead from-1 { 203.0.113.0/24 . tcp . 8000-8100 }'")]
    [InlineData("nft 'add element ip bridgehead from-1 { 0.0.0.0/0 . tcp . 1-65535 }'")]
    [InlineData("nft 'flush set ip bridgehead from-1; add element ip bridgehead from-1 { 203.0.113.0/24 . tcp . 8100-8200, 10.0.0.0/8 . udp . 7 }'")]
    [InlineData("nft flush chain ip6 bridgehead sg-1")]
    [InlineData("nft insert rule ip bridgehead forward accept")]
    [InlineData("nft add rule ip bridgehead sg-1 accept")]
    [InlineData("nft 'add map ip bridgehead cls-1 { type mark : verdict; }; add chain ip bridgehead sg-99'")]
    public async Task What_somebody_else_changes_of_ours_is_restored_within_a_second_and_counted(string harm)
    {
        World.Run("nft add table inet others; nft add chain inet others c { type filter hook input priority 5\\; }; nft add rule inet others c ip saddr 203.0.113.1 drop");
        var (backend, policies) = Worker("compute");
        var repairs = 0L;
        using var meter = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Name == "bridgehead_drift_repaired") { listener.EnableMeasurementEvents(instrument); } } };
        meter.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref repairs, count));
        meter.Start();
        await Writer(backend).StartAsync(policies, Never);
        var before = List();
        World.Run(harm);
        var foreign = harm.Contains("flush ruleset", StringComparison.Ordinal) ? "" : World.Run("nft -s list table inet others");
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Never);
        List().Should().Be(harm.Contains("flush ruleset", StringComparison.Ordinal) ? Without(before, "table inet others") : before);
        World.Try("nft -s list table inet others").Output.Should().Be(foreign);
        Interlocked.Read(ref repairs).Should().BePositive();
    }

    [Fact]
    public async Task Workers_that_start_and_change_at_the_same_moment_keep_out_of_each_others_way()
    {
        for (var round = 0; round < 20; round++)
        {
            var workers = new[] { "compute", "network", "guard" }.Select(name => (Writer: Writer(Worker(name).Backend), Worker(name).Policies)).ToList();
            await Task.WhenAll(workers.Select(worker => Task.Run(() => worker.Writer.StartAsync(worker.Policies, Never))));
            await Task.WhenAll(workers.SelectMany(worker => worker.Policies.Select(policy => Task.Run(() => worker.Writer.ApplyAsync([policy], [], Never)))));
            var together = List();
            foreach (var name in new[] { "network", "compute", "guard" })
            {
                var before = Handles();
                await Writer(Worker(name).Backend).StartAsync(Worker(name).Policies, Never);
                Handles().Should().Be(before, $"{name} has nothing left to do");
            }

            List().Should().Be(together);
            _backends.ForEach(backend => backend.Dispose());
            _backends.Clear();
            World.Run("nft flush ruleset");
        }
    }

    [Fact]
    public async Task A_worker_that_retires_takes_its_part_and_the_last_one_the_table()
    {
        World.Run("nft add table ip others");
        var (compute, network) = (Worker("compute"), Worker("network"));
        await Writer(network.Backend).StartAsync(network.Policies, Never);
        var alone = List();
        await Writer(compute.Backend).StartAsync(compute.Policies, Never);
        compute.Backend.Dispose();
        network.Backend.Dispose();
        (await Worker("compute").Backend.RetireAsync(Never)).Should().BeTrue();
        Without(List(), "table ip6 bridgehead").Should().Be(alone);
        (await Worker("network").Backend.RetireAsync(Never)).Should().BeTrue();
        List().Should().Be("table ip others {\n}\n");
        (await Worker("network").Backend.RetireAsync(Never)).Should().BeFalse();
    }

    [Fact]
    public async Task A_set_of_another_kind_in_the_place_of_ours_makes_way()
    {
        var (backend, policies) = Worker("compute");
        await Writer(backend).StartAsync(policies, Never);
        var before = List();
        backend.Dispose();
        World.Run("nft delete table ip bridgehead; nft add table ip bridgehead; nft add set ip bridgehead ports-1 { type ipv4_addr\\; }; nft add set ip bridgehead from-1 { type ipv4_addr . inet_proto . inet_service\\; counter\\; }; nft add chain ip bridgehead forward { type filter hook forward priority 7\\; }");
        await Writer(Worker("compute").Backend).StartAsync(policies, Never);
        List().Should().Be(before);
    }

    /// <summary>Tables, and elements of an interval set, stand in the order in which they were made; here in that of their texts.</summary>
    private static string List(string options = "-s") =>
        string.Concat(Tables(Elements().Replace(World.Run($"nft {options} list ruleset"), Sorted)).Order(StringComparer.Ordinal));

    [GeneratedRegex(@"elements = \{[^}]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Elements();

    private static string Sorted(Match elements) => string.Join(", ", elements.Value["elements = {".Length..^1].Split(',').Select(element => element.Trim()).Order(StringComparer.Ordinal));

    private static string Handles() => List("-s -a");

    private static string Without(string listing, string table) => string.Concat(Tables(listing).Where(text => !text.StartsWith(table, StringComparison.Ordinal)));

    private static IEnumerable<string> Tables(string listing) => listing.Split("\n}\n", StringSplitOptions.RemoveEmptyEntries).Select(text => text + "\n}\n");

    private static INftLayout LayoutOf(string worker) => worker switch
    {
        "compute" => new ComputeLayout(ipv6: true),
        "network" => new NetworkLayout(RuleProfile.Ocata),
        _ => new GuardLayout(ipv6: true),
    };

    private static SecurityGroupRule[] AllRules() =>
    [
        Sample.Rule("tcp", 22, 22, id: 1), Sample.Rule("udp", 53, 53, "::/0", id: 2), Sample.Rule("tcp", 8000, 8100, "203.0.113.0/24", id: 3), Sample.Rule("tcp", 443, 443, "198.51.100.7/32", id: 4),
        Sample.Rule("udp", 1, 65535, "10.0.0.0/9", id: 5), Sample.Rule("icmp", 8, -1, id: 6), Sample.Rule("icmp", 3, 4, id: 7), Sample.Rule("icmp", 128, 0, "2001:db8::/33", id: 8),
        Sample.Rule("icmp", -1, -1, "::/0", id: 9), Sample.Rule("tcp", 3306, 3306, source: 7, id: 10), Sample.Rule(null, null, null, source: 1, id: 11),
        Sample.Rule("tcp", 8050, 8200, "203.0.113.0/25", id: 12), Sample.Rule("udp", 6000, 6100, id: 13), Sample.Rule("tcp", 443, 450, "2001:db8::/32", id: 14),
    ];

    private (NftablesBackend Backend, IReadOnlyList<Policy> Policies) Worker(string name)
    {
        var backend = new NftablesBackend(LayoutOf(name));
        _backends.Add(backend);
        return (backend, name switch
        {
            "compute" => [new Policy.ComputeHost(), .. (Sample.Server(1, Dual, Sample.Group(AllRules())) with { Members = [Sample.Member(7, "db", 20, Dual, "10.10.10.21")] }).Policies(Settings)],
            "network" => [NetworkPlanner.Host(Settings), NetworkPlanner.Bridge(Sample.Network(), Settings), NetworkPlanner.Bridge(Sample.Network(2, "10.20.0.0/19") with { Gateway = null, Bridge = DeviceName.Parse("br7") }, Settings), NetworkPlanner.Floating(Sample.Floating(), Settings)!],
            _ => [new GuardedPort(DeviceName.Parse("tap0"), MacAddress.Parse("fa:16:3e:00:00:01"), [Ip.Parse("10.10.10.2"), Ip.Parse("fd00:1::2")])],
        });
    }

    private static FirewallWriter Writer(NftablesBackend backend) => new(backend, TimeProvider.System, NullLogger<FirewallWriter>.Instance);
}
