using AwesomeAssertions;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>The other rule profile and the other network manager.</summary>
public sealed class ProfileTests
{
    [Fact]
    public async Task Ocatas_rules_are_written_and_a_server_reaches_its_own_floating_address()
    {
        await using var cloud = await SandboxCloud.StartAsync("--rule-profile", "ocata");
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova-manage floating create --ip_range=192.168.1.232/30; nova floating-ip-create");
        await cloud.BootAsync("one");
        await cloud.RunAsync("nova add-floating-ip one 192.168.1.233; nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0; nova secgroup-add-rule default tcp 80 80 0.0.0.0/0");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");
        (await cloud.RunAsync("console one wget -q -O - http://192.168.1.1/cgi-bin/whoami")).Should().Be("192.168.1.233");
        await cloud.UntilAsync("console one ping -c 1 -W 1 192.168.1.233");
        await cloud.UntilAsync("iptables-save | grep -e '-A nova-compute-inst-1 -p tcp -m tcp --dport 80 -j ACCEPT'");
        Golden.Matches(await cloud.RunAsync("iptables-save | grep '^-A' | sort") + "\n", "test/Bridgehead.System.Tests/golden/ocata-listing.txt");
    }

    [Fact]
    public async Task In_Flat_mode_the_address_is_in_the_server_before_it_boots_and_nobody_asks_for_it()
    {
        await using var cloud = await SandboxCloud.StartAsync("--set", "network_manager=nova.network.manager.FlatManager", "--set", "flat_injected=true");
        await cloud.RunAsync("ip link add br100 type bridge; ip address add 10.10.10.1/24 dev br100; ip link set br100 up");
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24 --bridge br100");
        await cloud.BootAsync("one");
        await cloud.BootAsync("two");
        (await cloud.AddressAsync("two")).Should().Be("10.10.10.3");
        await cloud.UntilAsync("console one ping -c 1 -W 1 10.10.10.3");
        (await cloud.RunAsync("console one cat /etc/network/interfaces")).Should().Contain("iface eth0 inet static").And.Contain("10.10.10.2");
        await cloud.FailAsync("pgrep dnsmasq");
        (await cloud.RunAsync("iptables-save")).Should().NotContain("-A nova-network-FORWARD -i br100").And.Contain("-A nova-compute-local -d 10.10.10.2/32");
        await cloud.RunAsync("nova delete one; nova delete two");
        await cloud.UntilAsync("! ip -br link | grep ^tap");
        await cloud.RunAsync("ip -br link show br100");
    }
}
