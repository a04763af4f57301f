using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>Daemons that are killed at any moment, and come back.</summary>
public sealed class CrashTests
{
    private const string Listing = "iptables-save | grep -v '^#' | sed 's/\\[.*//' | sort";
    private const string Kill = "kill -KILL $(pgrep -f '^bridgehead up')";
    private const string Restart = "bridgehead up >>$SANDBOX_LOG 2>&1 </dev/null & until nova list >/dev/null 2>&1; do sleep 0.05; done";

    [Fact]
    public async Task Connections_leases_and_foreign_rules_outlive_the_daemons()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova-manage floating create --ip_range=192.168.1.232/30; nova floating-ip-create");
        await cloud.RunAsync("nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0");
        await cloud.BootAsync("one");
        await cloud.RunAsync("nova add-floating-ip one 192.168.1.233");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");
        await cloud.RunAsync("iptables -N other-software; iptables -I INPUT -s 192.0.2.1 -j other-software; iptables -t nat -A POSTROUTING -s 192.0.2.0/24 -j MASQUERADE");
        var (rules, dnsmasq) = (await ListingAsync(cloud), await cloud.RunAsync("pgrep dnsmasq"));

        await cloud.RunAsync("outside ping -i 0.02 -c 150 -W 1 192.168.1.233 >/run/pings & sleep 0.5");
        await cloud.RunAsync(Kill);
        await cloud.RunAsync(Restart);
        await cloud.UntilAsync("grep -q transmitted /run/pings");
        (await cloud.RunAsync("cat /run/pings")).Should().Contain("150 received, 0% packet loss");
        (await ListingAsync(cloud)).Should().Be(rules);
        (await cloud.RunAsync("pgrep dnsmasq")).Should().Be(dnsmasq);
        (await cloud.RunAsync("nova list")).Should().Contain("ACTIVE");

        await cloud.RunAsync("nova delete one");
        await cloud.UntilAsync("! iptables-save | grep -e inst- -e 192.168.1.233");
        await cloud.UntilAsync("! ip -4 address show dev eth0 | grep 192.168.1.233");
    }

    [Fact]
    public async Task What_changed_while_the_daemons_were_away_is_brought_about()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova-manage floating create --ip_range=192.168.1.232/30; nova floating-ip-create");
        await cloud.BootAsync("stays");
        await cloud.BootAsync("goes");
        await cloud.RunAsync("nova add-floating-ip goes 192.168.1.233");
        await cloud.UntilAsync("ip -4 address show dev eth0 | grep 192.168.1.233");
        await cloud.RunAsync("kill -STOP $(pgrep -f '^bridgehead up')");
        await cloud.RunAsync(Kill);

        // nova-api alone takes the wish; nobody carries it out.
        await cloud.RunAsync("nova-api >>$SANDBOX_LOG 2>&1 </dev/null & until nova list >/dev/null 2>&1; do sleep 0.05; done");
        await cloud.RunAsync("nova delete goes; nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0; kill -KILL $(pgrep -f '^nova-api')");
        await cloud.RunAsync(Restart);
        await cloud.UntilAsync("! nova list | grep goes");
        await cloud.UntilAsync("iptables-save | grep -e '-A nova-compute-inst-1 -p icmp -j ACCEPT'");
        await cloud.UntilAsync("! iptables-save | grep -e inst-2 -e 192.168.1.233");
        await cloud.UntilAsync("! ip -4 address show dev eth0 | grep 192.168.1.233");
        await cloud.UntilAsync("[ $(ls /run/bridgehead/state/instances | wc -l) = 1 ]");
        (await cloud.RunAsync("console stays ping -c 1 -W 1 10.10.10.1")).Should().Contain("0% packet loss");
    }

    [Fact]
    public async Task Killed_again_and_again_while_servers_come_and_go_the_host_ends_as_if_nothing_had_happened()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0");
        for (var round = 1; round <= 8; round++)
        {
            await cloud.RunAsync($"nova boot --image busybox --flavor 1 r{round} >/dev/null");
            if (round > 2)
            {
                await cloud.RunAsync($"nova delete r{round - 2}");
            }

            await cloud.RunAsync($"sleep 0.0{round * 7 % 10}{round}; {Kill}");
            await cloud.RunAsync(Restart);
        }

        await cloud.UntilAsync("[ $(nova list | grep -c ACTIVE) = 2 ] && ! nova list | grep -e BUILD -e ERROR -e SHUTOFF");
        await cloud.UntilAsync("[ $(nova list | grep -c 'r[0-9]') = 2 ] && [ $(ip -br link | grep -c ^tap) = 2 ] && [ $(ls /run/bridgehead/state/instances | wc -l) = 2 ]");
        await cloud.UntilAsync("console r7 ping -c 1 -W 1 r8");
        var rules = await cloud.RunAsync($"{Listing} | tee /run/rules");
        rules.Split('\n').Where(line => line.StartsWith("-A nova-compute-local", StringComparison.Ordinal)).Should().HaveCount(2);
        await cloud.RunAsync($"{Kill}; iptables-save | grep -v '^#' | sed 's/^:nova.*/&/; /^[:-].*nova/d' | iptables-restore");
        await cloud.RunAsync(Restart);

        // A host that starts from nothing has the same rules, once each of the daemons has put in its own.
        await cloud.UntilAsync($"{Listing} | diff /run/rules -");
    }

    private static Task<string> ListingAsync(SandboxCloud cloud) => cloud.RunAsync(Listing);
}
