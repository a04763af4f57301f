using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>What a user may have a token for.</summary>
internal static class OwnScopesApi
{
    private const string V = IdentityRoutes.V;

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/auth/projects", Access.User, call => ProjectsAsync(call, call.Caller.UserId)).Doc("Lists the projects on which the token's user has a role.")
        .Map("GET", $"{V}/auth/domains", Access.User, DomainsAsync).Doc("Lists the domains on which the token's user has a role.")
        .Map("GET", $"{V}/auth/system", Access.User, SystemAsync).Doc("Lists the system when the token's user has a role on it.")
        .Map("GET", $"{V}/users/{{id}}/projects", Access.User, OfUserAsync).Doc("Lists the projects on which a user has a role.");

    private static async Task ProjectsAsync(ApiCall call, string user) =>
        await call.ListAsync("projects", await call.Services.Store.ReadAsync(s => s.Identities.ProjectsOfAsync(user, call.Cancel), call.Cancel), IdentityViews.Project);

    private static async Task DomainsAsync(ApiCall call) =>
        await call.ListAsync("domains", await call.Services.Store.ReadAsync(s => s.Identities.DomainsOfAsync(call.Caller.UserId, call.Cancel), call.Cancel), IdentityViews.Domain);

    private static async Task SystemAsync(ApiCall call)
    {
        var roles = await call.Services.Store.ReadAsync(s => s.Identities.EffectiveRolesAsync(call.Caller.UserId, Scope.System, null, call.Cancel), call.Cancel);
        await call.ListAsync("system", roles.Count > 0 ? [true] : Array.Empty<bool>(), (w, _, all) => w.WriteBoolean("all", all));
    }

    private static async Task OfUserAsync(ApiCall call)
    {
        var id = call.Segment("id");
        var known = id == call.Caller.UserId || (call.Caller.IsAdmin && await call.Services.Store.ReadAsync(s => s.Identities.UserAsync(id, call.Cancel), call.Cancel) is not null);
        await (known ? ProjectsAsync(call, id) : call.NotFoundAsync("user", id));
    }
}
