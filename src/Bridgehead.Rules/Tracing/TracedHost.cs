using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules.Tracing;

/// <summary>An address of the host, on an interface.</summary>
public sealed record HostAddress(IPAddress Address, DeviceName Device);

/// <summary>What the host sends into a range leaves by this interface.</summary>
public sealed record HostRoute(IPNetwork Range, DeviceName Device);

/// <summary>A bridge with the ranges whose addresses are all behind its ports: between two of one range, packets are bridged, never routed.</summary>
public sealed record HostBridge(DeviceName Device, IReadOnlyList<IPNetwork> Ranges);

/// <summary>As much of a host as decides where a packet goes.</summary>
public sealed record TracedHost
{
    public static readonly DeviceName Loopback = DeviceName.Parse("lo");

    private static readonly IPNetwork Loopbacks = Cidr.Parse("127.0.0.0/8");
    private static readonly IPNetwork Multicast = Cidr.Parse("224.0.0.0/4");

    public required IReadOnlyList<HostAddress> Addresses { get; init; }

    public required IReadOnlyList<HostRoute> Routes { get; init; }

    public IReadOnlyList<HostBridge> Bridges { get; init; } = [];

    /// <summary>Ports by the bridge that they are on, where they are known.</summary>
    public IReadOnlyDictionary<DeviceName, DeviceName> Ports { get; init; } = new Dictionary<DeviceName, DeviceName>();

    /// <summary>net.bridge.bridge-nf-call-iptables: what is bridged passes the packet filter.</summary>
    public bool FiltersBridgedV4 { get; init; } = true;

    /// <summary>net.bridge.bridge-nf-call-ip6tables.</summary>
    public bool FiltersBridgedV6 { get; init; } = true;

    /// <summary>net.ipv4.ip_forward.</summary>
    public bool ForwardsV4 { get; init; } = true;

    /// <summary>net.ipv6.conf.all.forwarding.</summary>
    public bool ForwardsV6 { get; init; } = true;

    /// <summary>Packets to it are for the host itself.</summary>
    public bool IsLocal(IPAddress address) => IsOwn(address) || address.Equals(IPAddress.Broadcast) || Routes.Any(route => IsBroadcast(route.Range, address));

    public bool IsOwn(IPAddress address) => IPAddress.IsLoopback(address) || Loopbacks.Contains(address) || Addresses.Any(own => own.Address.Equals(address));

    /// <summary>The longest prefix's interface; null when there is no way.</summary>
    public DeviceName? DeviceTo(IPAddress address) =>
        Routes.Where(route => route.Range.IsV4() == address.IsV4() && route.Range.Contains(address)).MaxBy(route => route.Range.PrefixLength)?.Device;

    public IPAddress? AddressOn(DeviceName device, bool v4) => Addresses.FirstOrDefault(own => own.Device == device && own.Address.IsV4() == v4)?.Address;

    /// <summary>Whether it has such an interface, as far as is known here.</summary>
    public bool Has(DeviceName device) => Addresses.Any(address => address.Device == device) || Routes.Any(route => route.Device == device)
        || Bridges.Any(bridge => bridge.Device == device) || Ports.ContainsKey(device);

    /// <summary>The bridge that the port is on; null when it is on none.</summary>
    public DeviceName? BridgeOf(DeviceName port) => Ports.TryGetValue(port, out var bridge) ? bridge : null;

    /// <summary>Whether both ends are behind ports of the bridge by which the packet came in.</summary>
    public bool IsBridged(Packet packet) => packet.Input is { } input && !IsLocal(packet.Destination)
        && Bridges.Any(bridge => bridge.Device == input && bridge.Ranges.Any(range => range.Contains(packet.Source) && range.Contains(packet.Destination)));

    internal static bool IsMulticast(IPAddress address) => address.IsV4() ? Multicast.Contains(address) : address.IsIPv6Multicast;

    private static bool IsBroadcast(IPNetwork range, IPAddress address) => range.IsV4() && range.PrefixLength is > 0 and < 31 && address.IsV4() && range.Last().Equals(address);
}
