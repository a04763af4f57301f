using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>Pause, suspend, rebuild and resize with Debian's own clients, and packets to see by.</summary>
public sealed class ServerStatesTests
{
    private const string Nova = "/usr/bin/nova";
    private const string Ping = "console two ping -c 1 -W 1 10.10.10.2";

    [Fact]
    public async Task A_paused_or_suspended_server_is_silent_until_it_goes_on()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.BootAsync("one");
        await cloud.BootAsync("two");
        await cloud.RunAsync(Ping);
        foreach (var (hold, status, go) in new[] { ("pause", "PAUSED", "unpause"), ("suspend", "SUSPENDED", "resume") })
        {
            await cloud.RunAsync($"openstack server {hold} one");
            await cloud.UntilAsync($"{Nova} show one | grep -w {status}");
            await cloud.FailAsync(Ping);
            (await cloud.FailAsync($"openstack server {hold} one")).Should().Contain("409");
            (await cloud.FailAsync("openstack server stop one")).Should().Contain("409");
            await cloud.RunAsync($"{Nova} {go} one");
            await cloud.UntilAsync($"{Nova} show one | grep -w ACTIVE");
            await cloud.UntilAsync(Ping);
        }
    }

    [Fact]
    public async Task A_hard_reboot_wakes_a_paused_server()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.BootAsync("one");
        await cloud.BootAsync("two");
        await cloud.RunAsync($"{Nova} pause one");
        await cloud.UntilAsync($"{Nova} show one | grep -w PAUSED");
        await cloud.RunAsync($"{Nova} reboot --hard one");
        await cloud.UntilAsync($"{Nova} show one | grep -w ACTIVE");
        await cloud.UntilAsync(Ping);
    }

    [Fact]
    public async Task A_rebuilt_server_has_a_new_disk_and_the_same_address()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.BootAsync("one");
        await cloud.RunAsync("console one sh -c 'echo old >/root/note'");
        await cloud.RunAsync("openstack server rebuild --wait --image busybox one");
        await cloud.UntilAsync("console one ip -4 -o address show dev eth0 | grep -w 10.10.10.2");
        await cloud.FailAsync("console one test -e /root/note");

        await cloud.RunAsync("openstack server stop one");
        await cloud.UntilAsync($"{Nova} show one | grep -w SHUTOFF");
        await cloud.RunAsync($"{Nova} rebuild one busybox");
        await cloud.UntilAsync($"{Nova} show one | grep -w SHUTOFF");
        (await cloud.RunAsync($"{Nova} instance-action-list one")).Should().Contain("rebuild").And.Contain("stop").And.Contain("create");
    }

    [Fact]
    public async Task A_resized_server_is_confirmed_or_reverted_and_answers_again()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.BootAsync("one");
        await cloud.BootAsync("two");
        await cloud.RunAsync("openstack server resize --flavor m1.small --wait one");
        (await cloud.RunAsync($"{Nova} show one")).Should().Contain("VERIFY_RESIZE");
        await cloud.UntilAsync(Ping);
        await cloud.RunAsync("openstack server resize revert one");
        await cloud.UntilAsync($"{Nova} show one | grep -w ACTIVE && {Nova} show one | grep -w m1.tiny");
        await cloud.RunAsync($"{Nova} resize --poll one m1.small && {Nova} resize-confirm one");
        (await cloud.RunAsync($"{Nova} show one")).Should().Contain("ACTIVE").And.Contain("m1.small");
        await cloud.UntilAsync(Ping);
        (await cloud.RunAsync($"{Nova} diagnostics one")).Should().Contain("memory").And.Contain("cpu0_time");
    }

    [Fact]
    public async Task Tags_groups_locks_and_the_list_work_with_the_stock_client()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        (await cloud.RunAsync($"{Nova} server-group-create near affinity && {Nova} server-group-list")).Should().Contain("near").And.Contain("affinity");
        var group = await cloud.RunAsync("openstack server group list -f value -c ID");
        await cloud.RunAsync($"openstack server create --image busybox --flavor m1.tiny --hint group={group} --wait one");
        (await cloud.RunAsync($"openstack server group show near -f value -c members")).Should().NotBeEmpty();
        await cloud.RunAsync($"{Nova} server-tag-add one red blue && {Nova} server-tag-delete one blue");
        (await cloud.RunAsync($"{Nova} list --tags red")).Should().Contain("one");
        (await cloud.RunAsync($"{Nova} list --tags blue")).Should().NotContain("one");
        await cloud.RunAsync($"{Nova} lock one && {Nova} unlock one");
        (await cloud.RunAsync("openstack server list --name '^on' --ip 10.10.10. --status ACTIVE -f value -c Name")).Should().Be("one");
        (await cloud.FailAsync($"{Nova} list --sort colour")).Should().Contain("400");
        (await cloud.FailAsync($"{Nova} get-vnc-console one novnc")).Should().Contain("ERROR");
    }
}
