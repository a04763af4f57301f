using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules;

/// <summary>From an instance's entities to what its host must hold for it. Pure; nova-network's behaviour of sections 3 and 5.8 of its description lives here.</summary>
public static class InstancePlanner
{
    public static Policy.InstanceFilter Filter(InstanceView view, NovaSettings settings) => new(
        view.Instance.Id,
        view.Instance.Uuid,
        [.. view.Nics.SelectMany(nic => AddressesOf(nic, settings)).Select(address => new InstanceAddress(address))],
        [.. view.Nics.SelectMany(nic => SubnetsOf(nic.Network, settings)).Distinct()],
        [.. view.Groups.OrderBy(group => group.Group.Id).SelectMany(group => RulesOf(group, view, settings))],
        settings.AllowSameNetTraffic);

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

    private static IEnumerable<GroupRule> RulesOf(GroupView group, InstanceView view, NovaSettings settings) =>
        group.Rules.OrderBy(rule => rule.Id).Select(rule => rule.SourceGroupId is { } source
            ? new GroupRule(rule, group.Group.Name, view.Sources.FirstOrDefault(m => m.GroupId == source)?.GroupName ?? $"{source}", MembersOf(source, view, settings))
            : new GroupRule(rule, group.Group.Name, null, []));

    private static IReadOnlyList<IPAddress> MembersOf(long group, InstanceView view, NovaSettings settings) =>
        [.. view.Sources.Where(m => m.GroupId == group).SelectMany(m => m.Nics).SelectMany(nic => AddressesOf(nic, settings)).Distinct().OrderBy(a => (a.IsV4(), a.ToNumber()))];
}
