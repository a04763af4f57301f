using System.Text.Json;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>The list of who has which role on what, for administrators.</summary>
internal static class RoleAssignmentsApi
{
    /// <summary>There are no pages of this list; one that is cut says so.</summary>
    private const int Most = 10_000;

    public static void Map(Routes routes) => routes
        .Map("GET", $"{IdentityRoutes.V}/role_assignments", Access.Admin, ListAsync)
        .Doc(
            "Lists role assignments.", 200, null,
            "user.id", "group.id", "role.id", "scope.project.id", "scope.domain.id", "scope.system", "effective", "include_names", "scope.OS-INHERIT:inherited_to");

    private static async Task ListAsync(ApiCall call)
    {
        var (project, domain, system) = (call.Query("scope.project.id"), call.Query("scope.domain.id"), call.Query("scope.system") is not null);
        var effective = call.QueryFlag("effective") == true;
        var wrong = (project is null ? 0 : 1) + (domain is null ? 0 : 1) + (system ? 1 : 0) > 1 ? "Role assignments are of one scope: give a project, a domain or the system."
            : call.Query("group.id") is not null && (effective || call.Query("user.id") is not null) ? "A group has no effective assignments, and is no user: leave one of the filters out."
            : null;
        if (wrong is not null)
        {
            await call.RefuseAsync(Problem.Bad(wrong));
            return;
        }

        var filter = new AssignmentFilter
        {
            UserId = call.Query("user.id"),
            GroupId = call.Query("group.id"),
            RoleId = call.Query("role.id"),
            Scope = project is not null ? Scope.Project(project) : domain is not null ? Scope.Domain(domain) : system ? Scope.System : null,
            Effective = effective,
        };

        // Nothing is inherited here, so a list of what is has nothing in it.
        IReadOnlyList<RoleAssignment> found = call.Query("scope.OS-INHERIT:inherited_to") is null
            ? await call.Services.Store.ReadAsync(s => s.Identities.AssignmentsAsync(filter, Most + 1, call.Cancel), call.Cancel)
            : [];
        var names = call.QueryFlag("include_names") == true;
        await call.ListAsync("role_assignments", found.Take(Most).ToList(), (w, _, assignment) => Write(w, call, assignment, names), truncated: found.Count > Most);
    }

    private static void Write(Utf8JsonWriter w, ApiCall call, RoleAssignment a, bool names)
    {
        Part(w, "role", a.Role.Id, names ? a.Role.Name : null, null);
        Part(w, a.Actor.Word, a.Actor.Id, names ? a.ActorName : null, a.ActorDomain);
        w.WriteStartObject("scope");
        if (a.Scope.Kind == ScopeKind.System)
        {
            w.WriteStartObject("system");
            w.WriteBoolean("all", true);
            w.WriteEndObject();
        }
        else
        {
            Part(w, a.Scope.Word, a.Scope.Id!, names ? a.ScopeName : null, a.ScopeDomain);
        }

        w.WriteEndObject();
        var where = a.Scope.Kind == ScopeKind.System ? "system" : $"{a.Scope.Word}s/{a.Scope.Id}";
        w.WriteStartObject("links");
        w.WriteString("assignment", $"{call.Root}{IdentityRoutes.V}/{where}/{a.Actor.Word}s/{a.Actor.Id}/roles/{a.Role.Id}");
        w.WriteEndObject();
    }

    private static void Part(Utf8JsonWriter w, string what, string id, string? name, Named? domain)
    {
        w.WriteStartObject(what);
        w.WriteString("id", id);
        if (name is not null)
        {
            w.WriteString("name", name);
            if (domain is not null)
            {
                w.WriteStartObject("domain");
                w.WriteString("id", domain.Id);
                w.WriteString("name", domain.Name);
                w.WriteEndObject();
            }
        }

        w.WriteEndObject();
    }
}
