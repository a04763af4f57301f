using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>What a start would change is told, and nothing is changed.</summary>
public sealed class DryRunTests
{
    /// <summary>Everything that a daemon may touch, but for what moves by itself.</summary>
    private const string Everything = "iptables-save | grep -v '^#' | sed 's/\\[.*//'; nft -s list ruleset; ip -br address; ip route; sysctl -n net.ipv4.ip_forward; ps -eo args= | grep -e dnsmasq -e busybox | sort; "
        + "find /run/bridgehead/state -type f -not -name '*.db*' -not -name console.log | sort | xargs md5sum";

    [Theory]
    [InlineData("iptables")]
    [InlineData("nftables")]
    public async Task A_stopped_daemon_tells_what_it_would_mend_and_a_running_one_nothing(string backend)
    {
        await using var cloud = await SandboxCloud.StartAsync("--netfilter-backend", backend);
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova-manage floating create --ip_range=192.168.1.232/30; nova floating-ip-create");
        await cloud.BootAsync("one");
        await cloud.RunAsync("nova add-floating-ip one 192.168.1.233");
        await cloud.UntilAsync("ip address show dev eth0 | grep 192.168.1.233");
        await cloud.UntilAsync("bridgehead up --dry-run | grep -x 'nothing would change on this host'");

        await cloud.RunAsync("kill -KILL $(pgrep -f '^bridgehead up')");
        await cloud.RunAsync("ip address del 192.168.1.233/32 dev eth0; sysctl -qw net.ipv4.ip_forward=0");
        await cloud.RunAsync(backend == "iptables" ? "iptables -D nova-network-FORWARD 1; iptables -A nova-compute-local -s 192.0.2.9/32 -j ACCEPT" : "nft delete element ip bridgehead fip_dnat { 192.168.1.233 : 10.10.10.2 }");
        await cloud.RunAsync($"({Everything}) >/run/before");
        var told = await cloud.RunAsync("bridgehead up --dry-run");
        told.Should().Contain("~   net.ipv4.ip_forward: 0 -> 1").And.Contain("+   ip address add 192.168.1.233/32 dev eth0").And.EndWith("changes; nothing was changed");
        told.Should().ContainAll(backend == "iptables"
            ? ["packet filter, iptables -t filter nova-network-FORWARD:\n+   -i br100 -j ACCEPT", "packet filter, iptables -t filter nova-compute-local:\n-   -s 192.0.2.9/32 -j ACCEPT"]
            : ["packet filter, ip bridgehead fip_dnat:\n+   192.168.1.233 : 10.10.10.2"]);
        await cloud.RunAsync($"({Everything}) | diff /run/before -");

        // The other back end: its rules would come, this one's go.
        (await cloud.RunAsync($"nova-network --dry-run --netfilter_backend {(backend == "iptables" ? "nftables" : "iptables")}")).Should()
            .ContainAll(backend == "iptables" ? ["packet filter, ip bridgehead:\n+   the table", "iptables -t nat nova-network-snat:\n-   "] : ["iptables -t nat nova-network-snat:\n+   ", "packet filter, ip bridgehead fip_snat:\n-   the set"]);
        await cloud.RunAsync($"({Everything}) | diff /run/before -");

        await cloud.RunAsync("bridgehead up >>$SANDBOX_LOG 2>&1 </dev/null & until nova list >/dev/null 2>&1; do sleep 0.05; done");
        await cloud.UntilAsync("bridgehead up --dry-run | grep -x 'nothing would change on this host'");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.1");
    }

    [Fact]
    public async Task On_a_machine_without_a_cloud_it_tells_of_everything_and_leaves_nothing()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        var told = await cloud.RunAsync("bridgehead up --dry-run --state_path /run/none --connection sqlite:////run/none/store.db");
        told.Should().Contain("store:\n+   /run/none/store.db, with the administrator admin");
        await cloud.FailAsync("test -e /run/none");
        (await cloud.FailAsync("bridgehead up --dry-run --connection sqlite:////proc/none/store.db --state_path /proc/none; false")).Should().Contain("changes; nothing was changed");
        (await cloud.FailAsync("bridgehead up --dry-run --connection postgresql://nobody@127.0.0.1:1/none")).Should().StartWith("bridgehead: the database none on 127.0.0.1 cannot be opened");
    }
}
