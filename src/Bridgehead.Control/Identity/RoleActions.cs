using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What a client says of a new or changed role or group; null where it says nothing.</summary>
public sealed record NamedChange(string? Name, string? Description)
{
    public string Extra { get; init; } = "{}";
}

/// <summary>Roles, and who has them on what. For administrators.</summary>
public sealed class RoleActions(Database store)
{
    public Task<Outcome<Role>> CreateAsync(NamedChange change, CancellationToken cancel) => IdentityChange.RunAsync<Role>(
        store,
        async session => !With(new Role(IdentityChange.NewId(), "", ""), change).Succeeded(out var role, out var problem) ? problem
            : await session.Identities.AddRoleAsync(role, cancel) ? role : IdentityChange.Taken("role", role.Name),
        cancel);

    public Task<Outcome<Role>> UpdateAsync(string id, NamedChange change, CancellationToken cancel) => IdentityChange.RunAsync<Role>(
        store,
        async session =>
        {
            if (await session.Identities.RoleAsync(id, cancel) is not { } before)
            {
                return IdentityChange.NotFound("role", id);
            }

            if (!With(before, change).Succeeded(out var role, out var problem))
            {
                return problem;
            }

            if (role.Name != before.Name && await session.Identities.RoleByNameAsync(role.Name, cancel) is not null)
            {
                return IdentityChange.Taken("role", role.Name);
            }

            if (Role.IsAdmin(role.Name) && (await session.Identities.ImpliedRolesAsync(null, cancel)).Exists(pair => pair.Implied.Id == id))
            {
                return ImpliedRoleActions.NeverAdmin(id);
            }

            await session.Identities.SaveRoleAsync(role, cancel);
            return role;
        },
        cancel);

    /// <summary>Everybody who had it loses it.</summary>
    public Task<Outcome<Done>> DeleteAsync(string id, CancellationToken cancel) => IdentityChange.RunAsync<Done>(
        store,
        async session =>
        {
            if (await session.Identities.RoleAsync(id, cancel) is null)
            {
                return IdentityChange.NotFound("role", id);
            }

            await session.Identities.RemoveRoleAsync(id, cancel);
            return default(Done);
        },
        cancel);

    public Task<Outcome<Done>> AssignAsync(Actor actor, Scope scope, string role, CancellationToken cancel) => IdentityChange.RunAsync<Done>(
        store,
        async session =>
        {
            if (await MissingAsync(session, actor, scope, role, cancel) is { } missing)
            {
                return missing;
            }

            await session.Identities.AssignAsync(actor, scope, role, cancel);
            return default(Done);
        },
        cancel);

    /// <summary>Application credentials that were made with the role end; tokens have it no longer.</summary>
    public Task<Outcome<Done>> UnassignAsync(Actor actor, Scope scope, string role, CancellationToken cancel) => IdentityChange.RunAsync<Done>(
        store,
        async session =>
        {
            if (await MissingAsync(session, actor, scope, role, cancel) is { } missing)
            {
                return missing;
            }

            if (!await session.Identities.UnassignAsync(actor, scope, role, cancel))
            {
                return NotAssigned(actor, scope, role);
            }

            await session.ApplicationCredentials.EndWithoutRolesAsync(actor.IsGroup ? null : actor.Id, cancel);
            return default(Done);
        },
        cancel);

    /// <summary>The roles that were given to this very actor on this very scope.</summary>
    public Task<Outcome<List<Role>>> ListAsync(Actor actor, Scope scope, CancellationToken cancel) => store.ReadAsync<Outcome<List<Role>>>(
        async session => await MissingAsync(session, actor, scope, null, cancel) is { } missing ? missing : await session.Identities.RolesOfAsync(actor, scope, cancel), cancel);

    public async Task<Outcome<Done>> CheckAsync(Actor actor, Scope scope, string role, CancellationToken cancel)
    {
        if (!(await ListAsync(actor, scope, cancel)).Succeeded(out var roles, out var problem))
        {
            return problem;
        }

        return roles.Exists(has => has.Id == role) ? default(Done) : NotAssigned(actor, scope, role);
    }

    private static Outcome<Role> With(Role role, NamedChange change)
    {
        var changed = role with { Name = change.Name ?? role.Name, Description = change.Description ?? role.Description };
        return Text.CheckName("Role name", changed.Name) is { } wrong ? wrong
            : Extra.Merge(role.Extra, change.Extra).Succeeded(out var extra, out var problem) ? changed with { Extra = extra } : problem;
    }

    private static Problem NotAssigned(Actor actor, Scope scope, string role) =>
        Problem.Missing($"Could not find role assignment with role: {role}, {actor.Word}: {actor.Id}, {scope.Word}: {scope.Id}.");

    private static async Task<Problem?> MissingAsync(Session session, Actor actor, Scope scope, string? role, CancellationToken cancel)
    {
        var who = session.Identities;
        if (role is not null && await who.RoleAsync(role, cancel) is null)
        {
            return IdentityChange.NotFound("role", role);
        }

        if (actor.IsGroup ? await who.GroupAsync(actor.Id, cancel) is null : await who.UserAsync(actor.Id, cancel) is null)
        {
            return IdentityChange.NotFound(actor.Word, actor.Id);
        }

        return scope.Kind switch
        {
            ScopeKind.Project when await who.ProjectAsync(scope.Id!, cancel) is null => IdentityChange.NotFound("project", scope.Id!),
            ScopeKind.Domain when await who.DomainAsync(scope.Id!, cancel) is null => IdentityChange.NotFound("domain", scope.Id!),
            _ => null,
        };
    }
}
