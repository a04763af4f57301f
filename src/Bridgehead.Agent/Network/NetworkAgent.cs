using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Store;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Agent;

/// <summary>nova-network: the networks that this host serves, their DHCP, and its floating addresses.</summary>
public sealed partial class NetworkAgent : IAgent
{
    private readonly NovaSettings _settings;
    private readonly Database _store;
    private readonly NetworkAppliers _appliers;
    private readonly HostNetworks _networks;
    private readonly HostFloatingIps _floating;
    private readonly KeyedWork _work;
    private bool _started;

    public NetworkAgent(NovaSettings settings, Database store, NetworkAppliers appliers, ILoggerFactory logs, CancellationToken stop)
    {
        (_settings, _store, _appliers) = (settings, store, appliers);
        _networks = new HostNetworks(settings, store, appliers);
        _floating = new HostFloatingIps(settings, store, appliers, logs.CreateLogger<HostFloatingIps>());
        _work = new KeyedWork(WorkAsync, store.Clock, logs.CreateLogger<NetworkAgent>(), stop);
    }

    public string Binary => Binaries.Network;

    public async Task ResyncAsync(CancellationToken cancel)
    {
        // Flat networks are the administrator's: nothing is set up for them.
        if (_settings.NetworkManager == NetworkManager.Flat)
        {
            return;
        }

        await _appliers.Sysctls.EnsureForwardingAsync(_settings.UseIpv6, cancel);
        await _appliers.Links.EnsureMetadataAddressAsync(address => _appliers.Services.Put(address, "lo/32"), cancel);
        if (_started)
        {
            await AskAllAsync(cancel);
            return;
        }

        await StartAsync(cancel);
        _started = true;
    }

    /// <summary>The first look, before any other work: everything at once.</summary>
    private async Task StartAsync(CancellationToken cancel)
    {
        var networks = await _networks.ClaimAsync(cancel);
        foreach (var network in networks)
        {
            await _networks.EnsureLinksAsync(network, cancel);
        }

        var floating = await _floating.OfHostAsync(cancel);
        await _appliers.Firewall.StartAsync(NetworkPlanner.All(networks, floating, _settings), cancel);
        await _floating.StartAsync(floating, cancel);
        foreach (var bridge in networks.Select(network => network.Bridge).Distinct())
        {
            await _networks.EnsureDhcpAsync(bridge, cancel);
        }

        await _networks.SweepAsync(cancel);
    }

    /// <summary>Changes were missed while others may be under way: everything is looked at again, each in its turn.</summary>
    private async Task AskAllAsync(CancellationToken cancel)
    {
        _work.AskAgain();
        var networks = await _networks.ClaimAsync(cancel);
        foreach (var id in networks.Select(network => network.Id).Union(_networks.Here))
        {
            _work.Ask($"{ChangeKind.Network}/{id}");
        }

        foreach (var address in (await _floating.OfHostAsync(cancel)).Select(floating => floating.Address).Union(_floating.Here))
        {
            _work.Ask($"{ChangeKind.FloatingIp}/{address}");
        }
    }

    public void Look(Change change)
    {
        if (_settings.NetworkManager != NetworkManager.Flat && change.Kind is ChangeKind.Network or ChangeKind.Instance or ChangeKind.FloatingIp)
        {
            _work.Ask($"{change.Kind}/{change.Key}");
        }
    }

    public Task WhenIdleAsync() => _work.WhenIdleAsync();

    /// <summary>A lease that a client got or gave up, into the store (the state machine of fixed addresses).</summary>
    public Task LeaseAsync(LeaseEvent lease, CancellationToken cancel) => _store.WriteAsync(
        async session =>
        {
            if (await session.FixedIps.FindAsync(lease.Address, cancel) is { } address && address.Leased != lease.Added)
            {
                await session.FixedIps.SetLeasedAsync(address.Id, lease.Added, cancel);
            }

            return default(Done);
        },
        cancel);

    /// <summary>dnsmasq's lease database for the networks here: expiry, MAC, address, name, client id.</summary>
    public Task<string> LeaseDatabaseAsync(CancellationToken cancel) => _networks.LeaseDatabaseAsync(cancel);

    private Task WorkAsync(string key, CancellationToken cancel)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var (kind, id) = (key[..slash], key[(slash + 1)..]);
        return kind switch
        {
            ChangeKind.Network => _networks.LookAsync(long.Parse(id), cancel),
            ChangeKind.Instance => _networks.LookAtInstanceAsync(Guid.Parse(id), cancel),
            _ => _floating.LookAsync(Ip.Parse(id), cancel),
        };
    }
}
