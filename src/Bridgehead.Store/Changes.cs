using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>The outbox: the one place that writes changes, in the transaction that made them.</summary>
public sealed class Changes(Sql sql, TimeProvider clock)
{
    private readonly List<Change> _added = [];

    /// <summary>Whether this transaction has any.</summary>
    internal bool Any => _added.Count > 0;

    /// <summary>Those of this transaction.</summary>
    internal IReadOnlyList<Change> Added => _added;

    /// <summary>Says that an entity changed. <paramref name="host"/> when exactly one host cares.</summary>
    public async Task AddAsync(string kind, string key, string? host, CancellationToken cancel)
    {
        _added.Add(new Change(kind, key, host));
        await sql.ExecuteAsync(
            "insert into change (kind, key, host, at) values (@kind, @key, @host, @at)", cancel, ("kind", kind), ("key", key), ("host", host), ("at", clock.GetUtcNow()));
    }

    public Task InstanceAsync(Guid uuid, string? host, CancellationToken cancel) => AddAsync(ChangeKind.Instance, uuid.ToString("D"), host, cancel);

    public Task GroupAsync(long id, CancellationToken cancel) => AddAsync(ChangeKind.SecurityGroup, $"{id}", null, cancel);

    public Task MemberAsync(long group, Guid instance, CancellationToken cancel) => AddAsync(ChangeKind.GroupMember, $"{group}/{instance:D}", null, cancel);

    public Task NetworkAsync(long id, CancellationToken cancel) => AddAsync(ChangeKind.Network, $"{id}", null, cancel);

    public Task FloatingAsync(string address, CancellationToken cancel) => AddAsync(ChangeKind.FloatingIp, address, null, cancel);
}
