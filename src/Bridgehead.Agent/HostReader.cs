using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Store;

namespace Bridgehead.Agent;

/// <summary>Reads what the planner needs of instances, in one look at the store.</summary>
public sealed class HostReader(Database store)
{
    /// <summary>Null when there is no such live instance.</summary>
    public Task<InstanceView?> FindAsync(Guid uuid, CancellationToken cancel) => store.ReadAsync(
        async session => await session.Instances.FindAsync(uuid, cancel) is { } instance ? (await ViewsAsync(session, [instance], cancel))[0] : null,
        cancel);

    public Task<List<InstanceView>> OnHostAsync(string host, CancellationToken cancel) =>
        store.ReadAsync(async session => await ViewsAsync(session, await session.Instances.OnHostAsync(host, cancel), cancel), cancel);

    /// <summary>Groups and members are read once, however many instances share them.</summary>
    private static async Task<List<InstanceView>> ViewsAsync(Session session, IReadOnlyList<Instance> instances, CancellationToken cancel)
    {
        var details = await session.DetailsAsync(instances, cancel);
        var groups = new Dictionary<long, GroupView>();
        foreach (var group in details.SelectMany(d => d.Groups).DistinctBy(g => g.Id))
        {
            groups[group.Id] = new GroupView(group, await session.SecurityGroups.RulesOfAsync(group.Id, cancel));
        }

        var members = new Dictionary<long, List<MemberView>>();
        foreach (var source in groups.Values.SelectMany(g => g.Rules).Select(r => r.SourceGroupId).OfType<long>().Distinct())
        {
            members[source] = await MembersAsync(session, source, cancel);
        }

        return [.. details.Select(d => new InstanceView(
            d.Instance,
            NicsOf(d),
            [.. d.Groups.Select(g => groups[g.Id])],
            [.. d.Groups.SelectMany(g => groups[g.Id].Rules).Select(r => r.SourceGroupId).OfType<long>().Distinct().SelectMany(id => members[id])]))];
    }

    private static async Task<List<MemberView>> MembersAsync(Session session, long group, CancellationToken cancel)
    {
        var name = (await session.SecurityGroups.FindAsync(group, cancel))?.Name ?? $"{group}";
        var instances = await session.Instances.InGroupAsync(group, cancel);
        return [.. (await session.DetailsAsync(instances, cancel)).Select(d => new MemberView(group, name, NicsOf(d)))];
    }

    private static IReadOnlyList<NicView> NicsOf(InstanceDetails details) =>
        [.. details.Nics.Select(nic => new NicView(nic.Nic, nic.Network, [.. nic.Fixed.Select(f => f.Address)]))];
}
