using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Pure.Tests.Host;

/// <summary>What a dry run notes, and how it is printed.</summary>
public sealed class DryRunTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridgehead-dry-");
    private readonly Testing.FakeHost _host = new();
    private readonly DryRun _run = new();
    private readonly DryRunRunner _runner;

    public DryRunTests() => _runner = new DryRunRunner(_host, _run);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void It_is_read_as_a_diff()
    {
        HostChange[] changes =
        [
            new(HostArea.PacketFilter, ChangeSign.Comes, "-i br100 -j ACCEPT", "iptables -t filter nova-network-FORWARD", "network 1: its bridge is routed"),
            new(HostArea.Interfaces, ChangeSign.Goes, "ip link del dev br7"),
            new(HostArea.PacketFilter, ChangeSign.Goes, "-s 1.2.3.4/32 -j DROP", "iptables -t filter nova-compute-local"),
            new(HostArea.Settings, ChangeSign.Changes, "net.ipv4.ip_forward: 0 -> 1"),
            new(HostArea.PacketFilter, ChangeSign.Goes, "-j DROP", "iptables -t filter nova-network-FORWARD"),
        ];
        DryRunText.Of(changes).Should().Be(
            """
            kernel settings:
            ~   net.ipv4.ip_forward: 0 -> 1
            interfaces and addresses:
            -   ip link del dev br7
            packet filter, iptables -t filter nova-network-FORWARD:
            +   -i br100 -j ACCEPT   # network 1: its bridge is routed
            -   -j DROP
            packet filter, iptables -t filter nova-compute-local:
            -   -s 1.2.3.4/32 -j DROP

            """);
    }

    [Fact]
    public async Task Nothing_runs_but_what_only_reads()
    {
        _host.Others = command => new CommandResult(0, $"[{command.Arguments.Count}]", "");
        (await _runner.RunAsync(new Command("ip", ["-j", "-4", "route", "show"]) { Reads = true }, Never)).Output.Should().Be("[4]");
        await _runner.RunAsync(new Command("ip", ["-batch", "-"]) { Input = "link set dev br100 up\naddress del 10.0.0.1/24 dev br100\n" }, Never);
        await _runner.RunAsync(new Command("conntrack", ["-D", "--orig-dst", "192.0.2.1"]), Never);
        _host.Commands.Should().ContainSingle();
        _run.Changes.Should().Equal(
            new HostChange(HostArea.Interfaces, ChangeSign.Changes, "ip link set dev br100 up"),
            new HostChange(HostArea.Interfaces, ChangeSign.Goes, "ip address del 10.0.0.1/24 dev br100"),
            new HostChange(HostArea.Connections, ChangeSign.Goes, "conntrack -D --orig-dst 192.0.2.1"));
    }

    [Fact]
    public void Files_stay_as_they_are()
    {
        var files = new DryRunFiles(_run);
        var (there, missing) = (Path.Combine(_folder.FullName, "there"), Path.Combine(_folder.FullName, "folder", "missing"));
        File.WriteAllText(there, "one\n");
        files.Write(there, "one\n");
        files.Delete(missing);
        files.DeleteFolder(missing);
        _run.Changes.Should().BeEmpty("it is so already");
        files.Write(there, "two\nthree\n");
        files.Write(missing, "");
        files.Delete(there);
        files.DeleteFolder(_folder.FullName);
        files.Link(missing, "/bin/true");
        files.Set(there, "1");
        File.ReadAllText(there).Should().Be("one\n");
        _folder.GetFileSystemInfos().Should().ContainSingle();
        _run.Changes.Select(change => $"{change.Sign} {change.What}").Should().Equal(
            $"Changes {there}: two;three", $"Comes {missing}", $"Goes {there}", $"Goes {_folder.FullName}/", $"Comes {missing}: -> /bin/true", $"Changes {there}: one -> 1");
    }

    [Fact]
    public async Task What_a_change_leads_to_is_seen_to_follow()
    {
        var links = new Testing.FakeLinks("lo", "eth0");
        _host.Others = links.Run;
        links.Run(new Command("ip", ["-batch", "-"]) { Input = "link add name br7 up address fa:16:3e:00:00:01 type bridge\naddress add 10.7.0.1/24 dev br7\nlink set dev eth0 master br7\n" });
        var dry = new Links(_runner, new DryRunFiles(_run), "lock", TimeProvider.System);
        var bridge = DeviceName.Parse("br7");
        (await dry.RemoveBridgeAsync(bridge, Never)).Should().BeFalse("it has a port and an address");
        await dry.RemoveAddressAsync(bridge, Ip.Parse("10.7.0.1"), 24, Never);
        (await dry.RemoveBridgeAsync(bridge, Never)).Should().BeFalse("it has a port");
        await dry.ReleaseInterfaceAsync(bridge, DeviceName.Parse("eth0"), Never);
        (await dry.RemoveBridgeAsync(bridge, Never)).Should().BeTrue();
        await dry.EnsureBridgeAsync(bridge, null, Never);
        await dry.EnsureBridgeAsync(bridge, null, Never);
        await dry.EnsureGatewayAsync(bridge, Ip.Parse("10.7.0.1"), Cidr.Parse("10.7.0.0/24"), Never);
        _run.Changes.Select(change => string.Join(' ', change.What.Split(' ').Take(5))).Should().Equal(
            "ip address del 10.7.0.1/24 dev", "ip link set dev eth0", "ip link del dev br7", "ip link add name br7", "ip address add 10.7.0.1/24 brd");
        _host.Changes.Should().BeEmpty();
    }
}
