using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Gives and takes roles: of users and groups, on projects, domains and the system. For administrators.</summary>
internal static class GrantsApi
{
    private const string V = IdentityRoutes.V;

    private static readonly (string Path, string Name, Func<string, Scope> Of)[] Scopes =
    [
        ("projects/{id}", "a project", Scope.Project), ("domains/{id}", "a domain", Scope.Domain), ("system", "the system", _ => Scope.System),
    ];

    private static readonly (string Path, string Name, Func<string, Actor> Of)[] Actors = [("users", "a user", Actor.User), ("groups", "a group", Actor.Group)];

    public static void Map(Routes routes)
    {
        foreach (var (scopePath, scopeName, scopeOf) in Scopes)
        {
            foreach (var (actorPath, actorName, actorOf) in Actors)
            {
                var path = $"{V}/{scopePath}/{actorPath}/{{actor}}/roles";
                (Actor, Scope) Of(ApiCall call) => (actorOf(call.Segment("actor")), scopeOf(call.Segment("id")));
                routes
                    .Map("GET", path, Access.Admin, call => ListAsync(call, Of(call))).Doc($"Lists the roles that {actorName} was given on {scopeName}.")
                    .Map("PUT", $"{path}/{{role}}", Access.Admin, call => GiveAsync(call, Of(call))).Doc($"Gives {actorName} a role on {scopeName}.", 204)
                    .Map("HEAD", $"{path}/{{role}}", Access.Admin, call => CheckAsync(call, Of(call))).Doc($"Whether {actorName} was given a role on {scopeName}.", 204)
                    .Map("GET", $"{path}/{{role}}", Access.Admin, call => CheckAsync(call, Of(call))).Doc($"Whether {actorName} was given a role on {scopeName}.", 204)
                    .Map("DELETE", $"{path}/{{role}}", Access.Admin, call => TakeAsync(call, Of(call))).Doc($"Takes a role on {scopeName} from {actorName}.", 204);
            }
        }
    }

    private static async Task ListAsync(ApiCall call, (Actor Actor, Scope Scope) grant) =>
        await ((await call.Services.Identity.Roles.ListAsync(grant.Actor, grant.Scope, call.Cancel)).Succeeded(out var roles, out var problem)
            ? call.ListAsync("roles", roles, IdentityViews.Role)
            : call.RefuseAsync(problem));

    private static async Task GiveAsync(ApiCall call, (Actor Actor, Scope Scope) grant) =>
        await call.DoneAsync(await call.Services.Identity.Roles.AssignAsync(grant.Actor, grant.Scope, call.Segment("role"), call.Cancel), 204);

    private static async Task CheckAsync(ApiCall call, (Actor Actor, Scope Scope) grant) =>
        await call.DoneAsync(await call.Services.Identity.Roles.CheckAsync(grant.Actor, grant.Scope, call.Segment("role"), call.Cancel), 204);

    private static async Task TakeAsync(ApiCall call, (Actor Actor, Scope Scope) grant) =>
        await call.DoneAsync(await call.Services.Identity.Roles.UnassignAsync(grant.Actor, grant.Scope, call.Segment("role"), call.Cancel), 204);
}
