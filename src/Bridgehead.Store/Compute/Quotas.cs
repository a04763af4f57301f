namespace Bridgehead.Store;

/// <summary>Tables <c>quotas</c>, <c>user_quotas</c> and <c>quota_classes</c>: limits that differ from the settings' defaults.</summary>
public sealed class Quotas(Session session)
{
    public async Task<Dictionary<string, int>> OfProjectAsync(string project, CancellationToken cancel) =>
        Limits(await session.Sql.ListAsync("select resource, hard_limit from quotas where project_id = @project", Read, cancel, ("project", project)));

    public async Task<Dictionary<string, int>> OfUserAsync(string project, string user, CancellationToken cancel) => Limits(
        await session.Sql.ListAsync("select resource, hard_limit from user_quotas where project_id = @project and user_id = @user", Read, cancel, ("project", project), ("user", user)));

    /// <summary>Those of the class <c>default</c> are what projects have that nothing else was set for; the others are kept and mean nothing, as in nova.</summary>
    public async Task<Dictionary<string, int>> OfClassAsync(string name, CancellationToken cancel) =>
        Limits(await session.Sql.ListAsync("select resource, hard_limit from quota_classes where class_name = @name", Read, cancel, ("name", name)));

    public Task SetAsync(string project, string resource, int limit, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into quotas (project_id, resource, hard_limit) values (@project, @resource, @limit) on conflict (project_id, resource) do update set hard_limit = excluded.hard_limit",
        cancel,
        ("project", project),
        ("resource", resource),
        ("limit", limit));

    public Task SetOfUserAsync(string project, string user, string resource, int limit, CancellationToken cancel) => session.Sql.ExecuteAsync(
        """
        insert into user_quotas (project_id, user_id, resource, hard_limit) values (@project, @user, @resource, @limit)
        on conflict (project_id, user_id, resource) do update set hard_limit = excluded.hard_limit
        """,
        cancel,
        ("project", project),
        ("user", user),
        ("resource", resource),
        ("limit", limit));

    public Task SetOfClassAsync(string name, string resource, int limit, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into quota_classes (class_name, resource, hard_limit) values (@name, @resource, @limit) on conflict (class_name, resource) do update set hard_limit = excluded.hard_limit",
        cancel,
        ("name", name),
        ("resource", resource),
        ("limit", limit));

    /// <summary>The project's limits and those of its users are the defaults again.</summary>
    public async Task ClearAsync(string project, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from quotas where project_id = @project", cancel, ("project", project));
        await session.Sql.ExecuteAsync("delete from user_quotas where project_id = @project", cancel, ("project", project));
    }

    public Task ClearOfUserAsync(string project, string user, CancellationToken cancel) =>
        session.Sql.ExecuteAsync("delete from user_quotas where project_id = @project and user_id = @user", cancel, ("project", project), ("user", user));

    /// <summary>Holds the project's quota until the transaction ends, so that counting and taking are one step. SQLite's one writer needs nothing.</summary>
    public Task LockAsync(string project, CancellationToken cancel) => session.LockAsync($"quota/{project}", cancel);

    private static (string Resource, int Limit) Read(Row r) => (r.Text("resource"), r.Int("hard_limit"));

    private static Dictionary<string, int> Limits(List<(string Resource, int Limit)> rows) => rows.ToDictionary(q => q.Resource, q => q.Limit, StringComparer.Ordinal);
}
