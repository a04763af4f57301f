using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Tracing;
using Bridgehead.Store;

namespace Bridgehead.Agent;

/// <summary>What each worker of a host should hold, by the store: what the agents bring about at a start, without bringing it about. Reading changes nothing, so a network of nobody is not claimed.</summary>
public sealed class HostWishes(NovaSettings settings, Database store)
{
    private readonly HostReader _reader = new(store);

    public async Task<HostPolicies> ReadAsync(CancellationToken cancel)
    {
        var servers = await _reader.OnHostAsync(settings.Host, cancel);
        return new HostPolicies(await NetworkAsync(cancel), await ComputeAsync(servers, cancel), [NetworkPlanner.Metadata(settings)], InstanceBoot.GuardsOf(servers, settings));
    }

    private async Task<IReadOnlyList<Policy>> NetworkAsync(CancellationToken cancel)
    {
        // Flat networks are the administrator's: nothing is set up for them.
        if (settings.NetworkManager == NetworkManager.Flat)
        {
            return [];
        }

        var (networks, floating) = await store.ReadAsync(
            async session => (await session.Networks.OnHostAsync(settings.Host, cancel), await session.FloatingIps.OnHostAsync(settings.Host, cancel)), cancel);
        return NetworkPlanner.All(networks.Where(network => network.Host == settings.Host), floating, settings);
    }

    private async Task<IReadOnlyList<Policy>> ComputeAsync(IReadOnlyList<InstanceView> servers, CancellationToken cancel)
    {
        var wanted = new Wanted();
        await new HostFilters(settings, _reader, wanted).StartAsync(servers, cancel);
        return wanted.Policies;
    }

    /// <summary>Hears what a start asks for.</summary>
    private sealed class Wanted : IFirewall
    {
        public IReadOnlyList<Policy> Policies { get; private set; } = [];

        public Task StartAsync(IReadOnlyList<Policy> policies, CancellationToken cancel)
        {
            Policies = policies;
            return Task.CompletedTask;
        }

        public Task ApplyAsync(IReadOnlyList<Policy> put, IReadOnlyList<string> removeKeys, CancellationToken cancel) => throw new NotSupportedException("only a start is listened to");
    }
}
