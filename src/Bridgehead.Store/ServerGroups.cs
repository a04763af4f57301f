using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Tables <c>server_groups</c> and <c>server_group_members</c>. A member leaves when it is deleted.</summary>
public sealed class ServerGroups(Session session)
{
    public Task<ServerGroup?> FindAsync(Guid uuid, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from server_groups where uuid = @uuid", Read, cancel, ("uuid", uuid));

    /// <summary>A project's groups, or everybody's; oldest first.</summary>
    public Task<List<ServerGroup>> ListAsync(string? project, int limit, int offset, CancellationToken cancel) => session.Sql.ListAsync(
        $"select * from server_groups{(project is null ? "" : " where project_id = @project")} order by id limit @limit offset @offset",
        Read,
        cancel,
        ("project", project),
        ("limit", limit),
        ("offset", offset));

    public Task<long> CountAsync(string project, CancellationToken cancel) => session.Sql.NumberAsync("select count(*) from server_groups where project_id = @project", cancel, ("project", project));

    public Task AddAsync(ServerGroup g, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into server_groups (uuid, project_id, user_id, name, policy, created_at) values (@uuid, @project, @user, @name, @policy, @now)",
        cancel,
        ("uuid", g.Uuid),
        ("project", g.ProjectId),
        ("user", g.UserId),
        ("name", g.Name),
        ("policy", g.Policy),
        ("now", session.Now));

    public async Task<bool> RemoveAsync(Guid uuid, CancellationToken cancel) => await session.Sql.ExecuteAsync("delete from server_groups where uuid = @uuid", cancel, ("uuid", uuid)) == 1;

    public Task JoinAsync(Guid group, Guid instance, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into server_group_members (group_uuid, instance_uuid) values (@group, @instance) on conflict (group_uuid, instance_uuid) do nothing",
        cancel,
        ("group", group),
        ("instance", instance));

    public Task<int> LeaveAsync(Guid instance, CancellationToken cancel) =>
        session.Sql.ExecuteAsync("delete from server_group_members where instance_uuid = @instance", cancel, ("instance", instance));

    /// <summary>Members of the groups, in the order of their creation.</summary>
    public async Task<ILookup<Guid, Guid>> MembersAsync(IReadOnlyList<Guid> groups, CancellationToken cancel)
    {
        var members = await session.Sql.ListAsync(
            $"""
            select m.group_uuid, m.instance_uuid from server_group_members m join instances i on i.uuid = m.instance_uuid
            where {session.Sql.IsOneOf("m.group_uuid", "groups")} order by i.id
            """,
            r => (Group: r.Uuid("group_uuid"), Instance: r.Uuid("instance_uuid")),
            cancel,
            ("groups", groups.Select(group => $"{group:D}").ToArray()));
        return members.ToLookup(m => m.Group, m => m.Instance);
    }

    /// <summary>The hosts that members of the group are on, with how many there.</summary>
    public async Task<Dictionary<string, long>> HostsAsync(Guid group, CancellationToken cancel) => (await session.Sql.ListAsync(
        $"""
        select i.host, count(*) as n from server_group_members m join instances i on i.uuid = m.instance_uuid
        where m.group_uuid = @group and i.host is not null and i.{Instances.Live} group by i.host
        """,
        r => (r.Text("host"), r.Number("n")),
        cancel,
        ("group", group))).ToDictionary(host => host.Item1, host => host.Item2);

    private static ServerGroup Read(Row r) => new()
    {
        Uuid = r.Uuid("uuid"),
        ProjectId = r.Text("project_id"),
        UserId = r.Text("user_id"),
        Name = r.Text("name"),
        Policy = r.Text("policy"),
    };
}
