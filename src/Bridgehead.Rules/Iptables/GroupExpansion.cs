using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules.Iptables;

/// <summary>
/// Security groups are entities of their own, but iptables has each group's rules once in every member's chain, and a rule from a source group once for each of its members. This keeps groups,
/// members and instances, and knows which instances' chains a change makes stale.
/// </summary>
internal sealed class GroupExpansion
{
    private readonly Dictionary<string, Policy> _policies = [];
    private readonly Dictionary<long, Policy.GroupRules> _groups = [];
    private readonly Dictionary<long, Dictionary<string, Policy.GroupMember>> _members = [];

    /// <summary>Keys of the instances that are in a group.</summary>
    private readonly Dictionary<long, HashSet<string>> _instances = [];

    /// <summary>Groups that have a rule with this group as its source.</summary>
    private readonly Dictionary<long, HashSet<long>> _targets = [];
    private readonly HashSet<string> _stale = [];

    /// <summary>Groups whose rules are expanded as they and their sources are now.</summary>
    private readonly Dictionary<long, IReadOnlyList<ExpandedRule>> _expanded = [];

    public IEnumerable<string> Keys => _policies.Keys;

    /// <summary>Takes the policy if it is of this kind.</summary>
    public bool Put(Policy policy)
    {
        if (policy is not (Policy.GroupRules or Policy.GroupMember or Policy.InstanceFilter))
        {
            return false;
        }

        Remove(policy.Key);
        _policies.Add(policy.Key, policy);
        Enter(policy);
        return true;
    }

    public bool Remove(string key)
    {
        if (!_policies.Remove(key, out var policy))
        {
            return false;
        }

        switch (policy)
        {
            case Policy.GroupRules group:
                _groups.Remove(group.GroupId);
                SourcesOf(group).ForEach(source => Take(_targets, source, group.GroupId));
                StaleMembersOf(group.GroupId);
                break;
            case Policy.GroupMember member:
                _members[member.GroupId].Remove(key);
                StaleTargetsOf(member.GroupId);
                break;
            case Policy.InstanceFilter instance:
                foreach (var group in instance.Groups)
                {
                    Take(_instances, group, key);
                }

                _stale.Add(key);
                break;
        }

        return true;
    }

    /// <summary>The instances whose chains are to be written anew, with the rules of their groups; null for one that is gone.</summary>
    public IEnumerable<(string Key, (Policy.InstanceFilter Filter, IReadOnlyList<ExpandedRule> Rules)? Now)> TakeStale()
    {
        var stale = _stale.ToList();
        _stale.Clear();
        return stale.Select(key => (key, _policies.GetValueOrDefault(key) is Policy.InstanceFilter filter ? (filter, Expand(filter)) : ((Policy.InstanceFilter, IReadOnlyList<ExpandedRule>)?)null));
    }

    private void Enter(Policy policy)
    {
        switch (policy)
        {
            case Policy.GroupRules group:
                _groups.Add(group.GroupId, group);
                SourcesOf(group).ForEach(source => Give(_targets, source, group.GroupId));
                StaleMembersOf(group.GroupId);
                break;
            case Policy.GroupMember member:
                if (!_members.TryGetValue(member.GroupId, out var members))
                {
                    _members.Add(member.GroupId, members = []);
                }

                members.Add(member.Key, member);
                StaleTargetsOf(member.GroupId);
                break;
            case Policy.InstanceFilter instance:
                foreach (var group in instance.Groups)
                {
                    Give(_instances, group, instance.Key);
                }

                _stale.Add(instance.Key);
                break;
        }
    }

    private IReadOnlyList<ExpandedRule> Expand(Policy.InstanceFilter filter) =>
        [.. filter.Groups.Where(_groups.ContainsKey).SelectMany(id => Expand(_groups[id]))];

    private IReadOnlyList<ExpandedRule> Expand(Policy.GroupRules group)
    {
        if (!_expanded.TryGetValue(group.GroupId, out var rules))
        {
            _expanded.Add(group.GroupId, rules = [.. group.Rules.Select(rule => Expand(group, rule))]);
        }

        return rules;
    }

    private ExpandedRule Expand(Policy.GroupRules group, SecurityGroupRule rule) => rule.SourceGroupId is { } source
        ? new ExpandedRule(rule, group.Name, NameOf(source), AddressesOf(source))
        : new ExpandedRule(rule, group.Name, null, []);

    private string NameOf(long group) => _members.GetValueOrDefault(group)?.Values.FirstOrDefault()?.GroupName ?? $"{group}";

    private IReadOnlyList<IPAddress> AddressesOf(long group) => _members.TryGetValue(group, out var members)
        ? [.. members.Values.SelectMany(member => member.Addresses).Distinct().OrderBy(address => (address.IsV4(), address.ToNumber()))]
        : [];

    private static List<long> SourcesOf(Policy.GroupRules group) => [.. group.Rules.Select(rule => rule.SourceGroupId).OfType<long>().Distinct()];

    private void StaleMembersOf(long group)
    {
        _expanded.Remove(group);
        _stale.UnionWith(_instances.GetValueOrDefault(group) ?? []);
    }

    private void StaleTargetsOf(long source)
    {
        foreach (var target in _targets.GetValueOrDefault(source) ?? [])
        {
            StaleMembersOf(target);
        }
    }

    private static void Give<TKey, TValue>(Dictionary<TKey, HashSet<TValue>> index, TKey key, TValue value)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var values))
        {
            index.Add(key, values = []);
        }

        values.Add(value);
    }

    private static void Take<TKey, TValue>(Dictionary<TKey, HashSet<TValue>> index, TKey key, TValue value)
        where TKey : notnull
    {
        if (index.TryGetValue(key, out var values) && values.Remove(value) && values.Count == 0)
        {
            index.Remove(key);
        }
    }
}
