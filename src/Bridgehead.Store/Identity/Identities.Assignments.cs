using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>The list of role assignments, with the names of what they connect.</summary>
public sealed partial class Identities
{
    private const string Names =
        """
        r.name as role_name, coalesce(u.name, g.name, '') as actor_name, coalesce(ad.id, '') as actor_domain, coalesce(ad.name, '') as actor_domain_name,
          coalesce(p.name, d.name, '') as scope_name, pd.id as scope_domain, pd.name as scope_domain_name
        """;

    private const string Joins =
        """
        join roles r on r.id = a.role_id
          left join users u on a.actor = 'user' and u.id = a.actor_id left join user_groups g on a.actor = 'group' and g.id = a.actor_id
          left join domains ad on ad.id = coalesce(u.domain_id, g.domain_id)
          left join projects p on a.scope = 'project' and p.id = a.scope_id left join domains pd on pd.id = p.domain_id left join domains d on a.scope = 'domain' and d.id = a.scope_id
        """;

    /// <summary>Assignments as one would have them whose users stand for themselves and whose roles imply nothing.</summary>
    private const string Expanded =
        """
        (select e.actor, e.actor_id, e.scope, e.scope_id, c.role_id from role_assignments e join role_closure c on c.prior_id = e.role_id where e.actor = 'user'
          union select 'user', m.user_id, e.scope, e.scope_id, c.role_id from role_assignments e join role_closure c on c.prior_id = e.role_id
            join group_members m on m.group_id = e.actor_id where e.actor = 'group')
        """;

    /// <summary>At most <paramref name="limit"/> assignments in the order of actors and scopes.</summary>
    public Task<List<RoleAssignment>> AssignmentsAsync(AssignmentFilter filter, int limit, CancellationToken cancel) => new Narrowing()
        .By("a.actor = 'user' and a.actor_id = @user", "user", filter.UserId)
        .By("a.actor = 'group' and a.actor_id = @group", "group", filter.GroupId)
        .By("a.role_id = @role", "role", filter.RoleId)
        .By("a.scope = @scope", "scope", filter.Scope?.Word)
        .By("a.scope_id = @scopeId", "scopeId", filter.Scope?.Id)
        .ListAsync(
            session.Sql,
            $"select a.actor, a.actor_id, a.scope, a.scope_id, a.role_id, {Names} from {(filter.Effective ? Expanded : "role_assignments")} a {Joins}",
            "a.actor_id, a.scope, a.scope_id, r.name",
            limit,
            ReadAssignment,
            cancel);

    private static RoleAssignment ReadAssignment(Row r) => new(
        new Actor(r.Text("actor") == "group", r.Text("actor_id")), Scope.Read(r.Text("scope"), r.Text("scope_id")), new Named(r.Text("role_id"), r.Text("role_name")))
    {
        ActorName = r.Text("actor_name"),
        ActorDomain = new Named(r.Text("actor_domain"), r.Text("actor_domain_name")),
        ScopeName = r.Text("scope_name"),
        ScopeDomain = r.TextOrNull("scope_domain") is { } domain ? new Named(domain, r.Text("scope_domain_name")) : null,
    };
}
