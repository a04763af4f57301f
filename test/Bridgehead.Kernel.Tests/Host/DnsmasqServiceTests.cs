using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>A real dnsmasq on a real bridge, and real clients.</summary>
public sealed class DnsmasqServiceTests : IAsyncLifetime
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly DeviceName Bridge = DeviceName.Parse("br100");
    private readonly string _state = Directory.CreateTempSubdirectory("bridgehead-dhcp-").FullName;
    private readonly Network _network = Sample.Network() with { Mtu = 1400 };
    private DnsmasqService _dhcp;

    public DnsmasqServiceTests()
    {
        File.SetUnixFileMode(_state, (UnixFileMode)0b111_101_101);
        var helper = Path.Combine(_state, "helper");
        File.WriteAllText(helper, $"#!/bin/sh\necho \"$@\" >>{_state}/events\n");
        File.SetUnixFileMode(helper, (UnixFileMode)0b111_101_101);
        _dhcp = Service();
    }

    public ValueTask InitializeAsync()
    {
        World.Run("ip link add br100 type bridge; ip address add 10.10.10.1/24 dev br100; ip link set br100 up");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _dhcp.EnsureAsync(Bridge, () => Task.FromResult(new DhcpPicture([], [])), Never);

        // The pairs by themselves: a namespace takes its end along only some time after its name is gone.
        World.Run("set -e; ip link del br100; for n in $(ip netns list | cut -d' ' -f1); do ip link del t-$n; ip netns del $n; done");
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task A_host_that_comes_later_is_served_by_the_same_process_and_nobody_else_is()
    {
        await EnsureAsync(Host(1, "one", "10.10.10.2"));
        var pid = Pid();
        (await ClientAsync("c1", Mac(1))).Should().ContainAll("lease of 10.10.10.2 obtained", "router=10.10.10.1", "mtu=1400", "domain=novalocal");
        ClientFails("c2", Mac(2));

        await ServeAsync(2, Host(2, "two", "10.10.10.3"));
        await World.UntilAsync(() => Task.FromResult(World.Try(Udhcpc("c2")).Output.Contains("lease of 10.10.10.3 obtained", StringComparison.Ordinal) ? null : "the new host gets nothing"));
        Pid().Should().Be(pid);
        World.Run("ip netns exec c1 busybox nslookup -type=a two.novalocal 10.10.10.1").Should().Contain("10.10.10.3");
        World.Run("ip netns exec c1 busybox nslookup 10.10.10.3 10.10.10.1").Should().Contain("two.novalocal");
        World.Run($"cat {_state}/events").Should().Contain($"add {Mac(1)} 10.10.10.2").And.Contain($"add {Mac(2)} 10.10.10.3");
    }

    [Fact]
    public async Task An_address_that_was_given_back_serves_its_next_owner_at_once()
    {
        await EnsureAsync(Host(1, "one", "10.10.10.2"));
        (await ClientAsync("c1", Mac(1))).Should().Contain("lease of 10.10.10.2 obtained");
        await ServeAsync(1);
        await ServeAsync(2, Host(2, "two", "10.10.10.2"));
        Namespace("c2", Mac(2));
        await World.UntilAsync(() => Task.FromResult(World.Try(Udhcpc("c2")).Output.Contains("lease of 10.10.10.2 obtained", StringComparison.Ordinal) ? null : "the next owner gets nothing"));
    }

    [Fact]
    public async Task What_went_while_the_daemon_was_down_gives_its_lease_back_too()
    {
        await EnsureAsync(Host(1, "one", "10.10.10.2"));
        var pid = Pid();
        (await ClientAsync("c1", Mac(1))).Should().Contain("lease of 10.10.10.2 obtained");
        await EnsureAsync(Host(2, "two", "10.10.10.2"));
        Pid().Should().Be(pid);
        await World.UntilAsync(() => Task.FromResult(File.ReadAllText(Path.Combine(_state, "events")).Contains($"del {Mac(1)} 10.10.10.2", StringComparison.Ordinal) ? null : "the lease was not given back"));
        Namespace("c2", Mac(2));
        await World.UntilAsync(() => Task.FromResult(World.Try(Udhcpc("c2")).Output.Contains("lease of 10.10.10.2 obtained", StringComparison.Ordinal) ? null : "the next owner gets nothing"));
    }

    [Fact]
    public async Task An_address_that_an_earlier_life_of_the_daemon_took_back_serves_its_next_owner_at_once()
    {
        await EnsureAsync(Host(1, "one", "10.10.10.2"));
        (await ClientAsync("c1", Mac(1))).Should().Contain("lease of 10.10.10.2 obtained");
        await ServeAsync(1);
        var pid = Pid();
        _dhcp = Service();
        await EnsureAsync();
        await ServeAsync(2, Host(2, "two", "10.10.10.2"));
        Pid().Should().Be(pid);
        Namespace("c2", Mac(2));
        await World.UntilAsync(() => Task.FromResult(World.Try(Udhcpc("c2")).Output.Contains("lease of 10.10.10.2 obtained", StringComparison.Ordinal) ? null : "the next owner gets nothing"));
    }

    [Fact]
    public async Task A_host_whose_address_changed_gets_the_new_one_and_the_old_one_is_free()
    {
        await EnsureAsync(Host(1, "one", "10.10.10.2"));
        (await ClientAsync("c1", Mac(1))).Should().Contain("lease of 10.10.10.2 obtained");
        await ServeAsync(1, Host(1, "one", "10.10.10.3"));
        await ServeAsync(2, Host(2, "two", "10.10.10.2"));
        await World.UntilAsync(() => Task.FromResult(World.Try(Udhcpc("c1")).Output.Contains("lease of 10.10.10.3 obtained", StringComparison.Ordinal) ? null : "the host does not get its new address"));
        Namespace("c2", Mac(2));
        await World.UntilAsync(() => Task.FromResult(World.Try(Udhcpc("c2")).Output.Contains("lease of 10.10.10.2 obtained", StringComparison.Ordinal) ? null : "the next owner gets nothing"));
    }

    [Fact]
    public async Task Saying_the_same_again_keeps_the_process_and_a_later_life_finds_it()
    {
        await EnsureAsync(Host(1, "one", "10.10.10.2"));
        var pid = Pid();
        await EnsureAsync(Host(1, "one", "10.10.10.2"));
        Pid().Should().Be(pid);
        _dhcp.Bridges().Should().Equal(Bridge);
        await _dhcp.EnsureAsync(Bridge, () => Task.FromResult(new DhcpPicture([], [])), Never);
        World.Try($"cat /proc/{pid}/cmdline").Output.Should().BeEmpty("one that still ends would take requests from the next");
        _dhcp.Bridges().Should().BeEmpty();
    }

    private DnsmasqService Service() => new(new CommandRunner(), new HostFiles(TimeProvider.System), new Processes(new CommandRunner()), Sample.Settings() with { StatePath = _state }, Path.Combine(_state, "helper"));

    private static MacAddress Mac(int n) => MacAddress.Parse($"fa:16:3e:00:00:0{n}");

    private static DhcpHost Host(int n, string name, string address) => new(Mac(n), name, Ip.Parse(address));

    private Task EnsureAsync(params IReadOnlyList<DhcpHost> hosts) => _dhcp.EnsureAsync(Bridge, () => Task.FromResult(new DhcpPicture([_network], [.. hosts.Select((host, i) => new ServedHost(Instance(i + 1), host))])), Never);

    private Task ServeAsync(int instance, params IReadOnlyList<DhcpHost> hosts) => _dhcp.ServeAsync(Instance(instance), () => [.. hosts.Select(host => (Bridge, host))], Never);

    private static Guid Instance(int n) => new(n, 0, 0, new byte[8]);

    private string Pid() => File.ReadAllText(Path.Combine(_state, "networks", "br100", "pid")).Trim();

    /// <summary>A namespace with an interface on the bridge.</summary>
    private static void Namespace(string name, MacAddress mac) => World.Run(
        $"set -e; ip netns add {name}; ip link add t-{name} type veth peer name eth0 address {mac} netns {name}; ip link set t-{name} master br100 up; ip -n {name} link set eth0 up; ip -n {name} link set lo up");

    /// <summary>A client repeats its discover, as every client does: dnsmasq may still be reading its folder when the first one comes.</summary>
    private static async Task<string> ClientAsync(string name, MacAddress mac)
    {
        Namespace(name, mac);
        var output = "";
        await World.UntilAsync(() => Task.FromResult(World.Try(Udhcpc(name)) is { ExitCode: 0 } got && (output = got.Output).Length > 0 ? null : $"{name} gets no lease"));
        return output;
    }

    private static void ClientFails(string name, MacAddress mac)
    {
        Namespace(name, mac);
        World.Try(Udhcpc(name)).ExitCode.Should().NotBe(0);
    }

    /// <summary>One try; the script prints what came with the lease, and sets the address.</summary>
    private static string Udhcpc(string name) =>
        "printf '#!/bin/sh\\nenv | grep -e ^router= -e ^mtu= -e ^domain=\\n[ $1 != bound ] || ip address replace $ip/24 dev eth0\\n' >/run/lease.sh; chmod 755 /run/lease.sh; "
        + $"ip netns exec {name} busybox udhcpc -i eth0 -n -q -t 3 -T 1 -O mtu -s /run/lease.sh 2>&1";
}
