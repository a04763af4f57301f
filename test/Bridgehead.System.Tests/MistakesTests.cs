using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>Wrong input from users and operators: a sentence, an exit status, and nothing changed.</summary>
public sealed class MistakesTests
{
    [Fact]
    public async Task A_users_mistakes_change_nothing()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.BootAsync("one");
        var before = await StateAsync(cloud);
        foreach (var (line, sentence) in UsersMistakes)
        {
            (await cloud.FailAsync(line)).Should().Contain(sentence, line);
        }

        (await StateAsync(cloud)).Should().Be(before);
    }

    [Fact]
    public async Task An_operators_mistakes_stop_the_daemon_with_a_sentence()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        (await cloud.FailAsync("timeout 10 bridgehead up --osapi_compute_listen_port 8774 --metadata_listen_port 9999 --state_path /run/other")).Should().Contain("8774").And.Contain("osapi_compute_listen_port");
        (await cloud.FailAsync("timeout 10 bridgehead up --public_interface eth7")).Should().Contain("eth7").And.Contain("public_interface");
        (await cloud.FailAsync("timeout 10 bridgehead up --fixed_range 10.0.0.1/8")).Should().Contain("fixed_range");
        (await cloud.FailAsync("timeout 10 bridgehead up --no_such_option 1")).Should().Contain("no_such_option");
        (await cloud.FailAsync("echo '[DEFAULT]' >/run/bad.conf; echo 'my_ip = nonsense' >>/run/bad.conf; timeout 10 bridgehead up --config-file /run/bad.conf")).Should().Contain("bad.conf").And.Contain("my_ip");
        (await cloud.FailAsync("timeout 10 bridgehead up --state_path /proc/nowhere")).Should().Contain("/proc/nowhere");
        (await cloud.FailAsync("timeout 10 bridgehead up --connection sqlite:////proc/nowhere/x.db --state_path /run/other")).Should().Contain("database");
        (await cloud.FailAsync("timeout 10 setpriv --bounding-set -net_admin --inh-caps -net_admin bridgehead up --state_path /run/other")).Should().Contain("CAP_NET_ADMIN");
        (await cloud.FailAsync("mount --bind /dev/null /usr/sbin/dnsmasq && mount -t tmpfs tmpfs /usr/sbin; PATH=/run/bridgehead/bin:/usr/bin:/bin timeout 10 nova-network"))
            .Should().Contain("apt-get install");
    }

    [Fact]
    public async Task Another_projects_server_does_not_exist()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        (await cloud.FailAsync("OS_PASSWORD=wrong nova list")).Should().Contain("401");
        (await cloud.FailAsync("nova --os-token 0123456789 --os-endpoint-override http://127.0.0.1:8774/compute/v2.1 list")).Should().NotContain("at Bridgehead");
    }

    private static readonly (string Line, string Sentence)[] UsersMistakes =
    [
        ("nova-manage network create other 10.20.30.1/24", "10.20.30.1/24"),
        ("nova-manage network create other 10.10.10.128/25", "10.10.10.0/24"),
        ("nova-manage network create 'a,b\nc' 10.30.0.0/24", "label"),
        ("nova-manage floating create --ip_range=192.168.1.233/30", "192.168.1.233/30"),
        ("nova floating-ip-create", "No more floating"),
        ("nova boot --image nosuch --flavor 1 x", "nosuch"),
        ("nova boot --image busybox --flavor 99 x", "99"),
        ("nova boot --image busybox --flavor 1 \"$(printf 'a\\nb')\"", "400"),
        ("nova boot --image busybox --flavor 1 --nic net-id=11111111-2222-3333-4444-555555555555 x", "11111111-2222-3333-4444-555555555555"),
        ("nova secgroup-add-rule default tcp 90 80 0.0.0.0/0", "400"),
        ("nova secgroup-add-rule default tcp 22 22 10.0.0.1/8", "400"),
        ("nova secgroup-add-rule default nonsense 1 2 0.0.0.0/0", "protocol"),
        ("nova add-floating-ip one 192.168.1.233", "404"),
        ("nova delete nosuch", "No server with a name or ID of 'nosuch' exists"),
        ("nova keypair-add --pub-key /etc/hostname bad", "400"),
        ("nova no-such-command", "no-such-command"),
        ("nova boot", "--flavor"),
        ("nova-manage fixed reserve 203.0.113.9", "203.0.113.9"),
    ];

    private static Task<string> StateAsync(SandboxCloud cloud) => cloud.RunAsync(
        "iptables-save | grep ^-A; nova list --all-tenants; nova-manage network list; nova floating-ip-list; nova secgroup-list; nova secgroup-list-rules default; nova keypair-list; ls -R /run/bridgehead/state/networks; ip -br address");
}
