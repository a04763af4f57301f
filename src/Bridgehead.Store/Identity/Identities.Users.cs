using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>What a list of users is narrowed by. Null means "any".</summary>
public sealed record UserFilter(string? Name = null, string? DomainId = null, bool? Enabled = null)
{
    public IReadOnlyList<NamePart> NameParts { get; init; } = [];

    public string? DefaultProjectId { get; init; }

    public string? GroupId { get; init; }
}

/// <summary>Table <c>users</c>.</summary>
public sealed partial class Identities
{
    public Task<List<User>> UsersAsync(UserFilter filter, Page page, CancellationToken cancel) => new Narrowing()
        .By("name = @name", "name", filter.Name)
        .By("domain_id = @domain", "domain", filter.DomainId)
        .By("enabled = @enabled", "enabled", filter.Enabled)
        .By("default_project_id = @project", "project", filter.DefaultProjectId)
        .By("id in (select user_id from group_members where group_id = @group)", "group", filter.GroupId)
        .Named(filter.NameParts)
        .PageAsync(session.Sql, "users", page, ReadUser, cancel);

    public async Task<bool> AnyUserAsync(CancellationToken cancel) => await session.Sql.NumberAsync("select 1 from users limit 1", cancel) == 1;

    public Task<User?> UserAsync(string id, CancellationToken cancel) => session.Sql.FirstAsync("select * from users where id = @id", ReadUser, cancel, ("id", id));

    public Task<User?> UserByNameAsync(string domain, string name, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from users where domain_id = @domain and name = @name", ReadUser, cancel, ("domain", domain), ("name", name));

    /// <summary>False when the domain has a user of that name.</summary>
    public Task<bool> AddUserAsync(User u, CancellationToken cancel) => ChangedAsync(
        """
        insert into users (id, domain_id, name, enabled, default_project_id, password_hash, extra, options) values (@id, @domain, @name, @enabled, @project, @hash, @extra, @options) on conflict do nothing
        """,
        cancel,
        Fields(u));

    /// <summary>The name must be free. The domain stays.</summary>
    public Task SaveUserAsync(User u, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update users set name = @name, enabled = @enabled, default_project_id = @project, password_hash = @hash, extra = @extra, options = @options where id = @id", cancel, Fields(u));

    /// <summary>Takes the user with roles, memberships, tokens and application credentials.</summary>
    public async Task RemoveUserAsync(string id, CancellationToken cancel)
    {
        foreach (var text in new[]
        {
            "delete from tokens where user_id = @id",
            "delete from application_credential_roles where credential_id in (select id from application_credentials where user_id = @id)",
            "delete from application_credentials where user_id = @id",
            "delete from role_assignments where actor_id = @id",
            "delete from group_members where user_id = @id",
            "delete from users where id = @id",
        })
        {
            await session.Sql.ExecuteAsync(text, cancel, ("id", id));
        }
    }

    private static User ReadUser(Row r) => new(r.Text("id"), r.Text("name"), r.Flag("enabled"), r.TextOrNull("default_project_id"), r.TextOrNull("password_hash"))
    {
        DomainId = r.Text("domain_id"),
        Extra = r.Text("extra"),
        Options = r.Text("options"),
    };

    private static (string, object?)[] Fields(User u) =>
    [
        ("id", u.Id), ("domain", u.DomainId), ("name", u.Name), ("enabled", u.Enabled), ("project", u.DefaultProjectId), ("hash", u.PasswordHash), ("extra", u.Extra), ("options", u.Options),
    ];
}
