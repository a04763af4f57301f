using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules;

/// <summary>From an instance's entities to what its host must hold for it. Pure; nova-network's behaviour of sections 3 and 5.8 of its description lives here.</summary>
public static class InstancePlanner
{
    public static Policy.InstanceFilter Filter(InstanceView view, NovaSettings settings) => new(
        view.Instance.Id,
        view.Instance.Uuid,
        [.. view.Nics.SelectMany(nic => AddressesOf(nic, settings))],
        [.. view.Nics.SelectMany(nic => SubnetsOf(nic.Network, settings)).Distinct()],
        [.. view.Groups.Order()],
        settings.AllowSameNetTraffic);

    public static Policy.GroupRules Group(GroupView view) => new(view.Group.Id, view.Group.Name, [.. view.Rules.OrderBy(rule => rule.Id)]);

    public static Policy.GroupMember Member(MemberView view, NovaSettings settings) =>
        new(view.GroupId, view.GroupName, view.Instance, [.. view.Nics.SelectMany(nic => AddressesOf(nic, settings)).Distinct()]);

    /// <summary>IPv4 addresses as allocated; the IPv6 address is computed from the MAC (RFC 4862), never stored.</summary>
    public static IReadOnlyList<IPAddress> AddressesOf(NicView nic, NovaSettings settings) =>
        settings.UseIpv6 && nic.Network.CidrV6 is { } range ? [.. nic.Addresses, nic.Nic.Mac.Eui64(range)] : nic.Addresses;

    /// <summary>The DHCP server's address; null where the network has none.</summary>
    public static IPAddress? DhcpServerOf(Network network, NovaSettings settings) =>
        settings.NetworkManager == NetworkManager.Flat || !network.EnableDhcp ? null : network.DhcpServer ?? network.Gateway;

    private static IEnumerable<InstanceSubnet> SubnetsOf(Network network, NovaSettings settings)
    {
        if (network.Cidr is { } v4)
        {
            yield return new InstanceSubnet(v4, DhcpServerOf(network, settings), null);
        }

        if (settings.UseIpv6 && network.CidrV6 is { } v6)
        {
            yield return new InstanceSubnet(v6, null, network.GatewayV6);
        }
    }
}
