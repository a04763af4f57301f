using Bridgehead.Rules;

namespace Bridgehead.Agent;

/// <summary>
/// Which instances here are in which groups, which groups those name as a source, and whose members are known. Policies of what nobody uses any more are collected, to be taken with the next change.
/// </summary>
internal sealed class GroupsInUse
{
    private readonly Dictionary<Guid, IReadOnlyList<long>> _groupsOf = [];
    private readonly Dictionary<long, HashSet<Guid>> _usersOf = [];
    private readonly Dictionary<long, HashSet<long>> _sourcesOf = [];
    private readonly Dictionary<long, HashSet<long>> _namedBy = [];
    private readonly Dictionary<long, HashSet<Guid>> _membersOf = [];
    private readonly List<string> _unused = [];

    public IReadOnlyCollection<long> Groups => _usersOf.Keys;

    public IReadOnlyCollection<long> Sources => _namedBy.Keys;

    public IEnumerable<Guid> MembersOf(long group) => _membersOf.GetValueOrDefault(group) ?? [];

    /// <summary>Those of the groups whose rules are not known.</summary>
    public IReadOnlyList<long> Unread(IEnumerable<long> groups) => [.. groups.Where(group => !_sourcesOf.ContainsKey(group))];

    /// <summary>Those of the groups whose members are not known.</summary>
    public IReadOnlyList<long> UnreadSources(IEnumerable<long> groups) => [.. groups.Distinct().Where(group => !_membersOf.ContainsKey(group))];

    /// <summary>The instance is in exactly these groups.</summary>
    public void Enter(Guid instance, IReadOnlyList<long> groups)
    {
        var before = _groupsOf.GetValueOrDefault(instance) ?? [];
        _groupsOf[instance] = groups;
        foreach (var group in groups.Except(before))
        {
            if (!_usersOf.TryGetValue(group, out var users))
            {
                _usersOf.Add(group, users = []);
            }

            users.Add(instance);
        }

        foreach (var group in before.Except(groups))
        {
            Drop(group, instance);
        }
    }

    public void Leave(Guid instance)
    {
        if (_groupsOf.Remove(instance, out var groups))
        {
            foreach (var group in groups)
            {
                Drop(group, instance);
            }
        }
    }

    /// <summary>The group's rules name exactly these sources.</summary>
    public void SetSources(long group, IEnumerable<long> sources)
    {
        var now = sources.ToHashSet();
        var before = _sourcesOf.GetValueOrDefault(group) ?? [];
        _sourcesOf[group] = now;
        foreach (var source in now.Except(before))
        {
            if (!_namedBy.TryGetValue(source, out var names))
            {
                _namedBy.Add(source, names = []);
            }

            names.Add(group);
        }

        foreach (var source in before.Except(now))
        {
            Unname(source, group);
        }
    }

    public void SetMembers(long group, IEnumerable<Guid> instances) => _membersOf[group] = [.. instances];

    public void AddMember(long group, Guid instance) => _membersOf[group].Add(instance);

    public void RemoveMember(long group, Guid instance) => _membersOf[group].Remove(instance);

    /// <summary>Keys of policies that nobody needs any more.</summary>
    public IReadOnlyList<string> TakeUnused()
    {
        var unused = _unused.ToList();
        _unused.Clear();
        return unused;
    }

    private void Drop(long group, Guid instance)
    {
        var users = _usersOf[group];
        users.Remove(instance);
        if (users.Count > 0)
        {
            return;
        }

        _usersOf.Remove(group);
        _unused.Add(Policy.GroupRules.KeyOf(group));
        if (_sourcesOf.Remove(group, out var sources))
        {
            foreach (var source in sources)
            {
                Unname(source, group);
            }
        }
    }

    private void Unname(long source, long group)
    {
        var names = _namedBy[source];
        names.Remove(group);
        if (names.Count == 0)
        {
            _namedBy.Remove(source);
            _unused.AddRange(MembersOf(source).Select(uuid => Policy.GroupMember.KeyOf(source, uuid)));
            _membersOf.Remove(source);
        }
    }
}
