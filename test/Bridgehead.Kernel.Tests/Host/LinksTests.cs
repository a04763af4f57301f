using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>Bridges, taps and addresses in the kernel's own state.</summary>
public sealed class LinksTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly DeviceName Bridge = DeviceName.Parse("br100");
    private static readonly DeviceName Tap = DeviceName.Parse("tap1");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridgehead-links-");
    private readonly Links _links;

    public LinksTests() => _links = NewLinks(new CommandRunner());

    public void Dispose()
    {
        World.Run("for l in br100 tap1; do ip link del $l 2>/dev/null; done; for n in $(ip netns list | cut -d' ' -f1); do ip netns del $n; done; ip address flush dev lo scope link; echo 0 >/proc/sys/net/ipv4/conf/all/promote_secondaries");
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_new_bridge_is_up_forwards_at_once_and_keeps_its_MAC_whoever_joins()
    {
        await _links.EnsureBridgeAsync(Bridge, null, Never);
        World.Run("ip -d link show br100").Should().Contain("forward_delay 0 ").And.Contain("stp_state 0 ").And.Contain("UP");
        var mac = Mac();
        World.Run("ip link add tap1 address 02:00:00:00:00:01 type veth peer name vm1; ip link set vm1 up");
        await _links.AttachAsync(Tap, Bridge, 1400, Never);
        Mac().Should().Be(mac);
        World.Run("ip -d link show tap1").Should().ContainAll("hairpin on", "state forwarding", "mtu 1400", "master br100", "UP");
    }

    [Fact]
    public async Task A_bridge_that_was_left_down_is_set_up_and_one_that_is_up_is_not_touched()
    {
        World.Run("ip link add br100 type bridge");
        var runner = new CutRunner(int.MaxValue, kills: false);
        await NewLinks(runner).EnsureBridgeAsync(Bridge, null, Never);
        World.Run("ip link show br100").Should().Contain(",UP");
        await NewLinks(runner).EnsureBridgeAsync(Bridge, null, Never);
        runner.Lines.Should().Be(1);
    }

    [Fact]
    public async Task The_gateway_becomes_the_first_address_of_its_subnet_under_a_connection_over_another()
    {
        await HostOnTheSubnetAsync();
        await using var connection = await Conversation.StartAsync("neighbour", "10.10.10.50");
        await Task.Delay(100, Never);
        await EnsureGatewayAsync(new CommandRunner());
        Addresses().Should().Equal("192.168.1.90/24", "10.10.10.1/24", "10.10.10.50/24", "10.10.10.51/24");
        Routes().Should().Contain("10.10.10.0/24 dev br100 proto kernel scope link src 10.10.10.1");

        await _links.RemoveAddressAsync(Bridge, Ip.Parse("10.10.10.1"), 24, Never);
        Addresses().Should().Equal("192.168.1.90/24", "10.10.10.50/24", "10.10.10.51/24");
        await Task.Delay(100, Never);
        await connection.EndAsync();
    }

    /// <summary>Where the first address of a subnet takes the others along when it goes, and where they are promoted.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Killed_or_refused_at_every_line_the_host_keeps_its_addresses_and_routes_and_the_next_life_finishes(bool kills, int promoted)
    {
        World.Run($"echo {promoted} >/proc/sys/net/ipv4/conf/all/promote_secondaries");
        await HostOnTheSubnetAsync();
        var n = 0;
        for (var cut = true; cut; n++)
        {
            cut = await CutAsync(new CutRunner(n, kills), runner => EnsureGatewayAsync(runner), n);
            await EnsureGatewayAsync(new CommandRunner());
            Addresses().Should().Equal("192.168.1.90/24", "10.10.10.1/24", "10.10.10.50/24", "10.10.10.51/24");
            NothingKept();

            cut |= await CutAsync(new CutRunner(n, kills), runner => NewLinks(runner).RemoveAddressAsync(Bridge, Ip.Parse("10.10.10.1"), 24, Never), n);
            await _links.RemoveAddressAsync(Bridge, Ip.Parse("10.10.10.1"), 24, Never);
            Addresses().Should().BeEquivalentTo("192.168.1.90/24", "10.10.10.50/24", "10.10.10.51/24");
            NothingKept();
        }

        n.Should().BeGreaterThan(10, "every line was hit");
    }

    [Fact]
    public async Task Saying_it_again_changes_nothing()
    {
        var runner = new CutRunner(int.MaxValue, kills: false);
        for (var round = 0; round < 2; round++)
        {
            var links = NewLinks(runner);
            await links.EnsureBridgeAsync(Bridge, null, Never);
            await EnsureGatewayAsync(runner);
            await links.EnsureMetadataAddressAsync(_ => { }, Never);
            await links.EnsureAddressV6Async(Bridge, Ip.Parse("fd00:1::1"), 64, Never);
            await links.EnsureHostAddressAsync(Bridge, Ip.Parse("192.168.1.233"), Never);
            runner.Lines.Should().Be(5);
        }

        World.Run("ip -o address show dev lo").Should().Contain("169.254.169.254/32 scope link");
        World.Run("ip -o address show dev br100").Should().ContainAll("10.10.10.1/24 brd 10.10.10.255", "fd00:1::1/64", "192.168.1.233/32").And.NotContain("tentative");
        await _links.RemoveAddressAsync(Bridge, Ip.Parse("192.168.1.233"), 32, Never);
        await _links.RemoveAddressAsync(Bridge, Ip.Parse("192.168.1.233"), 32, Never);
        await _links.RemoveAddressAsync(DeviceName.Parse("gone"), Ip.Parse("192.168.1.233"), 32, Never);
        World.Run("ip -o address show dev br100").Should().NotContain("192.168.1.233");
    }

    [Fact]
    public async Task A_bridge_goes_when_it_is_bare_and_stays_with_a_port_or_an_address()
    {
        await _links.EnsureBridgeAsync(Bridge, null, Never);
        World.Run("ip link add tap1 type veth peer name vm1; ip link set tap1 master br100");
        await _links.RemoveBridgeAsync(Bridge, Never);
        World.Run("ip link del tap1; ip address add 172.20.0.1/24 dev br100");
        await _links.RemoveBridgeAsync(Bridge, Never);
        World.Run("ip address del 172.20.0.1/24 dev br100");
        await _links.RemoveBridgeAsync(Bridge, Never);
        World.Try("ip link show br100").ExitCode.Should().NotBe(0);
        await _links.RemoveBridgeAsync(Bridge, Never);
    }

    [Fact]
    public async Task Neighbours_learn_from_the_announcement_where_an_address_is_now()
    {
        await HostOnTheSubnetAsync();
        World.Run("ip address add 10.10.10.77/32 dev br100; ip -n neighbour neigh replace 10.10.10.77 lladdr 02:00:00:00:00:77 dev eth0 nud stale");
        await _links.AnnounceAsync(Bridge, Ip.Parse("10.10.10.77"), 1, Never);
        await World.UntilAsync(() => Task.FromResult(World.Run("ip -n neighbour neigh show 10.10.10.77").Contains(Mac(), StringComparison.Ordinal) ? null : "the neighbour does not know"));
    }

    /// <summary>Words of ip's own language, and what else is a valid name.</summary>
    [Theory]
    [InlineData("dev")]
    [InlineData("master")]
    [InlineData("type")]
    [InlineData("up")]
    [InlineData("help")]
    [InlineData("a.b-c_d")]
    [InlineData("0")]
    [InlineData("fifteen-letters")]
    public async Task Whatever_is_an_interface_name_is_one_to_the_kernel(string name)
    {
        var bridge = DeviceName.Parse(name);
        await _links.EnsureBridgeAsync(bridge, null, Never);
        await _links.EnsureGatewayAsync(bridge, Ip.Parse("10.10.10.1"), Cidr.Parse("10.10.10.0/24"), Never);
        World.Run($"ip -br address show dev {name}").Should().StartWith($"{name} ").And.Contain("10.10.10.1/24");
        await _links.RemoveAddressAsync(bridge, Ip.Parse("10.10.10.1"), 24, Never);
        await _links.RemoveBridgeAsync(bridge, Never);
        World.Run("ip -br link").Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(1);
    }

    private Links NewLinks(ICommandRunner runner) => new(runner, new HostFiles(TimeProvider.System), Path.Combine(_folder.FullName, "lock"), TimeProvider.System);

    private Task EnsureGatewayAsync(ICommandRunner runner) => NewLinks(runner).EnsureGatewayAsync(Bridge, Ip.Parse("10.10.10.1"), Cidr.Parse("10.10.10.0/24"), Never);

    /// <summary>The host has addresses of its own in the network's subnet, in which it also has a neighbour, and its router in another.</summary>
    private async Task HostOnTheSubnetAsync()
    {
        await _links.EnsureBridgeAsync(Bridge, null, Never);
        World.Run(
            """
            set -e
            ip netns add neighbour
            ip link add tap1 type veth peer name eth0 netns neighbour
            ip link set tap1 master br100 up
            ip -n neighbour address add 10.10.10.200/24 dev eth0
            ip -n neighbour link set eth0 up
            ip address add 10.10.10.50/24 brd + dev br100
            ip address add 192.168.1.90/24 brd + dev br100
            ip address add 10.10.10.51/24 brd + dev br100
            ip route add default via 192.168.1.1
            ip route add 10.20.0.0/16 via 10.10.10.200 src 10.10.10.51
            """);
    }

    /// <summary>Whether the process was killed, or its command refused, at the line; the host has all that is its own at that moment.</summary>
    private static async Task<bool> CutAsync(CutRunner runner, Func<ICommandRunner, Task> work, int line)
    {
        try
        {
            await work(runner);
        }
        catch (Exception problem) when (problem is ProcessKilledException or CommandFailedException)
        {
            var found = World.Run("ip -4 -o address");
            found.Should().ContainAll([" 10.10.10.50/24 ", " 10.10.10.51/24 ", " 192.168.1.90/24 "], $"cut at line {line}");
            Routes().Should().ContainAll(["default via 192.168.1.1 dev br100", "10.20.0.0/16 via 10.10.10.200 dev br100 src 10.10.10.51"], $"cut at line {line}");
        }

        return runner.WasCut;
    }

    private static string Mac() => World.Run("ip -j link show br100 | grep -o 'fa:16:3e:[0-9a-f:]*'").Trim();

    private static void NothingKept() => World.Run("ip -4 -br address show dev lo").Should().NotContain("10.10.10.");

    private static string[] Addresses() => [.. World.Run("ip -4 -br address show dev br100").Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(2).Select(word => word.Trim()).Where(word => word.Length > 0)];

    private static string Routes() => World.Run("ip route");
}
