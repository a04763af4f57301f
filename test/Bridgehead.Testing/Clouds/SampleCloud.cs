using System.Net;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Testing;

/// <summary>A whole cloud on one host, as entities; what the host should hold and where its packets go follow from it.</summary>
/// <param name="Elsewhere">Members of groups that run on other hosts.</param>
public sealed record SampleCloud(
    NovaSettings Settings,
    IReadOnlyList<Network> Networks,
    IReadOnlyList<InstanceView> Servers,
    IReadOnlyList<GroupView> Groups,
    IReadOnlyList<FloatingIp> Floating,
    IReadOnlyList<MemberView> Elsewhere)
{
    public static readonly DeviceName Uplink = DeviceName.Parse("eth0");

    public HostPolicies Policies => new(
        [
            NetworkPlanner.Host(Settings), .. Networks.Select(network => NetworkPlanner.Bridge(network, Settings)),
            .. Floating.Select(floating => NetworkPlanner.Floating(floating, Settings)).OfType<Policy>(),
        ],
        [
            new Policy.ComputeHost(), .. Servers.SelectMany(server => server.Nics.Select(nic => nic.Network.Bridge).Distinct().Select(bridge => new Policy.ComputeBridge(bridge, server.Instance.Id))),
            .. Groups.Select(InstancePlanner.Group), .. Members.Select(member => InstancePlanner.Member(member, Settings)),
            .. Servers.Select(server => InstancePlanner.Filter(server, Settings)),
        ],
        [NetworkPlanner.Metadata(Settings)],
        [.. Servers.SelectMany(server => server.Nics).Select(nic => new GuardedPort(nic.Nic.TapName, nic.Nic.Mac, InstancePlanner.AddressesOf(nic, Settings)))]);

    /// <summary>The host has the first address of each network, whatever the network says, and a default route.</summary>
    public TracedHost Host => new()
    {
        Addresses =
        [
            new HostAddress(Settings.MyIp, Uplink), new HostAddress(Ip.Parse("fd99::90"), Uplink),
            .. Networks.SelectMany(network => RangesOf(network).Select(range => new HostAddress(range.At(1), network.Bridge))),
        ],
        Routes =
        [
            new HostRoute(Cidr.Parse("192.168.1.0/24"), Uplink), new HostRoute(Cidr.AnyV4, Uplink), new HostRoute(Cidr.AnyV6, Uplink),
            .. Networks.SelectMany(network => RangesOf(network).Select(range => new HostRoute(range, network.Bridge))),
        ],
        Bridges = [.. Networks.Select(network => new HostBridge(network.Bridge, [.. RangesOf(network)]))],
    };

    public PacketTracer Tracer(NetfilterBackend backend) => new(
        Policies.Rules(Settings with { NetfilterBackend = backend }), Host, Policies.Guard(Settings));

    /// <summary>The interface with this address, with its network.</summary>
    public NicView? NicOf(IPAddress address) => Servers.SelectMany(server => server.Nics).FirstOrDefault(nic => InstancePlanner.AddressesOf(nic, Settings with { UseIpv6 = true }).Contains(address));

    private IEnumerable<MemberView> Members => Groups.SelectMany(group => group.Rules).Select(rule => rule.SourceGroupId).OfType<long>().Distinct()
        .SelectMany(source => Servers.Where(server => server.Groups.Contains(source)).Select(server => new MemberView(source, $"group{source}", server.Instance.Uuid, server.Nics)).Concat(Elsewhere.Where(member => member.GroupId == source)));

    private static IEnumerable<IPNetwork> RangesOf(Network network) => new[] { network.Cidr, network.CidrV6 }.OfType<IPNetwork>();
}
