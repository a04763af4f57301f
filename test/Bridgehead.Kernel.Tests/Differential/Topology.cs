using System.Text;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Testing;

namespace Bridgehead.Kernel.Tests.Differential;

/// <summary>The host's cables and bridges: made once, and for each cloud plugged together and addressed anew.</summary>
internal static class Topology
{
    public const string UplinkCable = "uplink";
    public static readonly MacAddress UplinkMac = MacAddress.Parse("02:00:00:00:00:90");
    public static readonly MacAddress OutsideMac = MacAddress.Parse("02:00:00:00:00:01");
    private static readonly string[] Bridges = ["br1", "br2", "br3"];
    private static readonly int[] Nics = [1, 2, 3, 4, 5, 6, 51, 52, 53, 54, 55, 56];

    public static MacAddress MacOf(DeviceName bridge) => MacAddress.Parse($"02:00:00:00:01:0{bridge.ToString()[^1]}");

    /// <summary>The far end of a server's port.</summary>
    public static string CableOf(NicView nic) => $"w{nic.Nic.TapName.ToString()[3..]}";

    public static void Build()
    {
        var lines = new StringBuilder();
        foreach (var bridge in Bridges)
        {
            lines.Append($"link add name {bridge} address {MacOf(DeviceName.Parse(bridge))} type bridge\nlink set dev {bridge} up\n");
        }

        lines.Append($"link add name eth0 address {UplinkMac} type veth peer name {UplinkCable} address {OutsideMac} netns {Wire.Namespace}\nlink set dev eth0 up\naddress add 192.168.1.90/24 dev eth0\n");
        lines.Append("address add fd99::90/64 dev eth0 nodad\nroute add default via 192.168.1.1\nroute add default via fd99::1\n");
        lines.Append($"neigh replace 192.168.1.1 lladdr {OutsideMac} dev eth0 nud permanent\nneigh replace fd99::1 lladdr {OutsideMac} dev eth0 nud permanent\n");
        foreach (var nic in Nics.Select(id => Sample.Nic(id)))
        {
            lines.Append($"link add name {nic.Nic.TapName} type veth peer name {CableOf(nic)} address {nic.Nic.Mac} netns {Wire.Namespace}\nlink set dev {nic.Nic.TapName} up\n");
        }

        World.Run($"ip netns add {Wire.Namespace}");
        foreach (var setting in new[] { "net/ipv4/conf/all/rp_filter=0", "net/ipv4/conf/default/rp_filter=0", "net/ipv4/ip_forward=1", "net/ipv6/conf/all/forwarding=1", "net/ipv6/conf/default/accept_dad=0", "net/bridge/bridge-nf-call-iptables=1", "net/bridge/bridge-nf-call-ip6tables=1" })
        {
            World.Run($"echo {setting.Split('=')[1]} >/proc/sys/{setting.Split('=')[0]}");
        }

        Batch(lines.ToString());
        World.Run($"ip netns exec {Wire.Namespace} sh -c 'for i in /sys/class/net/*; do ip link set dev $(basename $i) up; done'");
    }

    public static void TearDown() =>
        World.Run($"for i in {string.Join(' ', Bridges)} eth0 {string.Join(' ', Nics.Select(id => Sample.Nic(id).Nic.TapName))}; do ip link delete dev $i; done; ip netns delete {Wire.Namespace}");

    public static async Task PlugAsync(SampleCloud cloud)
    {
        var lines = new StringBuilder();
        foreach (var bridge in Bridges)
        {
            lines.Append($"address flush dev {bridge} scope global\nneigh flush dev {bridge} nud permanent\n");
        }

        foreach (var address in cloud.Host.Addresses.Where(address => address.Device != SampleCloud.Uplink))
        {
            lines.Append($"address add {address.Address}/{(address.Address.IsV4() ? "24" : "64 nodad")} dev {address.Device}\n");
        }

        foreach (var nic in cloud.Servers.SelectMany(server => server.Nics))
        {
            // As the product has it: a server that calls its own floating address gets the packet back by the port that it came from.
            lines.Append($"link set dev {nic.Nic.TapName} master {nic.Network.Bridge}\nlink set dev {nic.Nic.TapName} type bridge_slave hairpin on\n");
            foreach (var address in InstancePlanner.AddressesOf(nic, cloud.Settings with { UseIpv6 = true }))
            {
                lines.Append($"neigh replace {address} lladdr {nic.Nic.Mac} dev {nic.Network.Bridge} nud permanent\n");
            }
        }

        Batch(lines.ToString());

        // A bridge that had no port sends nothing until the kernel, in its own time, has noticed that it has one.
        var used = cloud.Servers.SelectMany(server => server.Nics).SelectMany(nic => new[] { nic.Network.Bridge, nic.Nic.TapName }).Append(SampleCloud.Uplink).Distinct().ToList();
        await World.UntilAsync(() =>
        {
            var up = World.Run("ip -o link show up").Split('\n').Where(line => line.Contains(" state UP ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1].Split('@', ':')[0]).ToHashSet();
            return Task.FromResult(used.Find(device => !up.Contains(device.ToString())) is { } missing && missing != default ? $"{missing} is not up" : null);
        });
    }

    private static void Batch(string lines) =>
        new CommandRunner().RequireAsync(new Command("ip", ["-batch", "-"]) { Input = lines }, CancellationToken.None).GetAwaiter().GetResult();
}
