using System.Collections.Concurrent;
using System.Net;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Store;

namespace Bridgehead.Agent;

/// <summary>
/// The networks this host serves: bridge, gateway address, rules and DHCP. One network is worked on at a time, because networks share bridges, and a network that goes may have the
/// same gateway as one that comes.
/// </summary>
internal sealed class HostNetworks(NovaSettings settings, Database store, NetworkAppliers appliers)
{
    private readonly HostBridges _bridges = new(settings, store, appliers.Links, appliers.Files);
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Networks whose bridge and gateway are there: dnsmasq can serve them.</summary>
    private readonly ConcurrentDictionary<long, Network> _here = [];

    /// <summary>Networks whose removal from the host is not complete: work that failed is repeated.</summary>
    private readonly ConcurrentDictionary<long, Network> _leaving = [];

    /// <summary>Networks that this life of the daemon has set up.</summary>
    public IReadOnlyCollection<long> Here => [.. _here.Keys, .. _leaving.Keys];

    /// <summary>Networks of this host; those of nobody become ours unless another host is quicker.</summary>
    public async Task<IReadOnlyList<Network>> ClaimAsync(CancellationToken cancel)
    {
        var mine = new List<Network>();
        foreach (var network in await OnHostAsync(cancel))
        {
            if (await IsMineAsync(network, cancel))
            {
                mine.Add(network);
            }
        }

        return mine;
    }

    /// <summary>The addresses are written down before they are there: a later life finds by them what this one may have left.</summary>
    public async Task EnsureLinksAsync(Network network, CancellationToken cancel)
    {
        foreach (var (gateway, cidr) in GatewaysOf(network))
        {
            appliers.Gateways.Put(gateway, $"{network.Bridge}/{cidr.PrefixLength}");
        }

        using var used = await _bridges.UseAsync(network.Bridge, cancel);
        await _bridges.EnsureAsync(network, cancel);
        foreach (var (gateway, cidr) in GatewaysOf(network))
        {
            await (gateway.IsV4()
                ? appliers.Links.EnsureGatewayAsync(network.Bridge, gateway, cidr, cancel)
                : appliers.Links.EnsureAddressV6Async(network.Bridge, gateway, cidr.PrefixLength, cancel));
        }

        _here[network.Id] = network;
    }

    /// <summary>The bridge's dnsmasq with all hosts of all its networks.</summary>
    public Task EnsureDhcpAsync(DeviceName bridge, CancellationToken cancel) => appliers.Dhcp.EnsureAsync(bridge, () => PictureAsync(bridge, cancel), cancel);

