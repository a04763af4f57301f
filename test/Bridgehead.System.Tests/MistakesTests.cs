using System.Diagnostics;
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

    [Theory]
    [InlineData("bridgehead up --osapi_compute_listen_port 8774 --metadata_listen_port 9999 --state_path /run/other", 1, "8774", "osapi_compute_listen_port")]
    [InlineData("bridgehead up --public_interface eth7", 1, "eth7", "public_interface")]
    [InlineData("bridgehead up --fixed_range 10.0.0.1/8", 2, "10.0.0.1/8", "fixed_range")]
    [InlineData("bridgehead up --no_such_option 1", 2, "no_such_option", "option")]
    [InlineData("bridgehead up --flat_network_bridge lo", 1, "'lo'", "flat_network_bridge")]
    [InlineData("bridgehead up --flat_network_bridge eth0 --flat_interface eth0", 1, "'eth0'", "flat_network_bridge")]
    [InlineData("bridgehead up --dnsmasq_config_file /run/nowhere", 1, "/run/nowhere", "dnsmasq_config_file")]
    [InlineData("bridgehead up --netfilter_backend nftables --iptables_drop_action MYDROP", 1, "MYDROP", "netfilter_backend")]
    [InlineData("nova-network", 1, "nova-network runs already", "stop that one first")]
    [InlineData("nova-compute", 1, "nova-compute runs already", "stop that one first")]
    [InlineData("echo '[DEFAULT]' >/run/bad.conf; echo 'my_ip = nonsense' >>/run/bad.conf; bridgehead up --config-file /run/bad.conf", 2, "bad.conf line 2", "my_ip")]
    [InlineData("bridgehead up --state_path /proc/nowhere", 1, "/proc/nowhere", "state_path")]
    [InlineData("touch /run/file; bridgehead up --state_path /run/file", 1, "/run/file", "state_path")]
    [InlineData("bridgehead up --connection sqlite:////proc/nowhere/x.db --state_path /run/other", 1, "/proc/nowhere/x.db", "connection")]
    [InlineData("nova-api --connection postgresql://u:secret@127.0.0.1:1/cloud --state_path /run/other", 1, "cloud on 127.0.0.1", "connection")]
    [InlineData("setpriv --bounding-set -net_admin --inh-caps -net_admin bridgehead up --state_path /run/other", 1, "CAP_NET_ADMIN", "root")]
    [InlineData("mount -t tmpfs tmpfs /usr/sbin; PATH=/run/bridgehead/bin:/usr/bin:/bin nova-network", 1, "dnsmasq", "apt-get install")]
    public async Task An_operators_mistake_stops_the_daemon_with_a_sentence(string line, int status, string what, string remedy)
    {
        await using var cloud = await SandboxCloud.StartAsync();
        var ran = await cloud.TryAsync($"timeout 10 sh -c \"{line}\"");
        ran.ExitCode.Should().Be(status, ran.Output);
        ran.Output.Should().Contain(what).And.Contain(remedy).And.NotContain("   at ").And.NotContain("Exception").And.NotContain("secret");
        ran.Output.Split('\n').Should().OnlyContain(sentence => !sentence.Contains("fail:", StringComparison.Ordinal), "the sentence is all");
    }

    [Fact]
    public async Task A_command_that_is_not_there_has_the_shells_exit_status()
    {
        using var process = Process.Start(new ProcessStartInfo(SandboxCloud.Program, ["sandbox", "--", "/no/such/program"]) { RedirectStandardError = true, UseShellExecute = false })!;
        (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).Should().Contain("/no/such/program");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.Should().Be(127);
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
        ("nova secgroup-add-rule default tcp 22 22 10.0.0.1/0", "400"),
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
