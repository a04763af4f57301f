using System.Collections.Concurrent;
using System.Net;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Store;

namespace Bridgehead.Agent;

/// <summary>The networks this host serves: bridge, gateway address, rules and DHCP.</summary>
internal sealed class HostNetworks(NovaSettings settings, Database store, NetworkAppliers appliers)
{
    private readonly ConcurrentDictionary<long, Network> _here = [];

    /// <summary>Networks whose removal from the host is not complete: work that failed is repeated.</summary>
    private readonly ConcurrentDictionary<long, Network> _leaving = [];
    private readonly ConcurrentDictionary<Guid, IReadOnlyList<(DeviceName Bridge, MacAddress Mac)>> _served = [];

    /// <summary>Networks of this host; those of nobody become ours unless another host is quicker.</summary>
    public async Task<IReadOnlyList<Network>> ClaimAsync(CancellationToken cancel)
    {
        var networks = await store.ReadAsync(session => session.Networks.OnHostAsync(settings.Host, cancel), cancel);
        var mine = new List<Network>();
        foreach (var network in networks)
        {
            if (await IsMineAsync(network, cancel))
            {
                mine.Add(network);
                _here[network.Id] = network;
            }
        }

        return mine;
    }

    public async Task EnsureLinksAsync(Network network, CancellationToken cancel)
    {
        await appliers.Links.EnsureBridgeAsync(network.Bridge, NetworkPlanner.PhysicalInterface(network, settings), cancel);
        if (GatewayOf(network) is var (gateway, cidr))
        {
            appliers.Gateways.Put(gateway, $"{network.Bridge}/{cidr.PrefixLength}");
            await appliers.Links.EnsureGatewayAsync(network.Bridge, gateway, cidr, cancel);
        }

        if (settings.UseIpv6 && network is { CidrV6: { } cidrV6, GatewayV6: { } gatewayV6 })
        {
            await appliers.Links.EnsureAddressV6Async(network.Bridge, gatewayV6, cidrV6.PrefixLength, cancel);
        }
    }

    /// <summary>Networks that this life of the daemon has set up.</summary>
    public IReadOnlyCollection<long> Here => [.. _here.Keys, .. _leaving.Keys];

    /// <summary>The bridge's dnsmasq with all hosts of all its networks.</summary>
    public Task EnsureDhcpAsync(DeviceName bridge, CancellationToken cancel) => appliers.Dhcp.EnsureAsync(bridge, () => PictureAsync(bridge, cancel), cancel);

    /// <summary>Ends what an earlier life of the daemon served for networks that are no more.</summary>
    public async Task SweepAsync(CancellationToken cancel)
    {
        var wanted = _here.Values.Select(GatewayOf).OfType<(IPAddress Address, IPNetwork)>().Select(gateway => gateway.Address).ToHashSet();
        foreach (var (gateway, place) in appliers.Gateways.Read().Where(entry => !wanted.Contains(entry.Key)))
        {
            if (place.Split('/') is [var name, var bits] && DeviceName.TryParse(name, out var carrier) && int.TryParse(bits, out var prefix))
            {
                await appliers.Links.RemoveAddressAsync(carrier, gateway, prefix, cancel);
            }

            appliers.Gateways.Remove(gateway);
        }

        foreach (var bridge in appliers.Dhcp.Bridges().Except(_here.Values.Select(network => network.Bridge)))
        {
            await EnsureDhcpAsync(bridge, cancel);
            await appliers.Links.RemoveBridgeAsync(bridge, cancel);
        }
    }

    private async Task<DhcpPicture> PictureAsync(DeviceName bridge, CancellationToken cancel)
    {
        var networks = _here.Values.Where(network => network.Bridge == bridge && InstancePlanner.DhcpServerOf(network, settings) is not null).OrderBy(network => network.Id).ToList();
        var hosts = await store.ReadAsync(
            async session =>
            {
                var found = new List<DhcpHost>();
                foreach (var network in networks)
                {
                    found.AddRange((await session.VirtualInterfaces.HostsAsync(network.Id, cancel)).Select(h => new DhcpHost(h.Mac, h.HostName, h.Address)));
                }

                return found.DistinctBy(host => host.Mac).ToList();
            },
            cancel);
        return new DhcpPicture(networks, hosts);
    }

