using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Agent;

/// <summary>A start of agents over a store in which nothing stays, as if their feeds were open: until there is nothing more to do.</summary>
public static class DryRunAgents
{
    /// <param name="agents">nova-compute first: what it gives back, such as the floating address of an instance that ends, nova-network need not set up before.</param>
    /// <param name="store">From <see cref="Database.RehearseAsync"/>.</param>
    /// <param name="patience">Work that fails is repeated for ever; after this time of it <see cref="TimeoutException"/> is thrown.</param>
    public static async Task StartAsync(IReadOnlyList<IAgent> agents, Database store, NovaSettings settings, TimeSpan patience, CancellationToken cancel)
    {
        foreach (var agent in agents)
        {
            await agent.ResyncAsync(cancel);
            await agent.WhenIdleAsync().WaitAsync(patience, cancel);
        }

        while (await store.TakeRehearsedAsync(cancel) is { Count: > 0 } changes)
        {
            foreach (var change in changes.Where(change => change.Host is null || change.Host == settings.Host))
            {
                foreach (var agent in agents)
                {
                    agent.Look(change);
                }
            }

            await Task.WhenAll(agents.Select(agent => agent.WhenIdleAsync())).WaitAsync(patience, cancel);
        }
    }
}
