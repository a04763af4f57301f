using Bridgehead.Model;
using Bridgehead.Rules;

namespace Bridgehead.Agent;

/// <summary>
/// The filters of this host's instances, with the security groups that they are in and the members of groups that those name as a source. A group is read when the first instance here
/// uses it, and followed while one does.
/// </summary>
/// <remarks>
/// What is read under the gate is handed to the packet filter under it, so that an older reading never follows a newer one. The commit is waited for outside.
/// </remarks>
internal sealed class HostFilters(NovaSettings settings, HostReader reader, IFirewall firewall)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly GroupsInUse _use = new();

    /// <summary>Groups in use here, and those whose members are followed.</summary>
    public async Task<(IReadOnlyList<long> Groups, IReadOnlyList<long> Sources)> InUseAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            return ([.. _use.Groups], [.. _use.Sources]);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>At the daemon's start: exactly these instances, in one commit.</summary>
    public async Task StartAsync(IReadOnlyList<InstanceView> views, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            List<Policy> policies = [new Policy.ComputeHost(settings.IptablesDropAction), .. views.SelectMany(view => InstanceBoot.BridgePolicies(view, settings))];
            foreach (var view in views)
            {
                policies.AddRange(await UseAsync(view, cancel));
            }

            await firewall.StartAsync([.. policies, .. views.Select(view => InstancePlanner.Filter(view, settings))], cancel);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Puts an instance's filter, with <paramref name="others"/>, and whatever of its groups is not here yet; costs nothing when nothing changed.</summary>
    public Task PutAsync(InstanceView view, IEnumerable<Policy> others, CancellationToken cancel) => ChangeAsync(
        async () => (Put: [.. others, .. await UseAsync(view, cancel), InstancePlanner.Filter(view, settings)], Remove: _use.TakeUnused()), cancel);

    /// <summary>Takes away an instance's policies, and those of its groups that nobody else uses.</summary>
    public Task RemoveAsync(Guid uuid, IReadOnlyList<string> keys, CancellationToken cancel) => ChangeAsync(
        () =>
        {
            _use.Leave(uuid);
            return Task.FromResult<(IReadOnlyList<Policy>, IReadOnlyList<string>)>(([], [.. keys, .. _use.TakeUnused()]));
        },
        cancel);

    /// <summary>The rules of a group changed.</summary>
    public Task LookAtGroupAsync(long group, CancellationToken cancel) => ChangeAsync(
        async () => (Put: _use.Groups.Contains(group) ? await ReadGroupsAsync([group], cancel) : [], Remove: _use.TakeUnused()), cancel);

    /// <summary>An instance joined or left a group, or has other addresses.</summary>
    public Task LookAtMemberAsync(long group, Guid uuid, CancellationToken cancel) => ChangeAsync(
        async () =>
        {
            if (!_use.Sources.Contains(group))
            {
                return (Put: [], Remove: []);
            }

            if (await reader.MemberAsync(group, uuid, cancel) is { } member)
            {
                _use.AddMember(group, uuid);
                return (Put: [InstancePlanner.Member(member, settings)], Remove: []);
            }

            _use.RemoveMember(group, uuid);
            return (Put: [], Remove: [Policy.GroupMember.KeyOf(group, uuid)]);
        },
        cancel);

    /// <summary>Changes of a group's members were missed.</summary>
    public Task LookAtSourceAsync(long group, CancellationToken cancel) => ChangeAsync(
        async () =>
        {
            if (!_use.Sources.Contains(group))
            {
                return (Put: [], Remove: []);
            }

            var members = await reader.MembersAsync(group, cancel);
            var gone = _use.MembersOf(group).Except(members.Select(member => member.Instance)).ToList();
            _use.SetMembers(group, members.Select(member => member.Instance));
            return (Put: [.. members.Select(member => InstancePlanner.Member(member, settings))], Remove: [.. gone.Select(uuid => Policy.GroupMember.KeyOf(group, uuid))]);
        },
        cancel);

    /// <summary>The firewall takes a request in before it first waits; so requests stand in the order of the readings that they came from.</summary>
    private async Task ChangeAsync(Func<Task<(IReadOnlyList<Policy> Put, IReadOnlyList<string> Remove)>> read, CancellationToken cancel)
    {
        Task applied;
        await _gate.WaitAsync(cancel);
        try
        {
            var (put, remove) = await read();
            applied = put.Count + remove.Count > 0 ? firewall.ApplyAsync(put, remove, cancel) : Task.CompletedTask;
        }
        finally
        {
            _gate.Release();
        }

        await applied;
    }

    /// <summary>Notes the instance's groups; returns the policies of those that are new here.</summary>
    private async Task<List<Policy>> UseAsync(InstanceView view, CancellationToken cancel)
    {
        var policies = await ReadGroupsAsync(_use.Unread(view.Groups), cancel);
        _use.Enter(view.Instance.Uuid, view.Groups);
        return policies;
    }

    /// <summary>The groups' rules as they are now, and the members of sources that they name for the first time. Nothing is noted before everything was read: a store that is away leaves no gap.</summary>
    private async Task<List<Policy>> ReadGroupsAsync(IReadOnlyList<long> groups, CancellationToken cancel)
    {
        var views = new List<GroupView>();
        foreach (var group in groups)
        {
            if (await reader.GroupAsync(group, cancel) is { } view)
            {
                views.Add(view);
            }
        }

        var members = new Dictionary<long, List<MemberView>>();
        foreach (var source in _use.UnreadSources(views.SelectMany(SourcesOf)))
        {
            members.Add(source, await reader.MembersAsync(source, cancel));
        }

        foreach (var (source, found) in members)
        {
            _use.SetMembers(source, found.Select(member => member.Instance));
        }

        views.ForEach(view => _use.SetSources(view.Group.Id, SourcesOf(view)));
        return [.. views.Select(InstancePlanner.Group), .. members.Values.SelectMany(found => found).Select(member => InstancePlanner.Member(member, settings))];
    }

    private static IEnumerable<long> SourcesOf(GroupView view) => view.Rules.Select(rule => rule.SourceGroupId).OfType<long>();
}
