using System.Globalization;
using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>What a list of flavors is narrowed by and sorted by, all in SQL.</summary>
public sealed record FlavorFilter
{
    /// <summary>Null: public and private ones.</summary>
    public bool? IsPublic { get; init; } = true;

    /// <summary>With public ones also the private ones that this project may use.</summary>
    public string? Project { get; init; }

    /// <summary>MiB.</summary>
    public int MinRam { get; init; }

    /// <summary>GiB.</summary>
    public int MinDisk { get; init; }

    /// <summary>One of <see cref="Flavors.SortKeys"/>.</summary>
    public string SortKey { get; init; } = "flavorid";

    public bool Descending { get; init; }
}

/// <summary>Tables <c>flavors</c>, <c>flavor_access</c>, <c>flavor_specs</c>, and <c>instance_flavors</c>, which keeps what servers were made with.</summary>
public sealed class Flavors(Session session)
{
    private static readonly Dictionary<string, string> Columns = new(StringComparer.Ordinal)
    {
        ["flavorid"] = "flavor_id",
        ["name"] = "name",
        ["memory_mb"] = "ram",
        ["root_gb"] = "disk",
        ["vcpus"] = "vcpus",
        ["swap"] = "swap",
        ["ephemeral_gb"] = "ephemeral",
        ["is_public"] = "is_public",
    };

    /// <summary>nova's names of what flavors can be sorted by.</summary>
    public static IReadOnlyCollection<string> SortKeys => Columns.Keys;

    /// <summary>Up to <paramref name="limit"/> flavors that come after <paramref name="marker"/>.</summary>
    public Task<List<Flavor>> ListAsync(FlavorFilter filter, string? marker, int limit, CancellationToken cancel)
    {
        var (column, direction) = (Columns[filter.SortKey], filter.Descending ? "desc" : "asc");
        var after = marker is null ? "" : $"and ({column}, flavor_id) {(filter.Descending ? "<" : ">")} (select {column}, flavor_id from flavors where flavor_id = @marker)";
        var seen = filter.IsPublic is null ? ""
            : filter.IsPublic == true && filter.Project is not null ? "and (is_public = 1 or exists (select 1 from flavor_access a where a.flavor_id = flavors.flavor_id and a.project_id = @project))"
            : "and is_public = @public";
        return session.Sql.ListAsync(
            $"select * from flavors where ram >= @ram and disk >= @disk {seen} {after} order by {column} {direction}, flavor_id {direction} limit @limit",
            Read,
            cancel,
            ("ram", filter.MinRam),
            ("disk", filter.MinDisk),
            ("project", filter.Project),
            ("public", filter.IsPublic),
            ("marker", marker),
            ("limit", limit));
    }

    public Task<Flavor?> FindAsync(string id, CancellationToken cancel) => session.Sql.FirstAsync("select * from flavors where flavor_id = @id", Read, cancel, ("id", id));

    /// <summary>The flavor if the caller may use it: a private one is an administrator's, and that of projects with access.</summary>
    public Task<Flavor?> FindForAsync(string id, Caller caller, CancellationToken cancel) => session.Sql.FirstAsync(
        """
        select * from flavors where flavor_id = @id and (is_public = 1 or @all = 1
          or exists (select 1 from flavor_access a where a.flavor_id = flavors.flavor_id and a.project_id = @project))
        """,
        Read,
        cancel,
        ("id", id),
        ("all", caller.IsAdmin),
        ("project", caller.ProjectId));

    /// <summary>False when the id or the name is taken.</summary>
    public async Task<bool> AddAsync(Flavor f, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        """
        insert into flavors (flavor_id, name, ram, disk, vcpus, swap, ephemeral, is_public, rxtx_factor)
        values (@id, @name, @ram, @disk, @vcpus, @swap, @ephemeral, @public, @factor) on conflict do nothing
        """,
        cancel,
        ("id", f.FlavorId),
        ("name", f.Name),
        ("ram", f.Ram),
        ("disk", f.Disk),
        ("vcpus", f.Vcpus),
        ("swap", f.Swap),
        ("ephemeral", f.Ephemeral),
        ("public", f.IsPublic),
        ("factor", f.RxtxFactor.ToString("R", CultureInfo.InvariantCulture))) == 1;

    /// <summary>Servers that have it go on with what they were made with.</summary>
    public async Task<bool> RemoveAsync(string id, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from flavor_access where flavor_id = @id", cancel, ("id", id));
        await session.Sql.ExecuteAsync("delete from flavor_specs where flavor_id = @id", cancel, ("id", id));
        return await session.Sql.ExecuteAsync("delete from flavors where flavor_id = @id", cancel, ("id", id)) == 1;
    }

