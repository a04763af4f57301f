using System.Diagnostics;
using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>A physical interface (one end of a veth pair) goes onto a bridge with all that the host has on it; its neighbour watches from the other end.</summary>
public sealed class PhysicalInterfaceTests : IDisposable
{
    private const string Mac = "02:00:00:00:00:11";

    /// <summary>Two subnets, one of them with a second address; routes by router, on the link, with a metric, a source and a size, in a table of their own; IPv6.</summary>
    private const string Configure =
        """
        ip address add 192.168.1.90/24 brd + dev eth0
        ip address add 192.168.1.91/24 brd + dev eth0
        ip address add 10.77.0.5/16 dev eth0 metric 300
        ip address add 10.88.0.5/16 dev eth0 noprefixroute
        ip address add 198.51.100.7 peer 198.51.100.1/32 dev eth0
        ip address add 2001:db8::90/64 dev eth0 nodad
        ip link set eth0 up
        ip route add 10.88.0.0/16 dev eth0 proto kernel scope link src 10.88.0.5 metric 100
        ip route add default via 192.168.1.1 proto static metric 100 mtu 1400
        ip route add 10.5.0.0/16 dev eth0 scope link src 192.168.1.91
        ip route add 10.6.0.0/16 via 10.5.0.1
        ip route add 10.7.0.0/16 via 172.31.0.1 dev eth0 onlink
        ip route add default via 192.168.1.1 table 100
        ip route add default via 2001:db8::1
        ip route add 2001:db8:1::/48 via 2001:db8::2 metric 50
        """;

    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly DeviceName Bridge = DeviceName.Parse("br100");
    private static readonly DeviceName Physical = DeviceName.Parse("eth0");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridgehead-links-");

    public PhysicalInterfaceTests()
    {
        World.Run(
            $"""
            set -e
            ip netns add neighbour
            ip link add eth0 address {Mac} type veth peer name eth0 netns neighbour
            ip -n neighbour address add 192.168.1.1/24 dev eth0
            ip -n neighbour address add 203.0.113.1/32 dev lo
            ip -n neighbour link set lo up
            ip -n neighbour link set eth0 up
            {Configure}
            """);
    }

