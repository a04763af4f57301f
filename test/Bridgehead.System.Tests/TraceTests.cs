using System.Text.Json;
using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>Real packets are followed beside running daemons, and nothing is left of it.</summary>
public sealed class TraceTests
{
    [Theory]
    [InlineData("iptables")]
    [InlineData("nftables")]
    public async Task A_ping_tells_its_way_and_a_drop_its_rule(string backend)
    {
        await using var cloud = await SandboxCloud.StartAsync("--set", $"netfilter_backend={backend}");
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova-manage floating create --ip_range=192.168.1.232/30; nova floating-ip-create");
        await cloud.RunAsync("nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0");
        await cloud.BootAsync("one");
        await cloud.RunAsync("nova add-floating-ip one 192.168.1.233");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");

        await FollowAsync(cloud, "--to one --proto icmp --count 1", "outside ping -i 0.2 -c 5 -W 1 192.168.1.233 >/dev/null");
        var story = await cloud.RunAsync("cat /run/told");
        story.Should().Contain("icmp 192.168.1.1 -> 192.168.1.233 type 8, comes in by eth0").And.Contain("destination 192.168.1.233 -> 10.10.10.2")
            .And.Contain("because: rule 1 of security group default, project admin: icmp from 0.0.0.0/0")
            .And.Contain("verdict: passes: icmp 192.168.1.1 -> 10.10.10.2 type 8 leaves by br100 to server one").And.EndWith("1 packet followed");

        // The same words as explain's, but for the time at which it is asked.
        var explained = await cloud.RunAsync("nova-manage explain 192.168.1.1 192.168.1.233 icmp");
        story.Should().Contain(explained);

        await FollowAsync(cloud, "--to 192.168.1.233 --port 22 --count 1 --json", "outside sh -c 'for i in 1 2 3; do timeout 0.3 busybox nc 192.168.1.233 22 </dev/null; done'");
        using var packet = JsonDocument.Parse((await cloud.RunAsync("head -n 2 /run/told | tail -n 1")).Trim());
        packet.RootElement.GetProperty("fate").GetString().Should().Be("dropped");
        packet.RootElement.GetProperty("change").GetString().Should().StartWith("nova secgroup-add-rule default tcp 22 22 192.168.1.1/32");

        await FollowAsync(cloud, "--from one --replies --count 2", "console one ping -c 2 -W 1 192.168.1.1 >/dev/null");
        (await cloud.RunAsync("cat /run/told")).Should().Contain("from port tap").And.Contain("source 10.10.10.2 -> 192.168.1.233").And.Contain("its connection's translation: destination 192.168.1.233 -> 10.10.10.2");
        (await cloud.RunAsync("cat $SANDBOX_LOG")).Should().NotContain("somebody else changed");
        await cloud.RunAsync("! nft list tables | grep bridgehead_trace");
    }

    [Fact]
    public async Task Whatever_ends_it_nothing_is_left()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.RunAsync("nova-manage trace --all >/run/told 2>&1 & echo $! >/run/trace");
        await cloud.UntilAsync("grep following /run/told && nft list tables | grep bridgehead_trace");
        await cloud.FailAsync("nft add rule ip $(nft list tables | grep -o 'bridgehead_trace_.*' | head -1) begin_forward drop");
        (await cloud.RunAsync("nova-manage rules")).Should().NotContain("bridgehead_trace");
        await cloud.RunAsync("kill -KILL $(cat /run/trace)");
        await cloud.UntilAsync("! nft list tables | grep bridgehead_trace");

        await cloud.RunAsync("timeout --preserve-status -s INT 2 nova-manage trace --to 10.10.10.9 >/run/told 2>&1");
        (await cloud.RunAsync("cat /run/told")).Should().EndWith("0 packets followed");
        await cloud.RunAsync("! nft list tables | grep bridgehead_trace");
    }

    /// <summary>Packets go out when it listens, and what it said is in a file.</summary>
    private static async Task FollowAsync(SandboxCloud cloud, string what, string packets)
    {
        await cloud.RunAsync($"nova-manage trace {what} --seconds 20 >/run/told 2>&1 & echo $! >/run/trace");
        await cloud.UntilAsync("grep following /run/told");
        await cloud.TryAsync(packets);
        await cloud.UntilAsync("grep followed /run/told");
    }
}