    /// <summary>A network came, changed or went.</summary>
    public async Task LookAsync(long id, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var network = await store.ReadAsync(session => session.Networks.FindAsync(id, cancel), cancel);
            if (network is null || !await IsMineAsync(network, cancel))
            {
                await GoneAsync(id, cancel);
                return;
            }

            await EnsureLinksAsync(network, cancel);
            await appliers.Firewall.ApplyAsync([NetworkPlanner.Bridge(network, settings)], [], cancel);
            await EnsureDhcpAsync(network.Bridge, cancel);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// Ends what this life of the daemon or an earlier one served for networks that are no more: what was written down, less what the store wants. A network that nobody has claimed yet
    /// may become ours, so what it needs stays.
    /// </summary>
    public async Task SweepAsync(CancellationToken cancel)
    {
        var wanted = await OnHostAsync(cancel);
        foreach (var network in _here.Values.ExceptBy(wanted.Select(network => network.Id), network => network.Id))
        {
            _leaving[network.Id] = network;
            _here.TryRemove(network.Id, out _);
        }

        var addresses = wanted.SelectMany(GatewaysOf).Select(gateway => gateway.Address).ToHashSet();
        var left = appliers.Gateways.Read().Where(entry => !addresses.Contains(entry.Key)).Select(entry => (Address: entry.Key, Place: AddressJournal.PlaceOf(entry.Value))).ToList();
        var bridges = _leaving.Values.Select(network => network.Bridge)
            .Union(left.Select(entry => entry.Place?.Device).OfType<DeviceName>())
            .Union(appliers.Dhcp.Bridges().Except(wanted.Select(network => network.Bridge)));
        foreach (var bridge in bridges)
        {
            using var used = await _bridges.UseAsync(bridge, cancel);
            await EnsureDhcpAsync(bridge, cancel);
            foreach (var (address, place) in left.Where(entry => entry.Place?.Device == bridge))
            {
                await appliers.Links.RemoveAddressAsync(bridge, address, place!.Value.PrefixLength, cancel);
            }
        }

        left.ForEach(entry => appliers.Gateways.Remove(entry.Address));
        await _bridges.SweepAsync(cancel);
    }

    /// <summary>An instance came, changed its addresses, or went: its hosts in DHCP follow.</summary>
    public async Task LookAtInstanceAsync(Guid uuid, CancellationToken cancel)
    {
        var details = await store.ReadAsync(
            async session => await session.Instances.FindAsync(uuid, cancel) is { } instance ? await session.DetailsAsync(instance, cancel) : null, cancel);
        await appliers.Dhcp.ServeAsync(uuid, () => HostsOf(details), cancel);
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

    private async Task GoneAsync(long id, CancellationToken cancel)
    {
        await appliers.Firewall.ApplyAsync([], [Policy.NetworkBridge.KeyOf(id)], cancel);
        await SweepAsync(cancel);
        _leaving.TryRemove(id, out _);
    }

    private Task<List<Network>> OnHostAsync(CancellationToken cancel) => store.ReadAsync(session => session.Networks.OnHostAsync(settings.Host, cancel), cancel);

    private async Task<DhcpPicture> PictureAsync(DeviceName bridge, CancellationToken cancel)
    {
        var networks = _here.Values.Where(network => network.Bridge == bridge && InstancePlanner.DhcpServerOf(network, settings) is not null).OrderBy(network => network.Id).ToList();
        var hosts = await store.ReadAsync(
            async session =>
            {
                var found = new List<ServedHost>();
                foreach (var network in networks)
                {
                    found.AddRange((await session.VirtualInterfaces.HostsAsync(network.Id, cancel)).Select(h => new ServedHost(h.Instance, new DhcpHost(h.Mac, h.HostName, h.Address))));
                }

                return found.DistinctBy(served => served.Host.Mac).ToList();
            },
            cancel);
        return new DhcpPicture(networks, hosts);
    }

    private List<(DeviceName Bridge, DhcpHost Host)> HostsOf(InstanceDetails? details) =>
    [
        .. (details?.Nics ?? []).Where(nic => _here.ContainsKey(nic.Network.Id) && nic.Fixed.Count > 0 && InstancePlanner.DhcpServerOf(nic.Network, settings) is not null)
            .Select(nic => (nic.Network.Bridge, new DhcpHost(nic.Nic.Mac, details!.Instance.HostName, nic.Fixed[0].Address))),
    ];

    /// <summary>The addresses of this host in the network: IPv4, which dnsmasq answers from, and IPv6.</summary>
    private IEnumerable<(IPAddress Address, IPNetwork Network)> GatewaysOf(Network network)
    {
        if ((network.DhcpServer ?? network.Gateway) is { } gateway && network.Cidr is { } cidr)
        {
            yield return (gateway, cidr);
        }

        if (settings.UseIpv6 && network is { CidrV6: { } cidrV6, GatewayV6: { } gatewayV6 })
        {
            yield return (gatewayV6, cidrV6);
        }
    }

    private async Task<bool> IsMineAsync(Network network, CancellationToken cancel) => network.Host is null
        ? await store.WriteAsync(session => session.Networks.ClaimAsync(network.Id, settings.Host, cancel), cancel)
        : network.Host == settings.Host;
}
