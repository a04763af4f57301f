using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary><c>bridgehead cleanup</c> takes away exactly what is ours.</summary>
public sealed class CleanupTests
{
    private const string Host = "iptables-save | sed '/^#/d; s/\\[.*//'; nft -s list ruleset; ip -br -4 address | sort; ip -6 -br address show dev lo; ip route; ps -eo args= | grep -e dnsmasq -e busybox | grep -v grep; "
        + "find /run/bridgehead/state | grep -v bridgehead.db | sort";

    private const string Stop = "kill -KILL $(pgrep -f '^bridgehead up') && while pgrep -f '^bridgehead up'; do sleep 0.05; done";
    private const string Start = "bridgehead up >>$SANDBOX_LOG 2>&1 </dev/null & until nova list >/dev/null 2>&1; do sleep 0.05; done";

    [Theory]
    [InlineData("iptables", "auto")]
    [InlineData("iptables", "legacy")]
    [InlineData("nftables", "auto")]
    public async Task Exactly_ours_goes_and_the_cloud_comes_back_at_the_next_start(string backend, string variant)
    {
        await using var cloud = await SandboxCloud.StartAsync("--netfilter-backend", backend, "--set", $"iptables_variant={variant}");
        var iptables = variant == "legacy" ? "iptables-legacy" : "iptables";
        await cloud.RunAsync($"{iptables} -A INPUT -s 192.0.2.7/32 -j DROP; {iptables} -N nova-net; {iptables} -A FORWARD -i eth7 -j nova-net; {iptables} -t nat -A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE");
        await cloud.RunAsync("nft add table ip others; nft add chain ip others local '{ type filter hook input priority 5; }'; ip link add br7 type bridge; ip link set br7 up; ip address add 10.7.0.1/24 dev br7");
        await cloud.RunAsync(Stop);
        await cloud.RunAsync("bridgehead cleanup --yes");
        var clean = await cloud.RunAsync(Host.Replace("iptables-save", $"{iptables}-save", StringComparison.Ordinal));
        clean.Should().Contain("-s 192.0.2.7/32 -j DROP").And.Contain("nova-net").And.Contain("MASQUERADE").And.Contain("table ip others").And.Contain("10.7.0.1/24").And.NotContain("br100").And.NotContain("nova-compute");
        (await cloud.RunAsync("bridgehead cleanup")).Should().Be("there is nothing of ours on this host");

        await cloud.RunAsync(Start);
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova-manage floating create --ip_range=192.168.1.232/30; nova floating-ip-create; nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0");
        await cloud.BootAsync("one");
        await cloud.RunAsync("nova add-floating-ip one 192.168.1.233");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");
        (await cloud.FailAsync("bridgehead cleanup --yes")).Should().StartWith("bridgehead: nova-network runs already");
        await cloud.RunAsync("outside ping -c 1 -W 1 192.168.1.233");
        await cloud.RunAsync(Stop);
        var told = await cloud.RunAsync("bridgehead cleanup --dry-run");
        told.Should().ContainAll("-   ip address del 192.168.1.233/32 dev eth0", "-   ip link del dev br100", "is ended, and everything of it removed", backend == "nftables" ? "packet filter, ip bridgehead:\n-   the table" : "-   -d 10.10.10.2/32 -j nova-compute-inst-1");
        (await cloud.FailAsync("bridgehead cleanup")).Should().EndWith("nothing was changed: add --yes to do it");
        await cloud.RunAsync("outside ping -c 1 -W 1 192.168.1.233");
        (await cloud.RunAsync("bridgehead cleanup --yes")).Should().EndWith("done: nothing of ours is left");
        (await cloud.RunAsync(Host.Replace("iptables-save", $"{iptables}-save", StringComparison.Ordinal))).Should().Be(clean);

        await cloud.RunAsync(Start);
        await cloud.UntilAsync("nova list | grep -w one | grep SHUTOFF");
        await cloud.RunAsync("nova start one");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");
    }

    [Fact]
    public async Task The_card_gets_its_address_and_routes_back_and_a_bridge_that_others_use_stays()
    {
        await using var cloud = await SandboxCloud.StartAsync("--set", "flat_interface=eth0", "--set", "public_interface=br100");
        const string Card = "ip -4 -o address show dev eth0 | sed 's/^[0-9]*: //'; ip route";
        await cloud.RunAsync(Stop);
        await cloud.RunAsync("bridgehead cleanup --yes");
        var before = await cloud.RunAsync(Card);
        before.Should().Contain("default via 192.168.1.1 dev eth0");
        await cloud.RunAsync(Start);
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova-manage floating create --ip_range=192.168.1.232/30; nova floating-ip-create");
        await cloud.BootAsync("one");
        await cloud.RunAsync("nova add-floating-ip one 192.168.1.233");
        await cloud.UntilAsync("ip -4 -o address show dev br100 | grep 192.168.1.233");
        await cloud.RunAsync(Stop);
        await cloud.RunAsync("ip link add theirs type veth peer name theirs2; ip link set theirs master br100");
        (await cloud.FailAsync("bridgehead cleanup --yes")).Should().Contain("the bridge br100 stays: theirs is somebody else's").And.EndWith("done, but for what is named above");
        (await cloud.RunAsync(Card)).Should().Be(before);
        await cloud.RunAsync("ping -c 1 -W 1 192.168.1.1; outside ping -c 1 -W 1 192.168.1.90; ip link del theirs; bridgehead cleanup --yes");
        await cloud.FailAsync("ip link show dev br100");
        (await cloud.RunAsync(Card)).Should().Be(before);
    }

    [Fact]
    public async Task Where_there_is_no_cloud_nothing_is_made()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("bridgehead cleanup --help");
        (await cloud.FailAsync("bridgehead cleanup --force")).Should().Be("bridgehead: There is no option --force.");
        (await cloud.FailAsync("bridgehead cleanup --yes")).Should().Contain("runs already");
        await cloud.FailAsync("bridgehead cleanup --state_path /run/none; test -e /run/none");
    }
}
