using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>The outbox: the one place that writes changes, in the transaction that made them.</summary>
public sealed class Changes(Sql sql, TimeProvider clock)
{
    /// <summary>Whether this transaction has any.</summary>
    internal bool Any { get; private set; }

    /// <summary>Says that an entity changed. <paramref name="host"/> when exactly one host cares.</summary>
    public async Task AddAsync(string kind, string key, string? host, CancellationToken cancel)
    {
        Any = true;
        await sql.ExecuteAsync(
            "insert into change (kind, key, host, at) values (@kind, @key, @host, @at)", cancel, ("kind", kind), ("key", key), ("host", host), ("at", clock.GetUtcNow()));
    }

    public Task InstanceAsync(Guid uuid, string? host, CancellationToken cancel) => AddAsync(ChangeKind.Instance, uuid.ToString("D"), host, cancel);

    public Task GroupAsync(long id, CancellationToken cancel) => AddAsync(ChangeKind.SecurityGroup, $"{id}", null, cancel);

    public Task MemberAsync(long group, Guid instance, CancellationToken cancel) => AddAsync(ChangeKind.GroupMember, $"{group}/{instance:D}", null, cancel);

    public Task NetworkAsync(long id, CancellationToken cancel) => AddAsync(ChangeKind.Network, $"{id}", null, cancel);

    public Task FloatingAsync(string address, CancellationToken cancel) => AddAsync(ChangeKind.FloatingIp, address, null, cancel);
}
