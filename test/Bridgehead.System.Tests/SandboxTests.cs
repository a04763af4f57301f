using System.Diagnostics;
using AwesomeAssertions;
using Bridgehead.Host;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>The sandbox itself: what it gives, and that it leaves nothing.</summary>
public sealed class SandboxTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("kill -KILL $$", 137)]
    public async Task It_ends_with_the_commands_status(string line, int status) =>
        (await HereAsync($"{SandboxCloud.Program} sandbox -- sh -c '{line}'")).ExitCode.Should().Be(status);

    [Fact]
    public async Task Words_it_does_not_know_are_refused()
    {
        (await HereAsync($"{SandboxCloud.Program} sandbox --nonsense")).Should().Match<CommandResult>(r => r.ExitCode == 2 && r.Error.Contains("--nonsense"));
        (await HereAsync($"{SandboxCloud.Program} sandbox --help")).Output.Should().Contain("outside COMMAND");
        (await HereAsync($"{SandboxCloud.Program} sandbox --set my_ip=nonsense -- true")).Should().Match<CommandResult>(r => r.ExitCode == 1 && r.Error.Contains("my_ip"));
        (await HereAsync($"{SandboxCloud.Program} sandbox -- /no/such/command")).ExitCode.Should().NotBe(0);
    }

    [Theory]
    [InlineData("exit")]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task Nothing_is_left_however_it_ends(string way)
    {
        var (network, mounts) = (await OfThisMachineAsync(), File.ReadLines("/proc/self/mounts").Count());
        var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.BootAsync("one");
        var inside = (await HereAsync($"ps -o pid= --ppid {cloud.ProcessId}")).Output.Trim();
        var mark = await cloud.RunAsync("readlink /proc/self/ns/net");
        if (way == "exit")
        {
            await cloud.DisposeAsync();
        }
        else
        {
            await HereAsync($"kill -{way} {cloud.ProcessId}");
        }

        await UntilAsync(async () => (await HereAsync($"kill -0 {inside}")).ExitCode != 0, "the world's first process is still there");
        await UntilAsync(async () => !(await HereAsync("for p in /proc/[0-9]*; do readlink $p/ns/net; done 2>/dev/null")).Output.Contains(mark), "a process of the world is still there");
        (await OfThisMachineAsync()).Should().Be(network);
        File.ReadLines("/proc/self/mounts").Count().Should().Be(mounts);
        Directory.Exists("/run/bridgehead").Should().BeFalse();
    }

    [Fact]
    public async Task Two_at_once_know_nothing_of_each_other()
    {
        await using var one = await SandboxCloud.StartAsync();
        await using var two = await SandboxCloud.StartAsync();
        await one.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await one.BootAsync("server");
        (await two.RunAsync("nova list")).Should().NotContain("server");
        (await two.RunAsync("iptables-save")).Should().NotContain("inst-1");
        await two.FailAsync("nova-manage network list | grep mynet");
    }

    [Fact]
    public async Task An_ordinary_user_gets_the_whole_walk_through()
    {
        var home = Directory.CreateTempSubdirectory("bridgehead-user-");
        try
        {
            await HereAsync($"cp {Path.GetDirectoryName(SandboxCloud.Program)}/* {home.FullName}; chmod -R a+rX {home.FullName}");
            var ran = await HereAsync($"cd / && setpriv --reuid 65534 --regid 65534 --clear-groups {home.FullName}/bridgehead sandbox --demo");
            ran.ExitCode.Should().Be(0, ran.Output + ran.Error);
            ran.Output.Should().Contain("+ filter -A nova-compute-inst-1 -p icmp -j ACCEPT").And.Contain("All of it worked");
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_demonstration_shows_native_rules_where_the_cloud_has_those()
    {
        var ran = await HereAsync($"{SandboxCloud.Program} sandbox --demo --netfilter-backend nftables");
        ran.ExitCode.Should().Be(0, ran.Output + ran.Error);
        ran.Output.Should().Contain("+ ip bridgehead sg-1: meta l4proto icmp counter accept   # rule 1 of security group default").And.Contain("+ ip bridgehead fip_dnat: 192.168.1.233 : 10.10.10.2").And.Contain("All of it worked");
    }

    [Fact]
    public async Task The_users_own_cloud_does_not_leak_in_nor_the_sandboxs_password_into_servers()
    {
        var ran = await HereAsync($"OS_TOKEN=secret OS_PROJECT_ID=mine {SandboxCloud.Program} sandbox -- sh -c 'env | grep ^OS_'");
        ran.Output.Should().NotContain("OS_TOKEN").And.NotContain("OS_PROJECT_ID").And.Contain("OS_PASSWORD=");
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.BootAsync("one");
        (await cloud.RunAsync("console one sh -c 'cat /proc/1/environ | tr \"\\0\" \"\\n\"'")).Should().NotContain("OS_").And.NotContain("BRIDGEHEAD");
    }

    [Fact]
    public async Task Its_password_is_another_one_each_time_and_stands_only_where_its_owner_reads()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await using var other = await SandboxCloud.StartAsync();
        (await cloud.RunAsync("echo ${#OS_PASSWORD}")).Should().Be("24");
        (await cloud.RunAsync("echo $OS_PASSWORD")).Should().NotBe(await other.RunAsync("echo $OS_PASSWORD"));
        await cloud.RunAsync("umask 077; echo $OS_PASSWORD >/run/password; nova list");
        (await cloud.RunAsync("grep -rlaf /run/password /run/bridgehead | sort | xargs stat -c '%n %a'")).Should().Be("/run/bridgehead/clouds.yaml 600\n/run/bridgehead/nova.conf 600");
        await cloud.FailAsync("grep -laf /run/password /proc/[0-9]*/cmdline $SANDBOX_LOG");
    }

    private static Task<CommandResult> HereAsync(string line) =>
        new CommandRunner().RunAsync(new Command("bash", ["-c", line]) { Timeout = TimeSpan.FromMinutes(2) }, Never);

    private static async Task<string> OfThisMachineAsync() =>
        (await HereAsync("iptables-save | grep -v '^#'; ip -br address; ip netns list; cat /proc/sys/net/ipv4/ip_forward")).Output;

    private static async Task UntilAsync(Func<Task<bool>> holds, string otherwise)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20), otherwise);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
