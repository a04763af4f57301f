using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>What a list of role assignments is narrowed by. Null means "any".</summary>
public sealed record AssignmentFilter
{
    public string? UserId { get; init; }

    public string? GroupId { get; init; }

    public string? RoleId { get; init; }

    public Scope? Scope { get; init; }

    /// <summary>Shows users in place of their groups, and roles that are implied, too.</summary>
    public bool Effective { get; init; }
}

/// <summary>Tables <c>roles</c> and <c>role_assignments</c>.</summary>
public sealed partial class Identities
{
    /// <summary>Of an assignment <c>a</c>: it is the user's, or one of the user's groups'.</summary>
    private const string IsActor = "(a.actor_id = @user or a.actor_id in (select g.group_id from group_members g where g.user_id = @user))";

    public Task<List<Role>> RolesAsync(string? name, IReadOnlyList<NamePart> parts, Page page, CancellationToken cancel) =>
        new Narrowing().By("name = @name", "name", name).Named(parts).PageAsync(session.Sql, "roles", page, ReadRole, cancel);

    public Task<Role?> RoleAsync(string id, CancellationToken cancel) => session.Sql.FirstAsync("select * from roles where id = @id", ReadRole, cancel, ("id", id));

    public Task<Role?> RoleByNameAsync(string name, CancellationToken cancel) => session.Sql.FirstAsync("select * from roles where name = @name", ReadRole, cancel, ("name", name));

    /// <summary>False when the name is taken.</summary>
    public Task<bool> AddRoleAsync(Role r, CancellationToken cancel) => ChangedAsync(
        "insert into roles (id, name, description, extra) values (@id, @name, @description, @extra) on conflict do nothing", cancel, Fields(r));

    /// <summary>The name must be free.</summary>
    public Task SaveRoleAsync(Role r, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update roles set name = @name, description = @description, extra = @extra where id = @id", cancel, Fields(r));

    /// <summary>Takes the role from everybody, with what it implied; application credentials made with either end.</summary>
    public async Task RemoveRoleAsync(string id, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from role_assignments where role_id = @id", cancel, ("id", id));
        await session.Sql.ExecuteAsync("delete from implied_roles where prior_id = @id or implied_id = @id", cancel, ("id", id));
        await session.ApplicationCredentials.EndWithoutRolesAsync(null, cancel);
        await session.Sql.ExecuteAsync("delete from roles where id = @id", cancel, ("id", id));
    }

    /// <summary>Gives a user a role, by its name, on a project.</summary>
    public Task AssignAsync(string user, string project, string role, CancellationToken cancel) => session.Sql.ExecuteAsync(
        """
        insert into role_assignments (actor, actor_id, scope, scope_id, role_id) select 'user', @user, 'project', @project, id from roles where name = @role
        on conflict do nothing
        """,
        cancel,
        ("user", user),
        ("project", project),
        ("role", role));

    public Task AssignAsync(Actor actor, Scope scope, string role, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into role_assignments (actor, actor_id, scope, scope_id, role_id) values (@actor, @actorId, @scope, @scopeId, @role) on conflict do nothing",
        cancel,
        Fields(actor, scope, role));

    /// <summary>False when there was no such assignment.</summary>
    public Task<bool> UnassignAsync(Actor actor, Scope scope, string role, CancellationToken cancel) => ChangedAsync(
        "delete from role_assignments where actor_id = @actorId and actor = @actor and scope = @scope and scope_id = @scopeId and role_id = @role", cancel, Fields(actor, scope, role));

    public Task<List<Role>> RolesOfAsync(Actor actor, Scope scope, CancellationToken cancel) => session.Sql.ListAsync(
        """
        select r.* from role_assignments a join roles r on r.id = a.role_id where a.actor_id = @actorId and a.actor = @actor and a.scope = @scope and a.scope_id = @scopeId order by r.name
        """,
        ReadRole,
        cancel,
        ("actor", actor.Word),
        ("actorId", actor.Id),
        ("scope", scope.Word),
        ("scopeId", scope.Id));

    /// <summary>All roles that a user has on a scope, by groups too, and those that they imply; with a credential, those of them that it was made with.</summary>
    public Task<List<Role>> EffectiveRolesAsync(string user, Scope scope, string? credential, CancellationToken cancel) => session.Sql.ListAsync(
        $"""
        with recursive has (role_id) as (
          select a.role_id from role_assignments a where a.scope = @scope and a.scope_id = @scopeId and {IsActor}
          union select i.implied_id from has h join implied_roles i on i.prior_id = h.role_id)
        select r.* from has h join roles r on r.id = h.role_id
          {(credential is null ? "" : "where r.id in (select role_id from application_credential_roles where credential_id = @credential)")} order by r.name
        """,
        ReadRole,
        cancel,
        [("user", user), ("scope", scope.Word), ("scopeId", scope.Id), .. credential is null ? Array.Empty<(string, object?)>() : [("credential", credential)]]);

    /// <summary>Whether somebody who can log in has the role admin somewhere.</summary>
    public async Task<bool> AnyAdministratorAsync(CancellationToken cancel) => await session.Sql.NumberAsync(
        """
        select 1 from roles r join role_assignments a on a.role_id = r.id
          join users u on u.id = a.actor_id or u.id in (select g.user_id from group_members g where g.group_id = a.actor_id)
          join domains ud on ud.id = u.domain_id
        where lower(r.name) = 'admin' and u.enabled = 1 and u.password_hash is not null and ud.enabled = 1 and (a.scope = 'system'
          or a.scope_id in (select d.id from domains d where d.id = a.scope_id and d.enabled = 1)
          or a.scope_id in (select p.id from projects p join domains pd on pd.id = p.domain_id where p.id = a.scope_id and p.enabled = 1 and pd.enabled = 1)) limit 1
        """,
        cancel) == 1;

    private static Role ReadRole(Row r) => new(r.Text("id"), r.Text("name"), r.Text("description")) { Extra = r.Text("extra") };

    private static (string, object?)[] Fields(Role r) => [("id", r.Id), ("name", r.Name), ("description", r.Description), ("extra", r.Extra)];

    private static (string, object?)[] Fields(Actor actor, Scope scope, string role) =>
        [("actor", actor.Word), ("actorId", actor.Id), ("scope", scope.Word), ("scopeId", scope.Id), ("role", role)];

    /// <summary>What is given on a scope, and tokens for it.</summary>
    private async Task RemoveScopeAsync(Scope scope, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from role_assignments where scope_id = @id", cancel, ("id", scope.Id));
        await session.Sql.ExecuteAsync("delete from tokens where scope_id = @id", cancel, ("id", scope.Id));
    }
}
