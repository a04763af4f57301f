using System.Collections.Concurrent;
using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>A real client's lease on its whole way: dnsmasq, the program that it starts, the daemon's socket, the event.</summary>
public sealed class LeaseHelperTests : IAsyncLifetime
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly DeviceName Bridge = DeviceName.Parse("br100");
    private static readonly DhcpHost One = new(MacAddress.Parse("fa:16:3e:00:00:01"), "one", Ip.Parse("10.10.10.2"));
    private readonly string _state = Directory.CreateTempSubdirectory("bridgehead-helper-").FullName;
    private readonly ConcurrentQueue<LeaseEvent> _events = [];
    private readonly DnsmasqService _dhcp;
    private CancellationTokenSource _stop = new();
    private Task _daemon = Task.CompletedTask;
    private string _database = "";

    public LeaseHelperTests()
    {
        var program = Path.Combine(Golden.Root, "src/Bridgehead/bin/Debug/net10.0/bridgehead.dll");
        Assert.True(File.Exists(program), "the program is not built: ./check builds it");
        File.SetUnixFileMode(_state, (UnixFileMode)0b111_101_101);
        var helper = Path.Combine(_state, "nova-dhcpbridge");
        File.WriteAllText(helper, $"#!/bin/sh\nexec {Environment.ProcessPath} exec {program} nova-dhcpbridge \"$@\"\n");
        File.SetUnixFileMode(helper, (UnixFileMode)0b111_101_101);
        _dhcp = new DnsmasqService(new CommandRunner(), new HostFiles(TimeProvider.System), new Processes(new CommandRunner()), Sample.Settings() with { StatePath = _state }, helper);
    }

    public async ValueTask InitializeAsync()
    {
        World.Run(
            """
            set -e
            ip link add br100 type bridge; ip address add 10.10.10.1/24 dev br100; ip link set br100 up
            ip netns add c1; ip link add t1 type veth peer name eth0 address fa:16:3e:00:00:01 netns c1
            ip link set t1 master br100 up; ip -n c1 link set eth0 up
            """);
        await StartDaemonAsync();
        await StartDnsmasqAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _dhcp.EnsureAsync(Bridge, () => Task.FromResult(new DhcpPicture([], [])), Never);
        await StopDaemonAsync();
        World.Run("ip link del t1; ip netns del c1; ip link del br100");
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task A_lease_that_comes_goes_and_is_remembered_arrives_as_its_events()
    {
        await AskAsync();
        await SeenAsync(new LeaseEvent(true, One.Mac, One.Address));

        // A dnsmasq that is started anew has the lease from the daemon: only a known lease can be given back.
        _database = $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600} {One.Mac} {One.Address} one *\n";
        World.Run($"p=$(cat {_state}/networks/br100/pid); kill $p; while kill -0 $p 2>/dev/null; do sleep 0.01; done");
        await StartDnsmasqAsync();
        World.Run($"dhcp_release br100 {One.Address} {One.Mac}");
        await SeenAsync(new LeaseEvent(false, One.Mac, One.Address));

        await AskAsync();
        await SeenAsync(new LeaseEvent(true, One.Mac, One.Address));
        await StopDaemonAsync();
        World.Run($"dhcp_release br100 {One.Address} {One.Mac}");
        await World.UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(LeaseHelper.SpoolOf(_state), $"{One.Address}")) ? null : "the event is not kept"));
        _events.Should().BeEmpty();
        await StartDaemonAsync();
        await SeenAsync(new LeaseEvent(false, One.Mac, One.Address));
    }

    private static Task AskAsync() => World.UntilAsync(
        () => Task.FromResult(World.Try("ip netns exec c1 busybox udhcpc -i eth0 -n -q -t 3 -T 1 -s /bin/true 2>&1").Output.Contains("lease of 10.10.10.2 obtained", StringComparison.Ordinal) ? null : "no lease"));

    private Task StartDnsmasqAsync() => _dhcp.EnsureAsync(Bridge, () => Task.FromResult(new DhcpPicture([Sample.Network()], [new ServedHost(Guid.Empty, One)])), Never);

    private async Task StartDaemonAsync()
    {
        var listening = new TaskCompletionSource();
        _stop = new CancellationTokenSource();
        _daemon = new LeaseSocket(_state, TimeProvider.System, NullLogger<LeaseSocket>.Instance).RunAsync(
            lease =>
            {
                _events.Enqueue(lease);
                return Task.CompletedTask;
            },
            () => Task.FromResult(_database),
            listening,
            _stop.Token);
        await listening.Task;
    }

    private async Task StopDaemonAsync()
    {
        await _stop.CancelAsync();
        await FluentActions.Awaiting(() => _daemon).Should().ThrowAsync<OperationCanceledException>();
        _stop.Dispose();
    }

    /// <summary>The next event is this one.</summary>
    private async Task SeenAsync(LeaseEvent expected)
    {
        LeaseEvent? got = null;
        await World.UntilAsync(() => Task.FromResult(_events.TryDequeue(out got) ? null : $"no event; expected {expected}"));
        got.Should().Be(expected);
    }
}
