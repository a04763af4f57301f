using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>A real dnsmasq as the name server of instances, and an upstream server that counts what comes through.</summary>
public sealed class DnsTests : IAsyncLifetime
{
    private const string Upstream = "127.0.0.53";
    private const int A = 1;
    private const int Aaaa = 28;

    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly DeviceName Bridge = DeviceName.Parse("br100");
    private static readonly DhcpHost One = new(MacAddress.Parse("fa:16:3e:00:00:01"), "one", Ip.Parse("10.10.10.2"));
    private readonly string _state = Directory.CreateTempSubdirectory("bridgehead-dns-").FullName;
    private readonly DnsServer _upstream = new(Upstream);
    private readonly DnsmasqService _dhcp;

    public DnsTests()
    {
        File.SetUnixFileMode(_state, (UnixFileMode)0b111_101_101);
        File.WriteAllText(Configuration, "");
        _dhcp = new DnsmasqService(
            new CommandRunner(), new HostFiles(TimeProvider.System), new Processes(new CommandRunner()), Sample.Settings() with { StatePath = _state, DnsServer = [Ip.Parse(Upstream)], DnsmasqConfigFile = Configuration }, "/bin/true");
    }

    public async ValueTask InitializeAsync()
    {
        World.Run("ip link add br100 type bridge; ip address add 10.10.10.1/24 dev br100; ip link set br100 up");
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _dhcp.EnsureAsync(Bridge, () => Task.FromResult(new DhcpPicture([], [])), Never);
        World.Run("ip link del br100");
        _upstream.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task Names_of_the_cloud_are_never_sent_upstream()
    {
        foreach (var name in new[] { "one.novalocal", "ONE.NovaLocal" })
        {
            (await AskAsync(name, A)).Should().Be((0, 1), name);
            foreach (var type in new ushort[] { Aaaa, 15, 16, 33, 65, 48 })
            {
                (await AskAsync(name, type)).Should().Be((0, 0), $"{name}, type {type}");
            }
        }

        foreach (var name in new[] { "nobody.novalocal", "www.one.novalocal" })
        {
            foreach (var type in new ushort[] { A, Aaaa, 16, 255 })
            {
                (await AskAsync(name, type)).Should().Be((3, 0), $"{name}, type {type}");
            }
        }

        (await AskAsync("one", A)).Should().Be((0, 1));
        (await AskAsync("one", Aaaa)).Should().Be((0, 0));
        (await AskAsync("nobody", A)).Should().Be((3, 0));
        (await AskAsync("nobody", Aaaa)).Should().Be((3, 0));
        (await AskAsync("2.10.10.10.in-addr.arpa", 12)).Should().Be((0, 1));
        _upstream.Asked.Should().BeEmpty();
    }

    [Fact]
    public async Task All_others_are_and_what_a_validating_client_needs_of_the_top()
    {
        await AskAsync("www.example.org", A);
        await AskAsync("www.example.org", Aaaa);
        await AskAsync("one.novalocal.example.org", A);
        await AskAsync("one.notnovalocal", A);
        await AskAsync("org", 43);
        await AskAsync("org", 48);
        _upstream.Asked.Should().Equal("www.example.org 1", "www.example.org 28", "one.novalocal.example.org 1", "one.notnovalocal 1", "org 43", "org 48");
    }

    [Fact]
    public async Task A_domain_that_has_names_elsewhere_too_is_asked_there_when_the_administrator_says_so()
    {
        await File.WriteAllTextAsync(Configuration, $"server=/novalocal/{Upstream}\n");
        World.Run($"p=$(cat {_state}/networks/br100/pid); kill $p; while kill -0 $p 2>/dev/null; do sleep 0.01; done");
        await StartAsync();
        await AskAsync("mail.novalocal", A);
        (await AskAsync("one.novalocal", A)).Should().Be((0, 1));
        _upstream.Asked.Should().Equal("mail.novalocal 1");
    }

    private string Configuration => Path.Combine(_state, "dnsmasq.conf");

    private async Task StartAsync()
    {
        await _dhcp.EnsureAsync(Bridge, () => Task.FromResult(new DhcpPicture([Sample.Network()], [new ServedHost(Guid.Empty, One)])), Never);
        await World.UntilAsync(async () => (await DnsServer.AskAsync("10.10.10.1", "one.novalocal", A)).Records == 1 ? null : "dnsmasq does not know its host");
    }

    private static Task<(int Code, int Records)> AskAsync(string name, ushort type) => DnsServer.AskAsync("10.10.10.1", name, type);
}
