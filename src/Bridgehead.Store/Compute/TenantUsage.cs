namespace Bridgehead.Store;

/// <summary>What one server used in a period, also a deleted one. Memory in MiB, disk in GiB.</summary>
public sealed record ServerUsage(
    Guid Uuid, string ProjectId, string Name, string Flavor, long LocalGb, int MemoryMb, int Vcpus, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string State, double Hours);

/// <summary>What a project used in a period: hours, and what its servers have times their hours.</summary>
public sealed record ProjectUsage(string ProjectId, double Hours, double Vcpus, double MemoryMb, double LocalGb);

/// <summary>Use over time, from the records of instances.</summary>
public sealed class TenantUsage(Session session)
{
    private const string Rows = """
        select i.id, i.uuid, i.project_id, i.display_name, coalesce(f.flavor_name, i.flavor_id) as flavor, coalesce(f.root_gb + f.ephemeral_gb, 0) as disk, i.ram, i.vcpus, i.launched_at, i.terminated_at,
          i.vm_state, cast((case when i.terminated_at < @end then i.terminated_at else @end end) - (case when i.launched_at > @start then i.launched_at else @start end) as double precision)
            / 3600000000 as hours
        from instances i left join instance_flavors f on f.instance_uuid = i.uuid and f.former = 0 where @start < @end and i.launched_at < @end and (i.terminated_at is null or i.terminated_at > @start)
        """;

    /// <summary>Totals of each project that used anything between the times.</summary>
    public Task<List<ProjectUsage>> TotalsAsync(DateTimeOffset start, DateTimeOffset end, CancellationToken cancel) => session.Sql.ListAsync(
        $"""
        select project_id, sum(hours) as h, sum(hours * vcpus) as v, sum(hours * ram) as r, sum(hours * disk) as d
        from ({Rows}) used group by project_id order by project_id
        """,
        r => new ProjectUsage(r.Text("project_id"), r.Real("h"), r.Real("v"), r.Real("r"), r.Real("d")),
        cancel,
        ("start", start),
        ("end", end));

    /// <summary>Instances, cores and MiB that the user's live instances use in a project.</summary>
    public async Task<(long Instances, long Cores, long Ram)> OfUserAsync(string project, string user, CancellationToken cancel) => await session.Sql.FirstAsync(
        """
        select count(*) as n, cast(coalesce(sum(vcpus), 0) as bigint) as c, cast(coalesce(sum(ram), 0) as bigint) as r from instances
        where project_id = @project and user_id = @user and vm_state <> 'deleted'
        """,
        r => (r.Number("n"), r.Number("c"), r.Number("r")),
        cancel,
        ("project", project),
        ("user", user));

    /// <summary>Servers by project and age, after that of <paramref name="marker"/>.</summary>
    public Task<List<ServerUsage>> ServersAsync((DateTimeOffset Start, DateTimeOffset End) period, string? project, Guid? marker, int limit, CancellationToken cancel) => session.Sql.ListAsync(
        $"""
        {Rows}{(project is null ? "" : " and i.project_id = @project")}
        {(marker is null ? "" : " and (i.project_id, i.id) > (select project_id, id from instances where uuid = @marker)")} order by i.project_id, i.id limit @limit
        """,
        r => new ServerUsage(
            r.Uuid("uuid"), r.Text("project_id"), r.Text("display_name"), r.Text("flavor"), r.Number("disk"), r.Int("ram"), r.Int("vcpus"), r.Time("launched_at"), r.TimeOrNull("terminated_at"),
            r.Text("vm_state"), r.Real("hours")),
        cancel,
        ("start", period.Start),
        ("end", period.End),
        ("project", project),
        ("marker", marker),
        ("limit", limit));
}
