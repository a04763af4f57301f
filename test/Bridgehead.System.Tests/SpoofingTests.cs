using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>What a hostile server sends never arrives. Each frame is sent once as it should be, which does arrive, so that a silent sender cannot pass for a good filter.</summary>
public sealed class SpoofingTests
{
    [Fact]
    public async Task Foreign_addresses_and_foreign_services_never_leave_the_port()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.RunAsync("nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0; nova secgroup-add-rule default udp 1 65535 0.0.0.0/0");
        await cloud.BootAsync("victim");
        await cloud.BootAsync("attacker");
        var (mac, victim) = (await MacAsync(cloud, "attacker"), await MacAsync(cloud, "victim"));
        const string Other = "fa:16:3e:99:99:99";

        await ArrivesAsync(cloud, true, $"ip {mac} {victim} 10.10.10.3 10.10.10.2 9999 9", "udp dst port 9");
        await ArrivesAsync(cloud, false, $"ip {mac} {victim} 10.10.10.77 10.10.10.2 9999 9", "udp dst port 9");
        await ArrivesAsync(cloud, false, $"ip {Other} {victim} 10.10.10.3 10.10.10.2 9999 9", "udp dst port 9");
        await ArrivesAsync(cloud, false, $"ip {mac} {victim} 10.10.10.3 10.10.10.2 67 68", "udp src port 67");
        await ArrivesAsync(cloud, true, $"arp {mac} {victim} {mac} 10.10.10.3 10.10.10.2", "arp");
        await ArrivesAsync(cloud, false, $"arp {mac} {victim} {mac} 10.10.10.1 10.10.10.2", "arp");
        await ArrivesAsync(cloud, false, $"arp {mac} {victim} {Other} 10.10.10.3 10.10.10.2", "arp");
        await ArrivesAsync(cloud, false, $"ra {mac} 33:33:00:00:00:01", "icmp6");
        (await cloud.RunAsync("console victim ip neigh")).Should().NotContain(Other);
        await cloud.RunAsync("console victim ping -c 1 -W 1 10.10.10.3");
    }

    [Fact]
    public async Task A_server_with_an_address_that_is_not_its_own_reaches_nobody()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.BootAsync("one");
        await cloud.RunAsync("console one ping -c 1 -W 1 192.168.1.1");
        await cloud.RunAsync("console one ip address add 10.10.10.99/24 dev eth0");
        await cloud.FailAsync("console one ping -c 1 -W 1 -I 10.10.10.99 192.168.1.1");
        await cloud.FailAsync("console one ping -c 1 -W 1 -I 10.10.10.99 10.10.10.1");
        await cloud.RunAsync("console one ip link set dev eth0 down; console one ip link set dev eth0 address fa:16:3e:99:99:99; console one ip link set dev eth0 up");
        await cloud.FailAsync("console one ping -c 1 -W 1 10.10.10.1");
    }

    private static async Task<string> MacAsync(SandboxCloud cloud, string server) =>
        (await cloud.RunAsync($"console {server} ip -o link show dev eth0 | grep -o 'fa:16:3e:[0-9a-f:]*'")).Trim();

    /// <summary>Sends a frame from inside the attacker's namespace, and looks at the victim's port.</summary>
    private static async Task ArrivesAsync(SandboxCloud cloud, bool arrives, string frame, string filter)
    {
        var send = SenderPath;
        await cloud.RunAsync(
            $$"""
            tap=$(cat /run/bridgehead/state/instances/$(nova list | awk '/victim/ {print $2}')/taps)
            pid=$(cut -d' ' -f1 /run/bridgehead/state/instances/$(nova list | awk '/attacker/ {print $2}')/pid)
            rm -f /run/seen; timeout 5 tcpdump -l -n -e -i $tap -Q out '{{filter}} and ether src host not 00:00:00:00:00:00' >/run/seen 2>/run/tcpdump & dump=$!
            until grep -q listening /run/tcpdump; do sleep 0.02; done
            nsenter -t $pid -n python3 {{send}} {{frame}}
            nsenter -t $pid -n python3 {{send}} {{frame}}
            sleep 0.3; kill $dump; wait $dump; true
            """);
        var seen = await cloud.RunAsync("cat /run/seen");
        var attackers = string.Join('\n', seen.Split('\n').Where(line => line.Contains("fa:16:3e", StringComparison.Ordinal)));
        var expected = arrives ? "arrives" : "is dropped";
        (Relevant(attackers, frame) ? "arrives" : "is dropped").Should().Be(expected, $"{frame}\n{seen}");
    }

    /// <summary>Whether a line is of the frame that was sent, and not of the ordinary traffic beside it.</summary>
    private static bool Relevant(string seen, string frame)
    {
        var words = frame.Split(' ');
        return seen.Split('\n').Any(line => words[0] switch
        {
            "ip" => line.Contains($"{words[3]}.{words[5]} > {words[4]}.{words[6]}", StringComparison.Ordinal),
            "arp" => line.Contains($"Reply {words[4]} is-at {words[3]}", StringComparison.Ordinal),
            _ => line.Contains("router advertisement", StringComparison.Ordinal),
        });
    }

    private static string SenderPath => Path.Combine(Bridgehead.Testing.Golden.Root, "test/Bridgehead.System.Tests/send-frame.py");
}
