using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Tables <c>aggregates</c>, <c>aggregate_hosts</c> and <c>aggregate_metadata</c>.</summary>
public sealed class Aggregates(Session session)
{
    public async Task<List<Aggregate>> ListAsync(CancellationToken cancel)
    {
        var hosts = (await session.Sql.ListAsync("select aggregate_id, host from aggregate_hosts order by host", r => (Id: r.Number("aggregate_id"), Host: r.Text("host")), cancel)).ToLookup(h => h.Id);
        var metadata = (await session.Sql.ListAsync(
            "select aggregate_id, key, value from aggregate_metadata order by key", r => (Id: r.Number("aggregate_id"), Key: r.Text("key"), Value: r.Text("value")), cancel)).ToLookup(m => m.Id);
        return [.. (await session.Sql.ListAsync("select * from aggregates order by id", Read, cancel)).Select(a =>
            a with { Hosts = [.. hosts[a.Id].Select(h => h.Host)], Metadata = metadata[a.Id].ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal) })];
    }

    public async Task<Aggregate?> FindAsync(long id, CancellationToken cancel)
    {
        if (await session.Sql.FirstAsync("select * from aggregates where id = @id", Read, cancel, ("id", id)) is not { } found)
        {
            return null;
        }

        var hosts = await session.Sql.ListAsync("select host from aggregate_hosts where aggregate_id = @id order by host", r => r.Text("host"), cancel, ("id", id));
        var metadata = await session.Sql.ListAsync("select key, value from aggregate_metadata where aggregate_id = @id order by key", r => (Key: r.Text("key"), Value: r.Text("value")), cancel, ("id", id));
        return found with { Hosts = hosts, Metadata = metadata.ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal) };
    }

    /// <summary>The new aggregate's id; 0 when the name is taken.</summary>
    public Task<long> AddAsync(string name, string? zone, CancellationToken cancel) => session.Sql.NumberAsync(
        "insert into aggregates (uuid, name, availability_zone, created_at) values (@uuid, @name, @zone, @now) on conflict (name) do nothing returning id",
        cancel,
        ("uuid", Guid.NewGuid()),
        ("name", name),
        ("zone", zone),
        ("now", session.Now));

    public async Task<bool> IsTakenAsync(string name, long except, CancellationToken cancel) =>
        await session.Sql.NumberAsync("select count(*) from aggregates where name = @name and id <> @id", cancel, ("name", name), ("id", except)) > 0;

    public Task SaveAsync(long id, string name, string? zone, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update aggregates set name = @name, availability_zone = @zone, updated_at = @now where id = @id", cancel, ("id", id), ("name", name), ("zone", zone), ("now", session.Now));

    /// <summary>Only one that has no hosts.</summary>
    public async Task RemoveAsync(long id, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from aggregate_metadata where aggregate_id = @id", cancel, ("id", id));
        await session.Sql.ExecuteAsync("delete from aggregates where id = @id", cancel, ("id", id));
    }

    /// <summary>False when the host is in it.</summary>
    public async Task<bool> AddHostAsync(long id, string host, CancellationToken cancel) =>
        await session.Sql.ExecuteAsync("insert into aggregate_hosts (aggregate_id, host) values (@id, @host) on conflict do nothing", cancel, ("id", id), ("host", host)) == 1;

    /// <summary>False when the host is not in it.</summary>
    public async Task<bool> RemoveHostAsync(long id, string host, CancellationToken cancel) =>
        await session.Sql.ExecuteAsync("delete from aggregate_hosts where aggregate_id = @id and host = @host", cancel, ("id", id), ("host", host)) == 1;

    public Task LeaveAllAsync(string host, CancellationToken cancel) => session.Sql.ExecuteAsync("delete from aggregate_hosts where host = @host", cancel, ("host", host));

    /// <summary>The zone that the host has from an aggregate other than <paramref name="except"/>; null when it has none.</summary>
    public Task<string?> OtherZoneAsync(string host, long except, CancellationToken cancel) => session.Sql.FirstAsync(
        "select a.availability_zone from aggregate_hosts h join aggregates a on a.id = h.aggregate_id where h.host = @host and a.id <> @id and a.availability_zone is not null order by a.id limit 1",
        r => r.Text("availability_zone"),
        cancel,
        ("host", host),
        ("id", except));

    /// <summary>Whether a live instance is on one of the aggregate's hosts.</summary>
    public async Task<bool> AnyInstanceAsync(long id, CancellationToken cancel) => await session.Sql.NumberAsync(
        """
        select count(*) from (select 1 from instances i join aggregate_hosts h on h.host = i.host where h.aggregate_id = @id and i.vm_state <> 'deleted' limit 1) used
        """,
        cancel,
        ("id", id)) > 0;

    /// <summary>Null removes the item.</summary>
    public Task PutMetadataAsync(long id, string key, string? value, CancellationToken cancel) => value is null
        ? session.Sql.ExecuteAsync("delete from aggregate_metadata where aggregate_id = @id and key = @key", cancel, ("id", id), ("key", key))
        : session.Sql.ExecuteAsync(
            "insert into aggregate_metadata (aggregate_id, key, value) values (@id, @key, @value) on conflict (aggregate_id, key) do update set value = excluded.value",
            cancel,
            ("id", id),
            ("key", key),
            ("value", value));

    /// <summary>Until this transaction's end no other changes which host is in which zone.</summary>
    public Task LockAsync(CancellationToken cancel) => session.LockAsync("aggregates", cancel);

    private static Aggregate Read(Row r) => new()
    {
        Id = r.Number("id"),
        Uuid = r.Uuid("uuid"),
        Name = r.Text("name"),
        AvailabilityZone = r.TextOrNull("availability_zone"),
        CreatedAt = r.Time("created_at"),
        UpdatedAt = r.TimeOrNull("updated_at"),
    };
}
