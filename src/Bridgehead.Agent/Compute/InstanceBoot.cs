using Bridgehead.Instances;
using Bridgehead.Model;
using Bridgehead.Rules;

namespace Bridgehead.Agent;

/// <summary>
/// Brings an instance from the store's wish to its first instruction, in the order that leaves no moment in which it is reachable without its filter: bridge, filter and
/// guard and container, taps onto the bridge, go.
/// </summary>
internal sealed class InstanceBoot(NovaSettings settings, ComputeAppliers appliers, HostFilters filters, HostBridges bridges, ImageContents images)
{
    public async Task RunAsync(InstanceView view, CancellationToken cancel)
    {
        var spec = SpecOf(view, await images.RootOfAsync(view.Instance, cancel));
        await PlugAsync(view, spec, cancel);
        await appliers.Driver.StartAsync(spec, cancel);
    }

    /// <summary>Puts the instance's chain as its groups want it now; costs nothing when nothing changed.</summary>
    public Task FilterAsync(InstanceView view, CancellationToken cancel) => filters.PutAsync(view, BridgePolicies(view, settings), cancel);

    public Task RemoveFilterAsync(Guid uuid, long id, IReadOnlyList<DeviceName> on, CancellationToken cancel) =>
        filters.RemoveAsync(uuid, [Policy.InstanceFilter.KeyOf(id), .. on.Select(bridge => Policy.ComputeBridge.KeyOf(bridge, id))], cancel);

    /// <summary>Bridges that an instance was the last to need go.</summary>
    public Task SweepAsync(IReadOnlyList<DeviceName> on, CancellationToken cancel) => bridges.SweepAsync(on, cancel);

    public static IEnumerable<DeviceName> BridgesOf(InstanceView view) => view.Nics.Select(nic => nic.Network.Bridge).Distinct();

    public Task GuardAsync(InstanceView view, CancellationToken cancel) => appliers.Guard.PutAsync(GuardsOf([view], settings), cancel);

    public static IEnumerable<Policy> BridgePolicies(InstanceView view, NovaSettings settings) =>
        settings.NetworkManager == NetworkManager.FlatDhcp ? BridgesOf(view).Select(bridge => new Policy.ComputeBridge(bridge, view.Instance.Id)) : [];

    public static IReadOnlyList<GuardedPort> GuardsOf(IEnumerable<InstanceView> views, NovaSettings settings) => [.. views.SelectMany(view => view.Nics).Select(nic => GuardOf(nic, settings))];

    private static GuardedPort GuardOf(NicView nic, NovaSettings settings) => new(nic.Nic.TapName, nic.Nic.Mac, InstancePlanner.AddressesOf(nic, settings));

    private async Task PlugAsync(InstanceView view, InstanceSpec spec, CancellationToken cancel)
    {
        var held = new List<IDisposable>();
        try
        {
            foreach (var bridge in BridgesOf(view))
            {
                held.Add(await bridges.UseAsync(bridge, cancel));
            }

            await EnsureBridgesAsync(view, cancel);
            await Task.WhenAll(FilterAsync(view, cancel), GuardAsync(view, cancel), appliers.Driver.PreparePortAsync(spec, cancel));
            foreach (var nic in view.Nics)
            {
                await appliers.Links.AttachAsync(nic.Nic.TapName, nic.Network.Bridge, nic.Network.Mtu, cancel);
            }
        }
        finally
        {
            held.ForEach(used => used.Dispose());
        }
    }

    private InstanceSpec SpecOf(InstanceView view, RootImage? root) => new(
        view.Instance.Uuid,
        view.Instance.Id,
        view.Instance.HostName,
        view.Instance.ImageId,
        view.Instance.MemoryMb,
        view.Instance.Vcpus,
        [.. view.Nics.Select(nic => PortPlanner.PortOf(nic, settings))],
        root);

    private async Task EnsureBridgesAsync(InstanceView view, CancellationToken cancel)
    {
        // In Flat mode the administrator makes the bridge; attaching the tap says so when it is missing.
        if (settings.NetworkManager == NetworkManager.Flat)
        {
            return;
        }

        foreach (var network in view.Nics.Select(nic => nic.Network).DistinctBy(network => network.Bridge))
        {
            await bridges.EnsureAsync(network, cancel);
        }
    }
}
