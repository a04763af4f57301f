using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Iptables;
using Bridgehead.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>The packet filter's applier with the kernel's own tables, through either variant of iptables.</summary>
public sealed class IptablesFirewallTests : IDisposable
{
    private const string Foreign =
        "*filter\n:other-chain - [0:0]\n-A INPUT -s 192.0.2.7/32 -j other-chain\n-A other-chain -p tcp -m tcp --dport 22 -j RETURN\nCOMMIT\n" +
        "*nat\n-A POSTROUTING -s 192.0.2.0/24 -j MASQUERADE\n-A PREROUTING -d 203.0.113.5/32 -j DNAT --to-destination 192.0.2.5\nCOMMIT\n";

    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly string _state = Directory.CreateTempSubdirectory("bridgehead-iptables-").FullName;

    public void Dispose()
    {
        foreach (var variant in new[] { "nft", "legacy" })
        {
            foreach (var table in new[] { "filter", "nat" })
            {
                World.Run($"iptables-{variant} -t {table} -F; iptables-{variant} -t {table} -X; iptables-{variant} -P FORWARD ACCEPT");
            }
        }

        Directory.Delete(_state, recursive: true);
    }

    [Theory]
    [InlineData("nft", false)]
    [InlineData("nft", true)]
    [InlineData("legacy", false)]
    [InlineData("legacy", true)]
    public async Task The_articles_lines_come_out_and_what_others_have_stays_byte_for_byte(string variant, bool others)
    {
        if (others)
        {
            World.Run($"printf '{Foreign.Replace("\n", "\\n", StringComparison.Ordinal)}' | iptables-{variant}-restore -n; iptables-{variant} -P FORWARD DROP");
        }

        var before = WithoutOurs(variant);
        await ArticleAsync(variant, new CountingRunner());
        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(Golden.Root, "test/Bridgehead.System.Tests/golden/article-rules.txt"), Never))
        {
            var words = line.Split(' ', 2);
            World.Run($"iptables-{variant}-save -t {words[0]} | grep -xF -e '{words[1]}'");
        }

        WithoutOurs(variant).Should().Be(before);
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public async Task A_second_life_finds_everything_done(string variant)
    {
        await ArticleAsync(variant, new CountingRunner());
        var runner = new CountingRunner();
        await ArticleAsync(variant, runner);
        runner.Programs.Should().NotContain(program => program.EndsWith("-restore", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public async Task Numbers_that_begin_alike_are_different_instances(string variant)
    {
        var firewall = Firewall("nova-compute", variant, new CountingRunner());
        await firewall.StartAsync([new Policy.ComputeHost(), .. new long[] { 1, 10, 100 }.Select(Filter)], Never);
        await firewall.ApplyAsync([], [Policy.InstanceFilter.KeyOf(1)], Never);
        var saved = World.Run($"iptables-{variant}-save");
        saved.Should().NotMatchRegex("inst-1\\b").And.Contain("-A nova-compute-local -d 10.10.10.11/32 -j nova-compute-inst-10\n").And.Contain("nova-compute-inst-100\n");
    }

    [Fact]
    public async Task A_lock_that_another_program_holds_is_waited_for()
    {
        var firewall = Firewall("nova-compute", "legacy", new CountingRunner());
        await firewall.StartAsync([new Policy.ComputeHost()], Never);
        using var holder = global::System.Diagnostics.Process.Start("flock", ["/run/xtables.lock", "sleep", "6.5"]);
        await World.UntilAsync(() => Task.FromResult(World.Try("flock -n /run/xtables.lock true").ExitCode != 0 ? null : "nobody holds the lock"));
        await firewall.ApplyAsync([Filter(1)], [], Never).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await holder.WaitForExitAsync(Never);
        World.Run("iptables-legacy-save").Should().Contain("-A nova-compute-local -d 10.10.10.2/32 -j nova-compute-inst-1\n");
    }

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public async Task Hundreds_of_instances_are_one_commit_and_one_more_is_a_small_one(string variant)
    {
        var runner = new CountingRunner();
        var firewall = Firewall("nova-compute", variant, runner);
        await firewall.StartAsync([new Policy.ComputeHost(), .. Enumerable.Range(1, 200).Select(id => Filter(id))], Never);
        runner.Programs.Count(program => program.EndsWith("-restore", StringComparison.Ordinal)).Should().Be(1);
        await firewall.ApplyAsync([Filter(201)], [], Never);
        runner.LastInput.Split('\n').Should().HaveCountLessThan(20);
        World.Run($"iptables-{variant}-save | grep -c -e '-A nova-compute-local'").Trim().Should().Be("201");
    }

    private static Policy Filter(long id) => Sample.Server(id).Policies(Sample.Settings())[^1];

    private static string WithoutOurs(string variant) => World.Run($"iptables-{variant}-save -t filter | grep -v -e '^#' -e nova; iptables-{variant}-save -t nat | grep -v -e '^#' -e nova");

    private async Task ArticleAsync(string variant, CountingRunner runner)
    {
        var settings = Sample.Settings();
        await Firewall("nova-api", variant, runner).StartAsync([NetworkPlanner.Metadata(settings)], Never);
        await Firewall("nova-network", variant, runner).StartAsync(
            [NetworkPlanner.Host(settings), NetworkPlanner.Bridge(Sample.Network(), settings), NetworkPlanner.Floating(Sample.Floating(), settings)!], Never);
        await Firewall("nova-compute", variant, runner).StartAsync(
            [new Policy.ComputeHost(), new Policy.ComputeBridge(Sample.Network().Bridge, 1), .. Sample.Server(1, null, Sample.Group(Sample.Rule("icmp", -1, -1))).Policies(settings)], Never);
    }

    private FirewallWriter Firewall(string worker, string variant, CountingRunner runner) => new(
        new IptablesBackend(
            new FirewallPlan(worker, RuleProfiles.For(RuleProfile.Article), ipv6: false), new IptablesPrograms(runner, variant), new HostFiles(TimeProvider.System), Path.Combine(_state, "lock")),
        TimeProvider.System,
        NullLogger<FirewallWriter>.Instance);

    /// <summary>The real programs, remembered.</summary>
    private sealed class CountingRunner : ICommandRunner
    {
        private readonly CommandRunner _real = new();

        public List<string> Programs { get; } = [];

        public string LastInput { get; private set; } = "";

        public Task<CommandResult> RunAsync(Command command, CancellationToken cancel)
        {
            Programs.Add(command.Program);
            LastInput = command.Input;
            return _real.RunAsync(command, cancel);
        }
    }
}
