using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Tracing;
using Bridgehead.Store;

namespace Bridgehead.Agent;

/// <summary>What each worker of a host should hold, by the store: what the agents bring about, without bringing it about. Reading changes nothing, so a network of nobody is not claimed.</summary>
public sealed class HostWishes(NovaSettings settings, Database store)
{
    private readonly HostReader _reader = new(store);

    public async Task<HostPolicies> ReadAsync(CancellationToken cancel)
    {
        var servers = await _reader.OnHostAsync(settings.Host, cancel);
        return new HostPolicies(
            await NetworkAsync(cancel),
            await ComputeAsync(servers, cancel),
            [NetworkPlanner.Metadata(settings)],
            [.. servers.SelectMany(view => view.Nics).Select(nic => InstanceBoot.GuardOf(nic, settings))]);
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
        return
        [
            NetworkPlanner.Host(settings),
            .. networks.Where(network => network.Host == settings.Host).Select(network => NetworkPlanner.Bridge(network, settings)),
            .. floating.Select(f => NetworkPlanner.Floating(f, settings)).OfType<Policy>(),
        ];
    }

    private async Task<IReadOnlyList<Policy>> ComputeAsync(IReadOnlyList<InstanceView> servers, CancellationToken cancel)
    {
        var groups = new List<GroupView>();
        foreach (var group in servers.SelectMany(view => view.Groups).Distinct().Order())
        {
            if (await _reader.GroupAsync(group, cancel) is { } view)
            {
                groups.Add(view);
            }
        }

        var members = new List<MemberView>();
        foreach (var source in groups.SelectMany(group => group.Rules).Select(rule => rule.SourceGroupId).OfType<long>().Distinct())
        {
            members.AddRange(await _reader.MembersAsync(source, cancel));
        }

        return
        [
            new Policy.ComputeHost(settings.IptablesDropAction),
            .. servers.SelectMany(view => InstanceBoot.BridgePolicies(view, settings)),
            .. groups.Select(InstancePlanner.Group),
            .. members.Select(member => InstancePlanner.Member(member, settings)),
            .. servers.Select(view => InstancePlanner.Filter(view, settings)),
        ];
    }
}
