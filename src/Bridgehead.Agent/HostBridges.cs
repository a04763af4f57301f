using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Store;

namespace Bridgehead.Agent;

/// <summary>This host's bridges: nova-network makes them for its networks, nova-compute for its instances, and whoever sees the last need of one end removes it.</summary>
internal sealed class HostBridges(NovaSettings settings, Database store, Links links, IHostFiles files)
{
    private readonly BridgeRegister _register = new(settings.StatePath, files);

    /// <summary>Keeps the network's bridge from being removed until the answer is disposed of.</summary>
    public Task<IDisposable> UseAsync(DeviceName bridge, CancellationToken cancel) => _register.UseAsync(bridge, cancel);

    /// <summary>The bridge is there, and connected as the network wants it.</summary>
    public async Task EnsureAsync(Network network, CancellationToken cancel)
    {
        var (bridge, physical) = (network.Bridge, NetworkPlanner.PhysicalInterface(network, settings));
        if (physical is not null && _register.Has(bridge))
        {
            _register.Add(bridge, physical);
        }

        await links.EnsureBridgeAsync(bridge, physical, () => _register.Add(bridge, physical), cancel);
    }

    /// <summary>Removes bridges of ours that nobody needs; one that still has a port goes when that one's end is seen.</summary>
    public async Task SweepAsync(IEnumerable<DeviceName> bridges, CancellationToken cancel)
    {
        foreach (var bridge in bridges.Where(_register.Has))
        {
            using var alone = await _register.AloneAsync(bridge, cancel);
            if (!await store.ReadAsync(session => session.Networks.NeedBridgeAsync(bridge, settings.Host, cancel), cancel) && await links.RemoveBridgeAsync(bridge, cancel))
            {
                _register.Remove(bridge);
            }
        }
    }

    /// <summary>Also those that an earlier life of either daemon made.</summary>
    public Task SweepAsync(CancellationToken cancel) => SweepAsync(_register.Read(), cancel);
}
