namespace Bridgehead.Rules.Nftables;

/// <summary>nova-compute's part of the tables: instances, their classes, security groups and members.</summary>
public sealed class ComputeLayout : INftLayout
{
    private readonly FilterTable[] _tables;
    private readonly Dictionary<string, Policy.InstanceFilter> _instances = [];
    private readonly InstanceClasses _classes = new();

    public ComputeLayout(bool ipv6) => _tables = ipv6 ? [FilterTable.V4, FilterTable.V6] : [FilterTable.V4];

    public IReadOnlyList<NftTable> Tables => [.. _tables.Select(table => table.Table)];

    public IReadOnlyList<NftContribution> Skeleton => [.. _tables.Select(table => table.Skeleton with { Chains = table.Skeleton.Chains with { Key = $"skeleton/{table.Table}" } })];

    public bool HasContent(NftId id) => Owns(id) || id.Name is "inst" or "cls" || _tables.Any(table => table.IsFixed(id));

    public bool Owns(NftId id) => _tables.Any(table => table.Table == id.Table) && GroupObjects.IsName(id.Name);

    public bool IsShared(NftId id) => _tables.Any(table => table.IsShared(id));

    public bool IsChanging(NftId id) => false;

    public NftChange Put(Policy policy) => policy switch
    {
        Policy.GroupRules group => new NftChange([GroupObjects.Rules(_tables, group)], []),
        Policy.GroupMember member => new NftChange([GroupObjects.Member(_tables, member)], []),
        Policy.InstanceFilter instance => Put(instance),

        // A table of its own can only take away: nothing is to be said about bridges, nor about what the host accepts.
        Policy.ComputeHost or Policy.ComputeBridge => NftChange.None,
        _ => throw new NotSupportedException($"no nftables objects for {policy}"),
    };

    public NftChange Remove(string key) => _instances.Remove(key, out var instance) ? _classes.Remove(instance) : new NftChange([], [key]);

    private NftChange Put(Policy.InstanceFilter instance)
    {
        var before = _instances.GetValueOrDefault(instance.Key);
        _instances[instance.Key] = instance;
        return _classes.Put(_tables, instance, before);
    }
}