    /// <summary>A network came, changed or went.</summary>
    public async Task LookAsync(long id, CancellationToken cancel)
    {
        var network = await store.ReadAsync(session => session.Networks.FindAsync(id, cancel), cancel);
        if (network is null || !await IsMineAsync(network, cancel))
        {
            await GoneAsync(id, cancel);
            return;
        }

        _here[id] = network;
        await EnsureLinksAsync(network, cancel);
        await appliers.Firewall.ApplyAsync([NetworkPlanner.Bridge(network, settings)], [], cancel);
        await EnsureDhcpAsync(network.Bridge, cancel);
    }

    /// <summary>An instance came, changed its addresses, or went: its hosts in DHCP follow.</summary>
    public async Task LookAtInstanceAsync(Guid uuid, CancellationToken cancel)
    {
        var details = await store.ReadAsync(
            async session => await session.Instances.FindAsync(uuid, cancel) is { } instance ? await session.DetailsAsync(instance, cancel) : null, cancel);
        var nics = details is null ? [] : details.Nics.Where(nic => _here.ContainsKey(nic.Network.Id) && nic.Fixed.Count > 0).ToList();
        var now = nics.Select(nic => (nic.Network.Bridge, nic.Nic.Mac)).ToList();
        foreach (var nic in nics.Where(nic => InstancePlanner.DhcpServerOf(nic.Network, settings) is not null))
        {
            await appliers.Dhcp.PutHostAsync(nic.Network.Bridge, new DhcpHost(nic.Nic.Mac, details!.Instance.HostName, nic.Fixed[0].Address), cancel);
        }

        var before = _served.GetValueOrDefault(uuid) ?? (details is null ? await MacsOfAsync(uuid, cancel) : []);
        foreach (var (bridge, mac) in before.Except(now))
        {
            await appliers.Dhcp.RemoveHostAsync(bridge, mac, cancel);
        }

        if (now.Count > 0)
        {
            _served[uuid] = now;
        }
        else
        {
            _served.TryRemove(uuid, out _);
        }
    }

    public Task<string> LeaseDatabaseAsync(CancellationToken cancel) => store.ReadAsync(
        async session =>
        {
            var expiry = (store.Now + TimeSpan.FromSeconds(settings.DhcpLeaseTime)).ToUnixTimeSeconds();
            var lines = new List<string>();
            foreach (var network in await session.Networks.OnHostAsync(settings.Host, cancel))
            {
                lines.AddRange((await session.VirtualInterfaces.HostsAsync(network.Id, cancel)).Where(h => h.Leased).Select(h => $"{expiry} {h.Mac} {h.Address} {h.HostName} *\n"));
            }

            return string.Concat(lines);
        },
        cancel);

    /// <summary>Interfaces of an instance that this life of the daemon has not served: their records are still there until the deletion is complete.</summary>
    private async Task<IReadOnlyList<(DeviceName Bridge, MacAddress Mac)>> MacsOfAsync(Guid uuid, CancellationToken cancel)
    {
        var nics = await store.ReadAsync(session => session.VirtualInterfaces.OfInstanceAsync(uuid, cancel), cancel);
        return [.. nics.Where(nic => _here.ContainsKey(nic.NetworkId)).Select(nic => (_here[nic.NetworkId].Bridge, nic.Mac))];
    }

    private async Task GoneAsync(long id, CancellationToken cancel)
    {
        if (_here.TryRemove(id, out var known))
        {
            _leaving[id] = known;
        }

        if (!_leaving.TryGetValue(id, out var network))
        {
            return;
        }

        await appliers.Firewall.ApplyAsync([], [NetworkPlanner.Bridge(network, settings).Key], cancel);
        await EnsureDhcpAsync(network.Bridge, cancel);
        if (GatewayOf(network) is var (gateway, cidr))
        {
            await appliers.Links.RemoveAddressAsync(network.Bridge, gateway, cidr.PrefixLength, cancel);
            appliers.Gateways.Remove(gateway);
        }

        if (_here.Values.All(other => other.Bridge != network.Bridge))
        {
            await appliers.Links.RemoveBridgeAsync(network.Bridge, cancel);
        }

        _leaving.TryRemove(id, out _);
    }

    /// <summary>The address of this host in the network, which dnsmasq answers from.</summary>
    private static (IPAddress Address, IPNetwork Network)? GatewayOf(Network network) =>
        (network.DhcpServer ?? network.Gateway) is { } gateway && network.Cidr is { } cidr ? (gateway, cidr) : null;

    private async Task<bool> IsMineAsync(Network network, CancellationToken cancel) => network.Host is null
        ? await store.WriteAsync(session => session.Networks.ClaimAsync(network.Id, settings.Host, cancel), cancel)
        : network.Host == settings.Host;
}
