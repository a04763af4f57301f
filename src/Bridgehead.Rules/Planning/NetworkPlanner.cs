using Bridgehead.Model;

namespace Bridgehead.Rules;

/// <summary>From settings and networks to the policies of nova-network and nova-api on a host. Pure.</summary>
public static class NetworkPlanner
{
    public static Policy.MetadataAccept Metadata(NovaSettings settings) => new(settings.MetadataHost, settings.MetadataPort);

    /// <summary>Start-up rules; the article's profile has the range rules of fixed_range here, Ocata's has them per network.</summary>
    public static Policy.NetworkHost Host(NovaSettings settings) => new(
        settings.MetadataHost,
        settings.MetadataPort,
        settings.RuleProfile == RuleProfile.Article ? Range(settings, settings.FixedRange, external: false) : null);

    public static Policy.NetworkBridge Bridge(Network network, NovaSettings settings)
    {
        var dhcp = InstancePlanner.DhcpServerOf(network, settings) is not null;
        var external = network.DhcpServer is { } server && !server.Equals(network.Gateway);
        var range = settings.RuleProfile == RuleProfile.Ocata && dhcp && network.Cidr is { } cidr ? Range(settings, cidr, external) : null;
        return new Policy.NetworkBridge(network.Id, network.Bridge, network.Gateway is not null, dhcp, range);
    }

    public static Policy.FloatingNat? Floating(FloatingIp floating, NovaSettings settings) => floating.FixedAddress is { } fixedAddress
        ? new Policy.FloatingNat(floating.Address, fixedAddress, DeviceOf(floating, settings))
        : null;

    /// <summary>All that nova-network wants of a host that serves these networks and has these floating addresses.</summary>
    public static IReadOnlyList<Policy> All(IEnumerable<Network> networks, IEnumerable<FloatingIp> floating, NovaSettings settings) =>
        [Host(settings), .. networks.Select(network => Bridge(network, settings)), .. floating.Select(address => Floating(address, settings)).OfType<Policy>()];

    /// <summary>The interface that carries a floating address: public_interface where it is set, else the one stored with the address.</summary>
    public static DeviceName? DeviceOf(FloatingIp floating, NovaSettings settings) =>
        DeviceName.TryParse(settings.PublicInterface ?? floating.Interface, out var device) ? device : null;

    public static DeviceName? PublicInterface(NovaSettings settings) => DeviceName.TryParse(settings.PublicInterface, out var device) ? device : null;

    /// <summary>The physical interface that the bridge is connected to: flat_interface, else the one stored with the network; null for none.</summary>
    public static DeviceName? PhysicalInterface(Network network, NovaSettings settings) =>
        DeviceName.TryParse(settings.FlatInterface, out var flat) ? flat : network.BridgeInterface;

    private static RangePolicy Range(NovaSettings settings, System.Net.IPNetwork range, bool external) => new(
        range,
        settings.RoutingSourceIp,
        PublicInterface(settings),
        settings.MetadataHost,
        settings.DmzCidr,
        settings.ForceSnatRange,
        external);
}
