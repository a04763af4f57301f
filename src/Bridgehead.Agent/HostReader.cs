using Bridgehead.Rules;
using Bridgehead.Store;

namespace Bridgehead.Agent;

/// <summary>Reads what the planner needs of instances and their groups, each time in one look at the store.</summary>
public sealed class HostReader(Database store)
{
    /// <summary>Null when there is no such live instance.</summary>
    public Task<InstanceView?> FindAsync(Guid uuid, CancellationToken cancel) => store.ReadAsync(
        async session => await session.Instances.FindAsync(uuid, cancel) is { } instance ? ViewOf(await session.DetailsAsync(instance, cancel)) : null,
        cancel);

    public Task<List<InstanceView>> OnHostAsync(string host, CancellationToken cancel) => store.ReadAsync(
        async session => (await session.DetailsAsync(await session.Instances.OnHostAsync(host, cancel), cancel)).ConvertAll(ViewOf),
        cancel);

    /// <summary>Null when there is no such group.</summary>
    public Task<GroupView?> GroupAsync(long group, CancellationToken cancel) => store.ReadAsync(
        async session => await session.SecurityGroups.FindAsync(group, cancel) is { } found ? new GroupView(found, await session.SecurityGroups.RulesOfAsync(group, cancel)) : null,
        cancel);

    /// <summary>The live instances of the whole cloud that are in the group.</summary>
    public Task<List<MemberView>> MembersAsync(long group, CancellationToken cancel) => store.ReadAsync(
        async session =>
        {
            var name = await NameAsync(session, group, cancel);
            var instances = await session.Instances.InGroupAsync(group, cancel);
            return (await session.DetailsAsync(instances, cancel)).ConvertAll(details => new MemberView(group, name, details.Instance.Uuid, NicsOf(details)));
        },
        cancel);

    /// <summary>Null when the instance is not in the group, or no more.</summary>
    public Task<MemberView?> MemberAsync(long group, Guid uuid, CancellationToken cancel) => store.ReadAsync(
        async session => await session.SecurityGroups.IsMemberAsync(uuid, group, cancel) && await session.Instances.FindAsync(uuid, cancel) is { } instance
            ? new MemberView(group, await NameAsync(session, group, cancel), uuid, NicsOf(await session.DetailsAsync(instance, cancel)))
            : null,
        cancel);

    private static async Task<string> NameAsync(Session session, long group, CancellationToken cancel) => (await session.SecurityGroups.FindAsync(group, cancel))?.Name ?? $"{group}";

    private static InstanceView ViewOf(InstanceDetails details) => new(details.Instance, NicsOf(details), [.. details.Groups.Select(group => group.Id)]);

    private static IReadOnlyList<NicView> NicsOf(InstanceDetails details) =>
        [.. details.Nics.Select(nic => new NicView(nic.Nic, nic.Network, [.. nic.Fixed.Select(f => f.Address)]))];
}
