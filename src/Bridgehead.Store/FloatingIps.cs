using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>floating_ips</c>.</summary>
public sealed class FloatingIps(Session session)
{
    /// <summary>Adds one address to a pool; false when it exists.</summary>
    public async Task<bool> AddAsync(IPAddress address, string pool, string? device, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "insert into floating_ips (address, address_key, pool, interface) values (@address, @key, @pool, @interface) on conflict (address) do nothing",
        cancel,
        ("address", address),
        ("key", address.ToKey()),
        ("pool", pool),
        ("interface", device)) == 1;

    public Task<List<FloatingIp>> ListAsync(CancellationToken cancel) => session.Sql.ListAsync("select * from floating_ips order by address_key", Read, cancel);

    /// <summary>Those that a host serves, also of pools nobody uses.</summary>
    public Task<List<FloatingIp>> ListAsync(string host, CancellationToken cancel) =>
        session.Sql.ListAsync("select * from floating_ips where host = @host order by address_key", Read, cancel, ("host", host));

    /// <summary>Up to <paramref name="limit"/> of the project's, in the order of addresses, leaving out the first <paramref name="offset"/>.</summary>
    public Task<List<FloatingIp>> PageAsync(string project, int offset, int limit, CancellationToken cancel) => session.Sql.ListAsync(
        "select * from floating_ips where project_id = @project and auto_assigned = 0 order by address_key limit @limit offset @offset",
        Read,
        cancel,
        ("project", project),
        ("limit", limit),
        ("offset", offset));

    public Task<List<FloatingIp>> OfProjectAsync(string project, CancellationToken cancel) => session.Sql.ListAsync(
        "select * from floating_ips where project_id = @project and auto_assigned = 0 order by address_key", Read, cancel, ("project", project));

    public Task<List<FloatingIp>> OfInstanceAsync(Guid instance, CancellationToken cancel) =>
        session.Sql.ListAsync("select * from floating_ips where instance_uuid = @instance order by address_key", Read, cancel, ("instance", instance));

    public Task<List<FloatingIp>> OnHostAsync(string host, CancellationToken cancel) =>
        session.Sql.ListAsync("select * from floating_ips where host = @host and fixed_address is not null order by address_key", Read, cancel, ("host", host));

    public Task<FloatingIp?> FindAsync(IPAddress address, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from floating_ips where address = @address", Read, cancel, ("address", address));

    public Task<FloatingIp?> FindAsync(long id, CancellationToken cancel) => session.Sql.FirstAsync("select * from floating_ips where id = @id", Read, cancel, ("id", id));

    public Task<List<string>> PoolsAsync(CancellationToken cancel) => session.Sql.ListAsync("select distinct pool from floating_ips order by pool", r => r.Text("pool"), cancel);

    public Task<long> CountOfProjectAsync(string project, CancellationToken cancel) =>
        session.Sql.NumberAsync("select count(*) from floating_ips where project_id = @project and auto_assigned = 0", cancel, ("project", project));

    /// <summary>Gives the project the pool's lowest free address; null when none is left.</summary>
    public Task<FloatingIp?> AllocateAsync(string pool, string project, bool auto, CancellationToken cancel) => session.Sql.FirstAsync(
        $"""
        update floating_ips set project_id = @project, auto_assigned = @auto
        where id = (select id from floating_ips where pool = @pool and project_id is null and fixed_address is null
                    order by address_key limit 1 {(session.Sql.Postgres ? "for update skip locked" : "")})
        returning *
        """,
        Read,
        cancel,
        ("pool", pool),
        ("project", project),
        ("auto", auto));

    /// <summary>Gives the address back to its pool, and takes its names away: they would lead to whoever gets it next.</summary>
    public async Task DeallocateAsync(long id, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from dns_entries where address = (select address from floating_ips where id = @id)", cancel, ("id", id));
        await session.Sql.ExecuteAsync(
            "update floating_ips set project_id = null, host = null, auto_assigned = 0, fixed_address = null, instance_uuid = null where id = @id", cancel, ("id", id));
    }

    public async Task AssociateAsync(FloatingIp floating, IPAddress fixedAddress, Guid instance, string? host, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync(
            "update floating_ips set fixed_address = @fixed, instance_uuid = @instance, host = @host where id = @id",
            cancel,
            ("id", floating.Id),
            ("fixed", fixedAddress),
            ("instance", instance),
            ("host", host));
        await session.Changes.FloatingAsync(floating.Address.ToString(), cancel);
    }

    public async Task DisassociateAsync(FloatingIp floating, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("update floating_ips set fixed_address = null, instance_uuid = null, host = null where id = @id", cancel, ("id", floating.Id));
        await session.Changes.FloatingAsync(floating.Address.ToString(), cancel);
    }

    public async Task RemoveAsync(FloatingIp floating, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from floating_ips where id = @id", cancel, ("id", floating.Id));
        await session.Changes.FloatingAsync(floating.Address.ToString(), cancel);
    }

    internal static FloatingIp Read(Row r) => new()
    {
        Id = r.Number("id"),
        Address = Ip.Parse(r.Text("address")),
        Pool = r.Text("pool"),
        Interface = r.TextOrNull("interface"),
        ProjectId = r.TextOrNull("project_id"),
        AutoAssigned = r.Flag("auto_assigned"),
        FixedAddress = Networks.Address(r.TextOrNull("fixed_address")),
        InstanceUuid = r.UuidOrNull("instance_uuid"),
        Host = r.TextOrNull("host"),
    };
}