    public Task<List<string>> AccessAsync(string id, CancellationToken cancel) =>
        session.Sql.ListAsync("select project_id from flavor_access where flavor_id = @id order by project_id", r => r.Text("project_id"), cancel, ("id", id));

    /// <summary>False when the project has access already.</summary>
    public async Task<bool> AllowAsync(string id, string project, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "insert into flavor_access (flavor_id, project_id) values (@id, @project) on conflict do nothing", cancel, ("id", id), ("project", project)) == 1;

    /// <summary>False when the project has no access.</summary>
    public async Task<bool> ForbidAsync(string id, string project, CancellationToken cancel) =>
        await session.Sql.ExecuteAsync("delete from flavor_access where flavor_id = @id and project_id = @project", cancel, ("id", id), ("project", project)) == 1;

    public async Task<Dictionary<string, string>> SpecsAsync(string id, CancellationToken cancel) =>
        (await session.Sql.ListAsync("select key, value from flavor_specs where flavor_id = @id order by key", r => (r.Text("key"), r.Text("value")), cancel, ("id", id)))
            .ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);

    public Task PutSpecAsync(string id, string key, string value, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into flavor_specs (flavor_id, key, value) values (@id, @key, @value) on conflict (flavor_id, key) do update set value = excluded.value",
        cancel,
        ("id", id),
        ("key", key),
        ("value", value));

    public async Task<bool> RemoveSpecAsync(string id, string key, CancellationToken cancel) =>
        await session.Sql.ExecuteAsync("delete from flavor_specs where flavor_id = @id and key = @key", cancel, ("id", id), ("key", key)) == 1;

    /// <summary>Keeps what a server has of its flavor; to be called whenever it gets one.</summary>
    public Task RememberAsync(Guid instance, Flavor f, CancellationToken cancel) => session.Sql.ExecuteAsync(
        """
        insert into instance_flavors (instance_uuid, flavor_name, root_gb, ephemeral_gb, swap_mb) values (@uuid, @name, @root, @ephemeral, @swap)
        on conflict (instance_uuid, former) do update set flavor_name = excluded.flavor_name, root_gb = excluded.root_gb, ephemeral_gb = excluded.ephemeral_gb, swap_mb = excluded.swap_mb
        """,
        cancel,
        ("uuid", instance),
        ("name", f.Name),
        ("root", f.Disk),
        ("ephemeral", f.Ephemeral),
        ("swap", f.Swap));

    /// <summary>As <see cref="RememberAsync"/>, for a change that can be taken back.</summary>
    public async Task ResizeAsync(Guid instance, Flavor f, CancellationToken cancel)
    {
        await ForgetFormerAsync(instance, cancel);
        await session.Sql.ExecuteAsync("update instance_flavors set former = 1 where instance_uuid = @uuid", cancel, ("uuid", instance));
        await RememberAsync(instance, f, cancel);
    }

    /// <summary>The change is taken back.</summary>
    public async Task RevertAsync(Guid instance, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from instance_flavors where instance_uuid = @uuid and former = 0", cancel, ("uuid", instance));
        await session.Sql.ExecuteAsync("update instance_flavors set former = 0 where instance_uuid = @uuid", cancel, ("uuid", instance));
    }

    /// <summary>The change stays.</summary>
    public Task ForgetFormerAsync(Guid instance, CancellationToken cancel) =>
        session.Sql.ExecuteAsync("delete from instance_flavors where instance_uuid = @uuid and former = 1", cancel, ("uuid", instance));

    /// <summary>The flavor as the server was made with it, though it may be gone or another one by now.</summary>
    public Task<Flavor?> OfInstanceAsync(Guid instance, CancellationToken cancel) => session.Sql.FirstAsync(
        """
        select i.flavor_id, f.flavor_name as name, i.ram, f.root_gb as disk, i.vcpus, f.swap_mb as swap, f.ephemeral_gb as ephemeral, cast(1 as bigint) as is_public, '1' as rxtx_factor
        from instances i join instance_flavors f on f.instance_uuid = i.uuid and f.former = 0 where i.uuid = @uuid
        """,
        Read,
        cancel,
        ("uuid", instance));

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
        RxtxFactor = double.Parse(r.Text("rxtx_factor"), CultureInfo.InvariantCulture),
    };
}
