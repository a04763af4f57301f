using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>flavors</c>.</summary>
public sealed class Flavors(Session session)
{
    public Task<List<Flavor>> ListAsync(CancellationToken cancel) => session.Sql.ListAsync("select * from flavors order by ram, flavor_id", Read, cancel);

    public Task<Flavor?> FindAsync(string id, CancellationToken cancel) => session.Sql.FirstAsync("select * from flavors where flavor_id = @id", Read, cancel, ("id", id));

    /// <summary>False when the id or the name is taken.</summary>
    public async Task<bool> AddAsync(Flavor f, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        """
        insert into flavors (flavor_id, name, ram, disk, vcpus, swap, ephemeral, is_public)
        values (@id, @name, @ram, @disk, @vcpus, @swap, @ephemeral, @public) on conflict do nothing
        """,
        cancel,
        ("id", f.FlavorId),
        ("name", f.Name),
        ("ram", f.Ram),
        ("disk", f.Disk),
        ("vcpus", f.Vcpus),
        ("swap", f.Swap),
        ("ephemeral", f.Ephemeral),
        ("public", f.IsPublic)) == 1;

    public async Task<bool> RemoveAsync(string id, CancellationToken cancel) => await session.Sql.ExecuteAsync("delete from flavors where flavor_id = @id", cancel, ("id", id)) == 1;

    private static Flavor Read(Row r) => new()
    {
        FlavorId = r.Text("flavor_id"),
        Name = r.Text("name"),
        Ram = r.Int("ram"),
        Disk = r.Int("disk"),
        Vcpus = r.Int("vcpus"),
        Swap = r.Int("swap"),
        Ephemeral = r.Int("ephemeral"),
        IsPublic = r.Flag("is_public"),
    };
}

/// <summary>Table <c>key_pairs</c>.</summary>
public sealed class KeyPairs(Session session)
{
    public Task<List<KeyPair>> ListAsync(string user, CancellationToken cancel) =>
        session.Sql.ListAsync("select * from key_pairs where user_id = @user order by name", Read, cancel, ("user", user));

    public Task<KeyPair?> FindAsync(string user, string name, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from key_pairs where user_id = @user and name = @name", Read, cancel, ("user", user), ("name", name));

    /// <summary>The new key pair's id; 0 when the user has one of that name.</summary>
    public Task<long> AddAsync(KeyPair k, CancellationToken cancel) => session.Sql.NumberAsync(
        """
        insert into key_pairs (user_id, name, type, public_key, fingerprint, created_at) values (@user, @name, @type, @key, @fingerprint, @now)
        on conflict (user_id, name) do nothing returning id
        """,
        cancel,
        ("user", k.UserId),
        ("name", k.Name),
        ("type", k.Type),
        ("key", k.PublicKey),
        ("fingerprint", k.Fingerprint),
        ("now", session.Now));

    public async Task<bool> RemoveAsync(string user, string name, CancellationToken cancel) =>
        await session.Sql.ExecuteAsync("delete from key_pairs where user_id = @user and name = @name", cancel, ("user", user), ("name", name)) == 1;

    private static KeyPair Read(Row r) => new()
    {
        Id = r.Number("id"),
        UserId = r.Text("user_id"),
        Name = r.Text("name"),
        Type = r.Text("type"),
        PublicKey = r.Text("public_key"),
        Fingerprint = r.Text("fingerprint"),
        CreatedAt = r.Time("created_at"),
    };
}

/// <summary>Table <c>quotas</c>: limits that differ from the settings' defaults.</summary>
public sealed class Quotas(Session session)
{
    public async Task<Dictionary<string, int>> OfProjectAsync(string project, CancellationToken cancel) =>
        (await session.Sql.ListAsync("select resource, hard_limit from quotas where project_id = @project", r => (r.Text("resource"), r.Int("hard_limit")), cancel, ("project", project)))
            .ToDictionary(q => q.Item1, q => q.Item2);

    public Task SetAsync(string project, string resource, int limit, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into quotas (project_id, resource, hard_limit) values (@project, @resource, @limit) on conflict (project_id, resource) do update set hard_limit = excluded.hard_limit",
        cancel,
        ("project", project),
        ("resource", resource),
        ("limit", limit));

    public Task ClearAsync(string project, CancellationToken cancel) => session.Sql.ExecuteAsync("delete from quotas where project_id = @project", cancel, ("project", project));

    /// <summary>Holds the project's quota until the transaction ends, so that counting and taking are one step. SQLite's one writer needs nothing.</summary>
    public Task LockAsync(string project, CancellationToken cancel) => session.LockAsync($"quota/{project}", cancel);
}
