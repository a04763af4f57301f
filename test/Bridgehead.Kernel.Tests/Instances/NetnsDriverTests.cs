using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Instances;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Kernel.Tests.Instances;

/// <summary>The container driver with real containers.</summary>
public sealed class NetnsDriverTests : IAsyncLifetime
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly string _state = Directory.CreateTempSubdirectory("bridgehead-netns-").FullName;
    private readonly NetnsDriver _driver;
    private readonly InstanceSpec _spec;

    public NetnsDriverTests()
    {
        _driver = new NetnsDriver(new CommandRunner(), _state, TimeProvider.System);
        var injected = new InjectedAddress(Ip.Parse("10.9.0.2"), Cidr.Parse("10.9.0.0/24"), null, []);
        var port = new Port(DeviceName.Parse("tapdriver0"), MacAddress.Parse("fa:16:3e:00:00:01"), null, Dhcp: false, injected);
        _spec = new InstanceSpec(Guid.NewGuid(), 1, "guest", Guid.NewGuid(), 64, 1, [port]);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _driver.DestroyAsync(_spec.Uuid, Never);
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task An_instance_waits_for_its_go_and_then_has_its_interface_and_its_own_world()
    {
        await _driver.PreparePortAsync(_spec, Never);
        (await _driver.IsRunningAsync(_spec.Uuid, Never)).Should().BeFalse();
        World.Run("ip -br link show tapdriver0").Should().Contain("DOWN");

        await BootAsync();
        Inside("ip -4 address show eth0").Should().Contain("10.9.0.2/24");
        Inside("cat /sys/class/net/eth0/address; hostname").Should().NotContain("no such");
        Inside("hostname").Trim().Should().Be("guest");
        World.Run("ping -c 1 -W 2 10.9.0.2");
        (await _driver.ReadConsoleAsync(_spec.Uuid, 65536, Never)).Should().Contain("init: booting guest");
    }

    [Fact]
    public async Task Root_of_an_instance_has_no_power_over_the_host()
    {
        await BootedAsync();
        InsideFails("mount -o remount,rw /base/bin");
        InsideFails("umount /base/bin");
        InsideFails("echo x >/bin/ls");
        InsideFails("ls /old/etc");
        InsideFails("sysctl -w kernel.hostname=owned && echo 1 >/proc/sysrq-trigger");
        InsideFails("test -e /proc/1/root/etc/debian_version");
        Inside("cat /proc/1/environ").Should().NotContain("DOTNET").And.NotContain("OS_");
        Inside("ps").Should().NotContain("dotnet");
        Inside("id -u").Trim().Should().Be("0");
    }

    [Fact]
    public async Task Stopped_it_keeps_its_disk_and_destroyed_it_leaves_nothing()
    {
        await BootedAsync();
        Inside("echo kept >/root/note");
        await _driver.StopAsync(_spec.Uuid, Never);
        World.Try("ip link show tapdriver0").ExitCode.Should().NotBe(0);
        (await _driver.ListAsync(Never)).Should().ContainSingle().Which.Running.Should().BeFalse();

        await BootedAsync();
        Inside("cat /root/note").Trim().Should().Be("kept");
        await _driver.DestroyAsync(_spec.Uuid, Never);
        (await _driver.ListAsync(Never)).Should().BeEmpty();
        World.Run("ps ax").Should().NotContain("enter.sh");
        World.Run("grep -c bridgehead-netns /proc/mounts || true").Trim().Should().Be("0");
    }

    [Fact]
    public async Task Another_life_of_the_daemon_finds_it_running()
    {
        await BootedAsync();
        var later = new NetnsDriver(new CommandRunner(), _state, TimeProvider.System);
        (await later.IsRunningAsync(_spec.Uuid, Never)).Should().BeTrue();
        await later.PreparePortAsync(_spec, Never);
        (await later.IsRunningAsync(_spec.Uuid, Never)).Should().BeFalse("preparing begins anew");
        World.Run("ip -br link show tapdriver0").Should().Contain("DOWN");
    }

    [Fact]
    public async Task Held_still_it_neither_answers_nor_goes_on_until_it_is_let()
    {
        await BootedAsync();
        Inside("(busybox unshare -p -f sh -c 'while :; do echo >>/tmp/turns; done' >/dev/null 2>&1 &) ; sleep 0.2; test -s /tmp/turns");
        World.Run("ping -c 1 -W 2 10.9.0.2");
        _driver.IsFrozen(_spec.Uuid).Should().BeFalse();

        await _driver.FreezeAsync(_spec.Uuid, Never);
        _driver.IsFrozen(_spec.Uuid).Should().BeTrue();
        (await _driver.IsRunningAsync(_spec.Uuid, Never)).Should().BeTrue();
        World.Try("ping -c 1 -W 1 10.9.0.2").ExitCode.Should().NotBe(0);
        Inside("a=$(wc -l </tmp/turns); sleep 0.3; [ $a = $(wc -l </tmp/turns) ]");
        var usage = await _driver.DiagnoseAsync(_spec.Uuid, Never);
        usage["memory"].Should().BePositive();
        usage["cpu0_time"].Should().BePositive();
        usage["tapdriver0_rx_packets"].Should().BePositive();

        // A later life, and one that was cut off on the way.
        var later = new NetnsDriver(new CommandRunner(), _state, TimeProvider.System);
        later.IsFrozen(_spec.Uuid).Should().BeTrue();
        await File.WriteAllTextAsync(Path.Combine(_state, "instances", $"{_spec.Uuid:D}", "frozen"), "between\n", Never);
        later.IsFrozen(_spec.Uuid).Should().BeNull();
        await later.FreezeAsync(_spec.Uuid, Never);
        await later.ThawAsync(_spec.Uuid, Never);
        later.IsFrozen(_spec.Uuid).Should().BeFalse();
        World.Run("ip address replace 10.9.0.1/24 dev tapdriver0; ping -c 1 -W 2 10.9.0.2");
        Inside("a=$(wc -l </tmp/turns); sleep 0.3; [ $a != $(wc -l </tmp/turns) ]");
    }

    [Fact]
    public async Task Stopped_while_it_is_held_still_it_boots_as_ever_and_wiped_it_has_a_new_disk()
    {
        await BootedAsync();
        Inside("echo old >/root/note");
        await _driver.FreezeAsync(_spec.Uuid, Never);
        await _driver.StopAsync(_spec.Uuid, Never);
        _driver.IsFrozen(_spec.Uuid).Should().BeFalse();
        await _driver.WipeAsync(_spec.Uuid, Never);
        await BootedAsync();
        InsideFails("test -e /root/note");
    }

    [Fact]
    public async Task An_instance_that_ends_by_itself_is_noticed()
    {
        var exited = new TaskCompletionSource<Guid>();
        _driver.Exited += exited.SetResult;
        await BootedAsync();
        World.Try($"kill -KILL {File.ReadAllText(Path.Combine(_state, "instances", $"{_spec.Uuid:D}", "pid")).Split(' ')[0]}");
        (await exited.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Should().Be(_spec.Uuid);
    }

    private async Task BootedAsync()
    {
        await _driver.PreparePortAsync(_spec, Never);
        await BootAsync();
    }

    private async Task BootAsync()
    {
        World.Run("ip address replace 10.9.0.1/24 dev tapdriver0; ip link set tapdriver0 up");
        await _driver.StartAsync(_spec, Never);
        await World.UntilAsync(async () => (await _driver.ReadConsoleAsync(_spec.Uuid, 65536, Never)).Contains("booting", StringComparison.Ordinal)
            && Run("ip -4 address show eth0").Output.Contains("10.9.0.2", StringComparison.Ordinal) ? null : "it does not boot: " + await _driver.ReadConsoleAsync(_spec.Uuid, 65536, Never));
    }

    private string Inside(string line)
    {
        var result = Run(line);
        result.ExitCode.Should().Be(0, result.Output + result.Error);
        return result.Output;
    }

    private void InsideFails(string line) => Run(line).ExitCode.Should().NotBe(0, $"an instance must not be able to: {line}");

    private CommandResult Run(string line) =>
        new CommandRunner().RunAsync(NetnsConsole.CommandFor(_state, _spec.Uuid, ["sh", "-c", line])!, Never).GetAwaiter().GetResult();
}