    public void Dispose()
    {
        World.Run("ip link del eth0; ip link del br100 2>/dev/null; ip netns del neighbour; echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter");
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Addresses_and_routes_move_as_they_are_and_the_bridge_has_the_interfaces_MAC()
    {
        var before = Listing();
        await EnsureAsync(new CommandRunner());
        Listing().Should().Be(before.Replace("dev eth0", "dev br100", StringComparison.Ordinal));
        World.Run("ip -br link show dev br100").Should().Contain(Mac).And.Contain("UP");
        World.Run("ip link show dev eth0").Should().Contain("master br100");
    }

    /// <summary>
    /// Of 500 pings each way, one every 2 ms. Where the kernel takes a packet only on the interface that leads back to its sender, those that come between the connection of the
    /// interface and the move of the routes are lost: the time that a program takes to start.
    /// </summary>
    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 50)]
    public async Task Connections_live_through_the_move_and_hardly_a_ping_is_lost(int filter, int lost)
    {
        World.Run($"echo {filter} >/proc/sys/net/ipv4/conf/all/rp_filter");
        using var inward = Ping("ip netns exec neighbour ping", "192.168.1.90");
        using var outward = Ping("ping", "203.0.113.1");
        await using var connection = await Conversation.StartAsync("neighbour", "192.168.1.91");
        await Task.Delay(200, Never);
        await EnsureAsync(new CommandRunner());
        await Task.Delay(200, Never);
        (await connection.EndAsync()).Should().BeLessThan(TimeSpan.FromSeconds(0.9), "a question to the neighbours that is lost costs a second");
        Lost(inward).Should().BeLessThanOrEqualTo(lost);
        Lost(outward).Should().BeLessThanOrEqualTo(lost);
        World.Run("ip -br address show dev br100").Should().Contain("192.168.1.91/24");
    }

    [Fact]
    public async Task Killed_at_every_line_the_host_has_its_addresses_and_the_next_life_finishes()
    {
        var before = Listing();
        var n = 0;
        for (var runner = new CutRunner(n, kills: true); ; runner = new CutRunner(++n, kills: true))
        {
            var killed = await IsKilledAsync(() => EnsureAsync(runner));
            killed.Should().Be(runner.WasCut);
            foreach (var address in new[] { "192.168.1.90/24", "192.168.1.91/24", "10.77.0.5/16", "10.88.0.5/16", "2001:db8::90/64" })
            {
                World.Run("ip -o address").Should().Contain($" {address} ", $"killed at line {n}");
            }

            World.Run("ip route").Should().Contain("default via 192.168.1.1", $"killed at line {n}");
            await EnsureAsync(new CommandRunner());
            Listing().Should().Be(before.Replace("dev eth0", "dev br100", StringComparison.Ordinal), $"killed at line {n}");
            World.Run("ip netns exec neighbour ping -c 1 -W 1 192.168.1.91");
            if (!killed)
            {
                n.Should().BeGreaterThan(20, "every line was hit");
                return;
            }

            Reset();
        }
    }

    [Fact]
    public async Task A_move_that_fails_at_any_line_is_taken_back()
    {
        var before = Listing();
        var n = 0;
        for (var runner = new CutRunner(n, kills: false); ; runner = new CutRunner(++n, kills: false))
        {
            try
            {
                await EnsureAsync(runner);
            }
            catch (CommandFailedException problem)
            {
                problem.Message.Should().Contain("refused by the test");
            }

            if (!runner.WasCut)
            {
                n.Should().BeGreaterThan(20, "every line was hit");
                return;
            }

            Listing().Should().Be(before, $"line {n} failed");
            World.Run("ip netns exec neighbour ping -c 1 -W 1 192.168.1.91");
            Reset();
        }
    }

    [Fact]
    public async Task The_way_back_gives_the_interface_everything_that_the_bridge_has_under_traffic()
    {
        var before = Listing();
        await EnsureAsync(new CommandRunner());
        using var inward = Ping("ip netns exec neighbour ping", "192.168.1.90");
        using var outward = Ping("ping", "203.0.113.1");
        await using var connection = await Conversation.StartAsync("neighbour", "192.168.1.91");
        await Task.Delay(200, Never);
        await ReleaseAsync(new CommandRunner());
        await Task.Delay(200, Never);
        (await connection.EndAsync()).Should().BeLessThan(TimeSpan.FromSeconds(0.9), "a question to the neighbours that is lost costs a second");
        Lost(inward).Should().BeLessThanOrEqualTo(5);
        Lost(outward).Should().BeLessThanOrEqualTo(5);
        Listing().Should().Be(before);
        World.Run("ip link show dev eth0").Should().NotContain("master");
        var again = new CutRunner(int.MaxValue, kills: false);
        await ReleaseAsync(again);
        again.Lines.Should().Be(0);
        (await NewLinks(new CommandRunner()).RemoveBridgeAsync(Bridge, Never)).Should().BeTrue();
        Listing().Should().Be(before);
    }

    [Fact]
    public async Task Killed_at_every_line_of_the_way_back_the_next_finishes_it()
    {
        var before = Listing();
        for (var n = 0; ; n++)
        {
            await EnsureAsync(new CommandRunner());
            var runner = new CutRunner(n, kills: true);
            var killed = await IsKilledAsync(() => ReleaseAsync(runner));
            killed.Should().Be(runner.WasCut);
            World.Run("ip -o address").Should().ContainAll(" 192.168.1.90/24 ", " 192.168.1.91/24 ", " 10.77.0.5/16 ", " 2001:db8::90/64 ");
            World.Run("ip route").Should().Contain("default via 192.168.1.1", $"killed at line {n}");
            await ReleaseAsync(new CommandRunner());
            Listing().Should().Be(before, $"killed at line {n}");
            World.Run("ip netns exec neighbour ping -c 1 -W 1 192.168.1.91");
            if (!killed)
            {
                n.Should().BeGreaterThan(20, "every line was hit");
                return;
            }

            Reset();
        }
    }

    [Fact]
    public async Task An_interface_that_another_bridge_has_by_now_is_not_taken_from_it()
    {
        await EnsureAsync(new CommandRunner());
        World.Run("ip link add br7 type bridge; ip link set eth0 master br7");
        var before = Listing();
        await ReleaseAsync(new CommandRunner());
        Listing().Should().Be(before);
        World.Run("ip link show dev eth0; ip link del br7").Should().Contain("master br7");
    }

    [Fact]
    public async Task Saying_it_again_changes_nothing_and_an_address_that_came_since_follows()
    {
        await EnsureAsync(new CommandRunner());
        var again = new CutRunner(int.MaxValue, kills: false);
        await EnsureAsync(again);
        again.Lines.Should().Be(0);
        World.Run("ip address add 192.168.1.92/24 dev eth0");
        await EnsureAsync(again);
        World.Run("ip -br -4 address show dev br100").Should().Contain("192.168.1.92/24");
        World.Run("ip -br -4 address show dev eth0").Should().NotContain("192.168.1.92");
    }

    [Fact]
    public async Task Daemons_that_come_at_the_same_time_do_it_once()
    {
        var before = Listing();
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => EnsureAsync(new CommandRunner()))));
            Listing().Should().Be(before.Replace("dev eth0", "dev br100", StringComparison.Ordinal));
            Reset();
        }
    }

    [Fact]
    public async Task An_interface_that_is_somebody_elses_is_left_alone()
    {
        World.Run("ip link add br7 type bridge; ip link set eth0 master br7");
        var before = Listing();
        await FluentActions.Awaiting(() => EnsureAsync(new CommandRunner())).Should().ThrowAsync<CommandFailedException>().WithMessage("*eth0*is connected to br7*flat_interface*");
        Listing().Should().Be(before);
        World.Run("ip link show dev eth0; ip link del br7").Should().Contain("master br7");
    }

    [Fact]
    public async Task What_the_kernel_does_not_put_on_a_bridge_keeps_its_addresses()
    {
        World.Run("ip link add eth1 type bridge; ip address add 192.168.7.1/24 dev eth1; ip link set eth1 up; ip route add 10.9.0.0/16 via 192.168.7.9");
        var before = Listing();
        await FluentActions.Awaiting(() => NewLinks(new CommandRunner()).EnsureBridgeAsync(Bridge, DeviceName.Parse("eth1"), Never)).Should().ThrowAsync<CommandFailedException>();
        Listing().Should().Be(before);
        World.Run("ip link del eth1");
    }

    private Links NewLinks(ICommandRunner runner) => new(runner, new HostFiles(TimeProvider.System), Path.Combine(_folder.FullName, "lock"), TimeProvider.System);

    private Task EnsureAsync(ICommandRunner runner) => NewLinks(runner).EnsureBridgeAsync(Bridge, Physical, Never);

    private Task ReleaseAsync(ICommandRunner runner) => NewLinks(runner).ReleaseInterfaceAsync(Bridge, Physical, Never);

    private async Task<bool> IsKilledAsync(Func<Task> change)
    {
        try
        {
            await change();
            return false;
        }
        catch (ProcessKilledException)
        {
            return true;
        }
    }

    /// <summary>As before the move.</summary>
    private static void Reset() => World.Run($"set -e; ip link set eth0 nomaster; ! ip link show br100 >/dev/null 2>&1 || ip link del br100; ip address flush dev eth0; ip route flush table 100; ip -6 route flush dev eth0; {Configure}");

    /// <summary>Addresses in their order and routes in a fixed one; the kernel's own for each link are left out.</summary>
    private static string Listing() => World.Run(
        "for d in eth0 br100; do ip -o address show dev $d scope global 2>/dev/null | sed -E 's/^[0-9]+: ([a-z0-9]+) +/dev \\1 /; s/ br100\\\\| eth0\\\\/ \\\\/'; done; "
        + "{ ip -4 route show table all type unicast; ip -6 route show table all type unicast | grep -v ^fe80; } | sort");

    private static Process Ping(string program, string target)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"exec {program} -q -i 0.002 -c 500 -W 1 {target}"]) { RedirectStandardOutput = true, UseShellExecute = false };
        return Process.Start(start)!;
    }

    private static int Lost(Process ping)
    {
        var words = ping.StandardOutput.ReadToEnd().Split('\n').Single(line => line.Contains("packets transmitted", StringComparison.Ordinal)).Split(' ');
        return int.Parse(words[0]) - int.Parse(words[3]);
    }
}
