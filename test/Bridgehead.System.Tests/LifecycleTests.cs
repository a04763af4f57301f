using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>Servers from boot to deletion, with what users expect of each step.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task A_server_stops_starts_reboots_and_goes_without_a_trace()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.UntilAsync("iptables-save | grep -e '-i br100 -p tcp -m tcp --dport 53'");
        var empty = await cloud.RunAsync("iptables-save | grep ^-A");
        await cloud.BootAsync("one");
        await cloud.RunAsync("console one sh -c 'echo kept >/root/note'");

        await cloud.RunAsync("nova stop one");
        await cloud.UntilAsync("nova show one | grep -w SHUTOFF");
        (await cloud.FailAsync("ping -c 1 -W 1 10.10.10.2")).Should().Contain("100% packet loss");
        await cloud.RunAsync("nova start one");
        await cloud.UntilAsync("console one ip -4 -o address show dev eth0 | grep -w 10.10.10.2");
        await cloud.RunAsync("console one grep kept /root/note");

        await cloud.RunAsync("nova reboot --poll one");
        await cloud.UntilAsync("console one ip -4 -o address show dev eth0 | grep -w 10.10.10.2");
        await cloud.RunAsync("nova delete one");
        await cloud.UntilAsync("! nova list | grep -w one");
        await NothingLeftAsync(cloud);
        (await cloud.RunAsync("iptables-save | grep ^-A | grep -v -- '-A nova-compute-FORWARD'")).Should().Be(empty);
    }

    [Fact]
    public async Task Key_user_data_and_metadata_reach_the_server()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.RunAsync("nova keypair-add mykey >/run/mykey; grep -q 'PRIVATE KEY' /run/mykey");
        await cloud.RunAsync("printf '#!/bin/sh\\necho the user script ran as $(id -un)\\n' >/run/script");
        await cloud.BootAsync("one", "--key-name mykey --user-data /run/script --meta role=web");
        await cloud.UntilAsync("nova console-log one | grep 'the user script ran as root'");
        await cloud.UntilAsync("nova console-log one | grep 'init: ready'");
        (await cloud.RunAsync("console one cat /root/.ssh/authorized_keys")).Should().StartWith("ssh-rsa");
        (await cloud.RunAsync("console one wget -q -O - http://169.254.169.254/openstack/latest/meta_data.json")).Should().Contain("\"role\"").And.Contain("mykey");
        (await cloud.RunAsync("console one wget -q -O - http://169.254.169.254/openstack/latest/network_data.json")).Should().Contain("ipv4_dhcp").And.Contain("fa:16:3e");
        (await cloud.RunAsync("console one wget -q -O - http://169.254.169.254/latest/user-data")).Should().Contain("the user script");
    }

    [Fact]
    public async Task Files_given_at_boot_are_in_the_server()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.RunAsync("printf 'hello\\n' >/run/one; printf '\\0\\377' >/run/two");
        await cloud.BootAsync("one", "--file /etc/motd=/run/one --file '/srv/a b/two=/run/two' --meta 'x={\"path\":\"/etc/hosts\"}'");
        await cloud.UntilAsync("nova console-log one | grep 'init: ready'");
        (await cloud.RunAsync("console one cat /etc/motd")).Should().Be("hello");
        (await cloud.RunAsync("console one od -An -tx1 '/srv/a b/two'")).Should().Be(" 00 ff");
    }

    [Fact]
    public async Task Of_several_interfaces_the_first_ones_way_out_is_taken()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create a 10.10.10.0/24; nova-manage network create b 10.20.0.0/24");
        await cloud.RunAsync("nova-manage floating create --ip_range=192.168.1.232/30; nova floating-ip-create; nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0");
        await cloud.BootAsync("one", "--nic net-name=b,v4-fixed-ip=10.20.0.50 --nic net-name=a");
        await cloud.UntilAsync("console one ip -4 -o address show dev eth1 | grep -w inet");
        (await cloud.RunAsync("console one ip route get 192.168.1.1")).Should().Contain("via 10.20.0.1 dev eth0");
        await cloud.RunAsync("nova add-floating-ip one 192.168.1.233");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");
    }

    [Fact]
    public async Task A_server_without_a_network_runs()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova boot --poll --image busybox --flavor 1 --nic none alone");
        (await cloud.RunAsync("console alone ls /sys/class/net /proc/net/dev; console alone cat /proc/net/dev")).Should().NotContain("eth0");
        await cloud.RunAsync("nova delete alone");
        await NothingLeftAsync(cloud);
    }

    [Fact]
    public async Task Five_at_once_have_five_addresses_and_reach_each_other_by_name()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.RunAsync("nova boot --image busybox --flavor 1 --min-count 5 --max-count 5 many");
        await cloud.UntilAsync("[ $(nova list | grep -c ACTIVE) = 5 ]");
        (await cloud.RunAsync("nova list | grep -o 'mynet=[0-9.]*' | sort -u | wc -l")).Should().Be("5");
        await cloud.UntilAsync("console many-1 ping -c 1 -W 1 many-5");
        await cloud.RunAsync("for i in 1 2 3 4 5; do nova delete many-$i; done");
        await cloud.UntilAsync("! nova list | grep many");
        await NothingLeftAsync(cloud);
    }

    [Fact]
    public async Task Groups_act_on_running_members_and_sources_follow_their_members()
    {
        await using var cloud = await SandboxCloud.StartAsync("--set", "allow_same_net_traffic=false");
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.RunAsync("nova secgroup-create web 'web servers'; nova secgroup-create clients 'their clients'");
        await cloud.BootAsync("server", "--security-groups web");
        await cloud.BootAsync("client");
        await cloud.FailAsync("console client ping -c 1 -W 1 10.10.10.2");

        await cloud.RunAsync("nova secgroup-add-group-rule web clients icmp -1 -1");
        await cloud.FailAsync("console client ping -c 1 -W 1 10.10.10.2");
        await cloud.RunAsync("nova add-secgroup client clients");
        await cloud.UntilAsync("console client ping -c 1 -W 1 10.10.10.2");
        await cloud.RunAsync("nova remove-secgroup client clients");
        await cloud.UntilAsync("! console client ping -c 1 -W 1 10.10.10.2");

        await cloud.RunAsync("nova secgroup-add-rule web icmp -1 -1 10.10.10.0/24");
        await cloud.UntilAsync("console client ping -c 1 -W 1 10.10.10.2");
        await cloud.RunAsync("nova secgroup-delete-rule web icmp -1 -1 10.10.10.0/24");
        await cloud.UntilAsync("! console client ping -c 1 -W 1 10.10.10.2");
    }

    [Fact]
    public async Task A_floating_address_that_moves_takes_its_connections_along()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova-manage floating create --ip_range=192.168.1.232/30; nova floating-ip-create");
        await cloud.RunAsync("nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0");
        await cloud.BootAsync("one");
        await cloud.BootAsync("two");
        await cloud.RunAsync("nova add-floating-ip one 192.168.1.233");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");
        await cloud.RunAsync("conntrack -L --orig-dst 192.168.1.233 | grep 10.10.10.2");

        await cloud.RunAsync("nova add-floating-ip two 192.168.1.233");
        await cloud.UntilAsync("iptables-save | grep -F -e '-A nova-network-PREROUTING -d 192.168.1.233/32 -j DNAT --to-destination 10.10.10.3'");
        await cloud.UntilAsync("! conntrack -L --orig-dst 192.168.1.233 | grep 10.10.10.2");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");

        await cloud.RunAsync("nova remove-floating-ip two 192.168.1.233");
        await cloud.UntilAsync("! ip -4 address show dev eth0 | grep 192.168.1.233");
        await cloud.FailAsync("outside ping -c 1 -W 1 192.168.1.233");
        await cloud.UntilAsync("! iptables-save | grep 192.168.1.233");
    }

    [Fact]
    public async Task A_server_that_is_deleted_while_it_boots_leaves_nothing()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        for (var i = 0; i < 5; i++)
        {
            await cloud.RunAsync($"nova boot --image busybox --flavor 1 short{i} >/dev/null; nova delete short{i}");
        }

        await cloud.UntilAsync("! nova list | grep short");
        await NothingLeftAsync(cloud);
    }

    private static async Task NothingLeftAsync(SandboxCloud cloud)
    {
        await cloud.UntilAsync("! iptables-save | grep inst-");
        await cloud.UntilAsync("! ip -br link | grep tap");
        await cloud.UntilAsync("[ -z \"$(ls /run/bridgehead/state/instances /run/bridgehead/state/networks/br100/hosts | grep -v :)\" ]");
        await cloud.UntilAsync("! nft list table bridge bridgehead_l2 | grep fa:16:3e");
        await cloud.UntilAsync("! ps ax | grep '[e]nter.sh'");
    }
}
