using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>Debian's own OpenStack clients, unmodified, with the variables that the sandbox sets.</summary>
public sealed class StockClientsTests
{
    [Fact]
    public async Task The_openstack_client_takes_a_server_from_nothing_to_an_answered_ping()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("openstack network create --subnet 10.10.10.0/24 mynet");
        await cloud.RunAsync("nova-manage floating create --ip_range=192.168.1.232/30");
        await cloud.RunAsync("openstack keypair create k1 >/run/k1");
        (await cloud.RunAsync("openstack server create --image busybox --flavor m1.tiny --key-name k1 --wait one")).Should().Contain("ACTIVE");
        (await cloud.RunAsync("openstack floating ip create nova -f value -c ip")).Should().Be("192.168.1.233");
        await cloud.RunAsync("openstack server add floating ip one 192.168.1.233");
        await cloud.RunAsync("openstack security group rule create --protocol icmp default");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");
        (await cloud.RunAsync("openstack server list -f value -c Name -c Networks")).Should().Contain("one").And.Contain("192.168.1.233");
        await cloud.RunAsync("openstack server delete --wait one");
        await cloud.UntilAsync("! iptables-save | grep -e inst- -e 192.168.1.233");
    }

    [Fact]
    public async Task The_nova_client_does_the_same()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        var image = await cloud.RunAsync("openstack image list -f value -c ID");
        await cloud.RunAsync($"/usr/bin/nova boot --image {image} --flavor 1 --poll one");
        (await cloud.RunAsync("/usr/bin/nova list")).Should().Contain("ACTIVE").And.Contain("10.10.10.2");
        await cloud.RunAsync("/usr/bin/nova stop one");
        await cloud.UntilAsync("/usr/bin/nova show one | grep -w SHUTOFF");
        await cloud.RunAsync("/usr/bin/nova delete one");
        await cloud.UntilAsync("! iptables-save | grep inst-");
    }
}
