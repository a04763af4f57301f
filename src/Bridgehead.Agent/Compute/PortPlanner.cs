using Bridgehead.Instances;
using Bridgehead.Model;
using Bridgehead.Rules;

namespace Bridgehead.Agent;

/// <summary>The port that a driver gets for a NIC. Pure.</summary>
internal static class PortPlanner
{
    public static Port PortOf(NicView nic, NovaSettings settings)
    {
        var dhcp = InstancePlanner.DhcpServerOf(nic.Network, settings) is not null;
        return new Port(nic.Nic.TapName, nic.Nic.Mac, nic.Network.Mtu, dhcp, dhcp ? null : Injected(nic));
    }

    /// <summary>In Flat mode with flat_injected the guest is told its configuration; else it gets none, and the administrator's ways apply.</summary>
    private static InjectedAddress? Injected(NicView nic) => nic.Network is { Injected: true, Cidr: { } cidr } && nic.Addresses.Count > 0
        ? new InjectedAddress(nic.Addresses[0], cidr, nic.Network.Gateway, [.. new[] { nic.Network.Dns1, nic.Network.Dns2 }.OfType<System.Net.IPAddress>()])
        : null;
}
