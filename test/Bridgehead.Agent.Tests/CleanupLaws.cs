using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules.Iptables;
using Bridgehead.Testing;
using CsCheck;
using Xunit;

namespace Bridgehead.Agent.Tests;

/// <summary>Whatever happened on a host, a cleanup leaves it as if no daemon had ever been there, but for settings of the kernel's.</summary>
public sealed class CleanupLaws
{
    private const string Foreign = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:DOCKER - [0:0]\n:nova-net - [0:0]\n[1:60] -A FORWARD -o docker0 -j DOCKER\n[2:2] -A INPUT -s 192.0.2.7/32 -j DROP\nCOMMIT\n";

    private static readonly Gen<(Step[] Steps, bool Native, int Cut, Kill When)> Lives =
        Gen.Select(Step.Histories, Gen.Bool, Gen.Int[0, 30], Gen.Int[0, 2]).Select((steps, native, cut, when) => (steps, native, cut, (Kill)when));

    [Fact]
    public Task Nothing_of_ours_is_left_and_everything_else_is() => Lives.SampleAsync(
        async life =>
        {
            await using var cloud = await FakeCloud.CreateAsync(life.Native ? RuleProfile.Ocata : RuleProfile.Article, life.Native ? NetfilterBackend.Nftables : NetfilterBackend.Iptables);
            cloud.Machine.Host.V4 = IptablesModel.Load(IpFamily.V4, Foreign);
            cloud.Machine.Links.Run(new Command("ip", ["-batch", "-"]) { Input = "address add 192.168.1.90/24 dev eth0\nlink add name br7 up address fa:16:3e:00:00:09 type bridge\n" });
            var before = Listing(cloud);
            var history = await History.BeginAsync(cloud);
            foreach (var step in life.Steps)
            {
                await history.DoAsync(step);
            }

            await cloud.StopAsync();
            var (dirty, store) = (cloud.Machine.Listing(), await cloud.DumpAsync());
            cloud.Machine.Host.Restart();
            var told = await cloud.CleanUpDryAsync();
            cloud.Machine.Listing().Should().Be(dirty, "it was a dry run");
            told.Should().NotBeEmpty();

            // It is killed somewhere, or not, and begun again.
            try
            {
                await cloud.CleanUpAsync((life.Cut, life.When));
            }
            catch (ProcessKilledException)
            {
            }

            (await cloud.CleanUpAsync()).Should().BeEmpty();
            Listing(cloud).Should().Be(before);
            (await cloud.CleanUpDryAsync()).Should().BeEmpty();
            (await cloud.DumpAsync()).Should().Equal(store, "the store is the cloud's");

            await cloud.StartAsync();
            await cloud.SettleAsync();
        },
        iter: 60,
        threads: 2,
        print: life => $"{life.Native} killed at {life.Cut} {life.When}\n{string.Join('\n', life.Steps)}");

    [Fact]
    public async Task A_bridge_that_somebody_else_uses_stays_and_is_named()
    {
        await using var cloud = await FakeCloud.CreateAsync();
        var history = await History.BeginAsync(cloud);
        await history.BootAsync("default");
        await cloud.SettleAsync();
        cloud.Machine.Links.Run(new Command("ip", ["-batch", "-"]) { Input = "link set dev eth0 master br100\n" });
        (await cloud.CleanUpAsync()).Should().Equal("the bridge br100 stays: eth0 is somebody else's");
        cloud.Machine.Links.Run(new Command("ip", ["-batch", "-"]) { Input = "link set dev eth0 nomaster\n" });
        (await cloud.CleanUpAsync()).Should().BeEmpty();
        cloud.Machine.Links.Listing().Should().NotContain("br100");
    }

    /// <summary>Settings of the kernel's stay switched on; tables that were used once stay, empty.</summary>
    private static string Listing(FakeCloud cloud) => string.Join('\n', cloud.Machine.Listing().Split('\n').Where(line => !line.StartsWith("net/", StringComparison.Ordinal))
        .Where(line => line is not ("*nat" or "*mangle" or "*filter" or "COMMIT" or ":PREROUTING ACCEPT [0:0]" or ":INPUT ACCEPT [0:0]" or ":FORWARD ACCEPT [0:0]" or ":OUTPUT ACCEPT [0:0]" or ":POSTROUTING ACCEPT [0:0]")));
}
