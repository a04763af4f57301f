using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Projects, users and the roles that users have on projects.</summary>
public sealed class Identities(Session session)
{
    public Task<List<Project>> ProjectsAsync(CancellationToken cancel) => session.Sql.ListAsync("select * from projects order by name", ReadProject, cancel);

    public Task<Project?> ProjectAsync(string id, CancellationToken cancel) => session.Sql.FirstAsync("select * from projects where id = @id", ReadProject, cancel, ("id", id));

    public Task<Project?> ProjectByNameAsync(string name, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from projects where name = @name", ReadProject, cancel, ("name", name));

    public async Task<bool> AddProjectAsync(Project p, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "insert into projects (id, name, description, enabled) values (@id, @name, @description, @enabled) on conflict do nothing",
        cancel,
        ("id", p.Id),
        ("name", p.Name),
        ("description", p.Description),
        ("enabled", p.Enabled)) == 1;

    public Task<List<User>> UsersAsync(CancellationToken cancel) => session.Sql.ListAsync("select * from users order by name", ReadUser, cancel);

    public Task<User?> UserAsync(string id, CancellationToken cancel) => session.Sql.FirstAsync("select * from users where id = @id", ReadUser, cancel, ("id", id));

    public Task<User?> UserByNameAsync(string name, CancellationToken cancel) => session.Sql.FirstAsync("select * from users where name = @name", ReadUser, cancel, ("name", name));

    public async Task<bool> AddUserAsync(User u, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "insert into users (id, name, enabled, default_project_id, password_hash) values (@id, @name, @enabled, @project, @hash) on conflict do nothing",
        cancel,
        ("id", u.Id),
        ("name", u.Name),
        ("enabled", u.Enabled),
        ("project", u.DefaultProjectId),
        ("hash", u.PasswordHash)) == 1;

    public Task AssignAsync(string user, string project, string role, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into assignments (user_id, project_id, role) values (@user, @project, @role) on conflict do nothing", cancel, ("user", user), ("project", project), ("role", role));

    public Task<List<string>> RolesAsync(string user, string project, CancellationToken cancel) => session.Sql.ListAsync(
        "select role from assignments where user_id = @user and project_id = @project order by role", r => r.Text("role"), cancel, ("user", user), ("project", project));

    public Task<List<Project>> ProjectsOfAsync(string user, CancellationToken cancel) => session.Sql.ListAsync(
        "select p.* from projects p where exists (select 1 from assignments a where a.project_id = p.id and a.user_id = @user) order by p.name", ReadProject, cancel, ("user", user));

    private static Project ReadProject(Row r) => new(r.Text("id"), r.Text("name"), r.Text("description"), r.Flag("enabled"));

    private static User ReadUser(Row r) => new(r.Text("id"), r.Text("name"), r.Flag("enabled"), r.TextOrNull("default_project_id"), r.Text("password_hash"));
}

/// <summary>Table <c>tokens</c>. A token's own text is never stored.</summary>
public sealed class Tokens(Session session)
{
    public Task AddAsync(Token t, CancellationToken cancel) => session.Sql.ExecuteAsync(
        """
        insert into tokens (hash, user_id, project_id, methods, audit_id, issued_at, expires_at)
        values (@hash, @user, @project, @methods, @audit, @issued, @expires)
        """,
        cancel,
        ("hash", t.Hash),
        ("user", t.UserId),
        ("project", t.ProjectId),
        ("methods", t.Methods),
        ("audit", t.AuditId),
        ("issued", t.IssuedAt),
        ("expires", t.ExpiresAt));

    /// <summary>The token, unless it has expired.</summary>
    public Task<Token?> FindAsync(string hash, CancellationToken cancel) => session.Sql.FirstAsync(
        "select * from tokens where hash = @hash and expires_at > @now", Read, cancel, ("hash", hash), ("now", session.Now));

    public async Task<bool> RevokeAsync(string hash, CancellationToken cancel) => await session.Sql.ExecuteAsync("delete from tokens where hash = @hash", cancel, ("hash", hash)) == 1;

    public Task<int> SweepAsync(CancellationToken cancel) => session.Sql.ExecuteAsync("delete from tokens where expires_at <= @now", cancel, ("now", session.Now));

    private static Token Read(Row r) =>
        new(r.Text("hash"), r.Text("user_id"), r.TextOrNull("project_id"), r.Text("methods"), r.Text("audit_id"), r.Time("issued_at"), r.Time("expires_at"));
}
