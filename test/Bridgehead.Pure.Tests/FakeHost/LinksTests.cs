using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Pure.Tests.FakeHost;

/// <summary>Bridges and addresses on a host without a kernel.</summary>
public sealed class LinksTests : IDisposable
{
    private static readonly DeviceName Bridge = DeviceName.Parse("br100");
    private static readonly DeviceName Physical = DeviceName.Parse("eth0");
    private readonly FakeLinks _kernel = new("eth0", "lo");
    private readonly Testing.FakeHost _host = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridgehead-links-");
    private readonly Links _links;

    public LinksTests()
    {
        _host.Others = _kernel.Run;
        _links = new Links(_host, new HostFiles(TimeProvider.System), Path.Combine(_folder.FullName, "lock"), TimeProvider.System);
        Ip("address add 192.168.1.90/24 brd 192.168.1.255 dev eth0\nroute replace default via 192.168.1.1 dev eth0\n");
        _host.Restart();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_interfaces_addresses_and_routes_move_to_the_bridge()
    {
        await PrepareAsync();
        _kernel.Listing().Should().Be("br100 192.168.1.90/24 10.10.10.1/24\neth0 on br100\nlo 169.254.169.254/32\ndefault via 192.168.1.1 dev br100\n");
    }

    [Fact]
    public async Task Doing_it_twice_changes_nothing()
    {
        await PrepareAsync();
        _host.Restart();
        await PrepareAsync();
        Batches().Should().BeEmpty();
    }

    [Theory]
    [InlineData(Kill.Before)]
    [InlineData(Kill.Halfway)]
    [InlineData(Kill.After)]
    public async Task Killed_at_every_command_the_next_life_finishes(Kill when)
    {
        await PrepareAsync();
        var expected = _kernel.Listing();
        for (var n = 0; ; n++)
        {
            var kernel = new FakeLinks("eth0", "lo");
            _host.Others = kernel.Run;
            Ip("address add 192.168.1.90/24 brd 192.168.1.255 dev eth0\nroute replace default via 192.168.1.1 dev eth0\n");
            _host.Restart((n, when));
            var finished = false;
            try
            {
                await PrepareAsync();
                finished = true;
            }
            catch (ProcessKilledException)
            {
                _host.Restart();
                await PrepareAsync();
            }

            kernel.Listing().Should().Be(expected, $"killed at command {n}");
            if (finished)
            {
                n.Should().BeGreaterThan(8, "every command was hit");
                return;
            }
        }
    }

    [Fact]
    public async Task An_address_is_put_and_taken_once()
    {
        var floating = Bridgehead.Model.Ip.Parse("192.168.1.233");
        (await _links.EnsureHostAddressAsync(Physical, floating, default)).Should().BeTrue();
        (await _links.EnsureHostAddressAsync(Physical, floating, default)).Should().BeFalse("nobody needs to be told again");
        await _links.RemoveAddressAsync(Physical, floating, 32, default);
        await _links.RemoveAddressAsync(Physical, floating, 32, default);
        await _links.RemoveAddressAsync(DeviceName.Parse("gone0"), floating, 32, default);
        _kernel.Listing().Should().StartWith("eth0 192.168.1.90/24\n");
        Batches().Should().HaveCount(2);
    }

    [Fact]
    public async Task A_bridge_with_ports_stays()
    {
        await _links.EnsureBridgeAsync(Bridge, Physical, default);
        await _links.RemoveBridgeAsync(Bridge, default);
        _kernel.Listing().Should().Contain("br100");
    }

    [Fact]
    public async Task A_missing_physical_interface_is_named() =>
        await FluentActions.Awaiting(() => _links.EnsureBridgeAsync(Bridge, DeviceName.Parse("eth7"), default)).Should().ThrowAsync<CommandFailedException>().WithMessage("*eth7*flat_interface*");

    private async Task PrepareAsync()
    {
        await _links.EnsureMetadataAddressAsync(_ => { }, default);
        await _links.EnsureBridgeAsync(Bridge, Physical, default);
        await _links.EnsureGatewayAsync(Bridge, Bridgehead.Model.Ip.Parse("10.10.10.1"), Cidr.Parse("10.10.10.0/24"), default);
    }

    private IEnumerable<Command> Batches() => _host.Commands.Where(command => command.Arguments.Contains("-batch"));

    private void Ip(string lines) => _host.Others(new Command("ip", ["-batch", "-"]) { Input = lines }).ExitCode.Should().Be(0);
}
