using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>A host with one network card: the cloud's bridge takes it over, with the host's address and routes, and the instances are on the same wire as the host's neighbours.</summary>
public sealed class FlatInterfaceTests
{
    private const string Host = "for d in eth0 br100; do ip -4 -o address show dev $d scope global | sed 's/^[0-9]*: //'; done; ip route; bridge link show dev eth0 | sed 's/^[0-9]*: //'; iptables-save | grep ^-A";

    /// <summary>A connection that stays open: the web server waits for its question.</summary>
    private const string Connect = "exec 7<>/dev/tcp/192.168.1.1/80";
    private const string Talk = "printf 'GET /index.html HTTP/1.0\\r\\n\\r\\n' >&7 && cat <&7 && exec 7>&-";

    [Fact]
    public async Task The_card_goes_onto_the_bridge_and_neighbours_reach_instances_as_their_groups_allow()
    {
        await using var cloud = await StartAsync();
        await cloud.RunAsync(Connect);
        await cloud.RunAsync("outside ping -i 0.01 -c 200 -W 1 192.168.1.90 >/run/pings & true");
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.UntilAsync("ip -4 -o address show dev br100 | grep 10.10.10.1/24");
        (await cloud.RunAsync("ip -4 -o address show dev br100")).Should().Contain("192.168.1.90/24 brd 192.168.1.255");
        (await cloud.RunAsync("ip route")).Should().Contain("default via 192.168.1.1 dev br100").And.NotContain("eth0");
        (await cloud.RunAsync(Talk)).Should().Contain("This is the outside network.");
        await cloud.UntilAsync("grep -q transmitted /run/pings");
        await cloud.RunAsync("[ $(sed -n 's/.* \\([0-9]*\\) received.*/\\1/p' /run/pings) -ge 190 ]");

        await cloud.BootAsync("one");
        await cloud.RunAsync("console one wget -q -O - http://169.254.169.254/latest/meta-data/local-ipv4 | grep -x 10.10.10.2");
        await cloud.RunAsync("console one wget -q -O - http://192.168.1.1/cgi-bin/whoami | grep -x 192.168.1.90");
        await cloud.RunAsync("outside ip route add 10.10.10.0/24 dev eth0");
        await cloud.FailAsync("outside ping -c 2 -i 0.2 -W 1 10.10.10.2");
        await cloud.RunAsync("nova secgroup-add-rule default icmp -1 -1 192.168.1.0/24");
        await cloud.UntilAsync("outside ping -c 1 -W 1 10.10.10.2");
        await cloud.RunAsync("nova secgroup-delete-rule default icmp -1 -1 192.168.1.0/24");
        await cloud.UntilAsync("! outside ping -c 1 -W 1 10.10.10.2");

        await cloud.RunAsync("nova delete one");
        await cloud.UntilAsync("! nova list | grep -w one");
        await cloud.RunAsync("nova-manage network delete 10.10.10.0/24");
        await cloud.UntilAsync("! ip -4 -o address show dev br100 | grep 10.10.10.1/24");
        await cloud.RunAsync("ping -c 1 -W 1 192.168.1.1; outside ping -c 1 -W 1 192.168.1.90");
        (await cloud.RunAsync("ip route")).Should().Contain("default via 192.168.1.1 dev br100");
    }

    [Fact]
    public async Task Daemons_that_are_killed_and_started_again_leave_it_all_as_it_is()
    {
        await using var cloud = await StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova-manage floating create --ip_range=192.168.1.232/30; nova floating-ip-create");
        await cloud.RunAsync("nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0");
        await cloud.BootAsync("one");
        await cloud.RunAsync("nova add-floating-ip one 192.168.1.233; outside ip route add 10.10.10.0/24 dev eth0");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");
        await cloud.UntilAsync("outside ping -c 1 -W 1 10.10.10.2");
        var host = await cloud.RunAsync(Host);
        host.Should().Contain("br100    inet 192.168.1.233/32").And.Contain("master br100");

        await cloud.RunAsync(Connect);
        await cloud.RunAsync("for a in 192.168.1.90 10.10.10.2 192.168.1.233; do outside ping -i 0.02 -c 200 -W 1 $a >/run/pings-$a & done; sleep 0.5");
        await cloud.RunAsync("kill -KILL $(pgrep -f '^bridgehead up')");
        await cloud.RunAsync("bridgehead up >>$SANDBOX_LOG 2>&1 </dev/null & until nova list >/dev/null 2>&1; do sleep 0.05; done");
        await cloud.RunAsync("kill $(pgrep -f '^bridgehead up'); while pgrep -f '^bridgehead up'; do sleep 0.05; done");
        await cloud.RunAsync("bridgehead up >>$SANDBOX_LOG 2>&1 </dev/null & until nova list >/dev/null 2>&1; do sleep 0.05; done");
        await cloud.UntilAsync("[ $(grep -l transmitted /run/pings-* | wc -l) = 3 ]");
        (await cloud.RunAsync("grep -h transmitted /run/pings-*")).Split('\n').Should().HaveCount(3).And.OnlyContain(line => line.Contains("200 received, 0% packet loss", StringComparison.Ordinal));
        (await cloud.RunAsync(Talk)).Should().Contain("This is the outside network.");
        (await cloud.RunAsync(Host)).Should().Be(host);
    }

    [Fact]
    public async Task A_public_interface_that_moves_away_from_under_its_addresses_is_refused()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        (await cloud.FailAsync("timeout 10 bridgehead up --state_path /run/other --flat_interface eth0")).Should().Contain("set public_interface to 'br100'");
        (await cloud.FailAsync("timeout 10 bridgehead up --state_path /run/other --flat_interface eth0 --public_interface br7")).Should().Contain("public_interface is 'br7'");
    }

    private static Task<SandboxCloud> StartAsync() => SandboxCloud.StartAsync("--set", "flat_interface=eth0", "--set", "public_interface=br100");
}
