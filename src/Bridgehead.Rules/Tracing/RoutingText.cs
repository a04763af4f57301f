using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules.Tracing;

/// <summary>What the host's routing and bridges do with a packet, in words.</summary>
internal static class RoutingText
{
    public const string Local = "routing: it is for this host";

    public static string To(IPAddress address, DeviceName output) => $"routing: to {address} by {output}";

    public static string NoRoute(IPAddress address) => $"routing: the host has no route to {address}";

    public static string Bridged(DeviceName bridge) => $"bridged: both ends are behind ports of {bridge}";

    public static string PastRules(DeviceName bridge, bool v4) =>
        $"bridged to another port of {bridge}, past all rules: net.bridge.bridge-nf-call-{(v4 ? "iptables" : "ip6tables")} is 0";

    /// <summary>Why the host would lose a packet that came in and is to be routed; null when it has a way for it.</summary>
    public static string? LossOf(Packet packet, TracedHost host) => packet switch
    {
        _ when host.IsOwn(packet.Source) => $"the source {packet.Source} is the host's own: the kernel drops such packets when they come in by an interface",
        _ when host.IsLocal(packet.Destination) => null,
        _ when !(packet.IsV4 ? host.ForwardsV4 : host.ForwardsV6) => $"routing: the host forwards nothing ({(packet.IsV4 ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding")} is 0)",
        _ when host.DeviceTo(packet.Destination) is null => NoRoute(packet.Destination),
        _ => null,
    };
}
