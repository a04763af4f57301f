using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>Groups of users: for administrators; everybody sees their own.</summary>
internal static class GroupsApi
{
    private const string V = IdentityRoutes.V;

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/groups", Access.Admin, call => ListAsync(call, null)).Doc("Lists groups.", 200, null, ["name", "domain_id", "limit", "marker", .. NameFilters.Parameters])
        .Map("GET", $"{V}/groups/{{id}}", Access.Admin, async call => await call.FoundAsync(await FindAsync(call), "group", IdentityViews.Group)).Doc("Shows a group.")
        .Map("POST", $"{V}/groups", Access.Admin, CreateAsync).Doc("Makes a group.", 201, """{"group":{"name":"g","domain_id":"default","description":"x"}}""")
        .Map("PATCH", $"{V}/groups/{{id}}", Access.Admin, UpdateAsync).Doc("Changes a group.", 200, """{"group":{"name":"h","domain_id":"default","description":"y"}}""")
        .Map("DELETE", $"{V}/groups/{{id}}", Access.Admin, async call => await call.DoneAsync(await call.Services.Identity.Groups.DeleteAsync(call.Segment("id"), call.Cancel), 204))
        .Doc("Deletes a group; its members lose the roles they had by it.", 204)
        .Map("GET", $"{V}/groups/{{id}}/users", Access.Admin, MembersAsync).Doc("Lists a group's members.", 200, null, "name", "enabled", "limit", "marker")
        .Map("PUT", $"{V}/groups/{{id}}/users/{{user}}", Access.Admin, async call =>
            await call.DoneAsync(await call.Services.Identity.Groups.AddMemberAsync(call.Segment("id"), call.Segment("user"), call.Cancel), 204)).Doc("Puts a user into a group.", 204)
        .Map("DELETE", $"{V}/groups/{{id}}/users/{{user}}", Access.Admin, async call =>
            await call.DoneAsync(await call.Services.Identity.Groups.RemoveMemberAsync(call.Segment("id"), call.Segment("user"), call.Cancel), 204)).Doc("Takes a user out of a group.", 204)
        .Map("HEAD", $"{V}/groups/{{id}}/users/{{user}}", Access.Admin, IsMemberAsync).Doc("Whether a user is in a group.", 204)
        .Map("GET", $"{V}/groups/{{id}}/users/{{user}}", Access.Admin, IsMemberAsync).Doc("Whether a user is in a group.", 204)
        .Map("GET", $"{V}/users/{{id}}/groups", Access.User, call => call.Caller.IsAdmin || call.Segment("id") == call.Caller.UserId
            ? ListAsync(call, call.Segment("id"))
            : call.NotFoundAsync("user", call.Segment("id"))).Doc("Lists a user's groups.", 200, null, "name", "limit", "marker");

    private static Task ListAsync(ApiCall call, string? user) => call.PageAsync(
        "groups",
        (s, page) => s.Identities.GroupsAsync(new GroupFilter(call.Query("name"), call.Query("domain_id")) { UserId = user, NameParts = NameFilters.Read(call) }, page, call.Cancel),
        async (s, id) => await s.Identities.GroupAsync(id, call.Cancel) is not null,
        group => group.Id,
        IdentityViews.Group);

    private static Task<Group?> FindAsync(ApiCall call) => call.Services.Store.ReadAsync(s => s.Identities.GroupAsync(call.Segment("id"), call.Cancel), call.Cancel);

    private static async Task MembersAsync(ApiCall call) =>
        await (await FindAsync(call) is null ? call.NotFoundAsync("group", call.Segment("id")) : UsersApi.ListAsync(call, call.Segment("id")));

    private static async Task IsMemberAsync(ApiCall call)
    {
        var (group, user) = (call.Segment("id"), call.Segment("user"));
        await (await call.Services.Store.ReadAsync(s => s.Identities.IsMemberAsync(group, user, call.Cancel), call.Cancel)
            ? call.AnswerAsync(204)
            : call.RefuseAsync(Problem.Missing($"User {user} is not a member of group {group}.")));
    }

    private static async Task CreateAsync(ApiCall call, JsonBody body)
    {
        var group = body.Object("group");
        group.Text("name");
        var (domain, change) = (group.TryText("domain_id") ?? ProjectsApi.Home(call), Change(group));
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.OneAsync(await call.Services.Identity.Groups.CreateAsync(domain, change, call.Cancel), 201, "group", IdentityViews.Group));
    }

    private static async Task UpdateAsync(ApiCall call, JsonBody body)
    {
        var group = body.Object("group");
        var (domain, change) = (group.TryText("domain_id"), Change(group));
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.OneAsync(await call.Services.Identity.Groups.UpdateAsync(call.Segment("id"), domain, change, call.Cancel), 200, "group", IdentityViews.Group));
    }

    private static NamedChange Change(JsonBody group) =>
        new(group.TryText("name"), group.TryText("description")) { Extra = group.Others("id", "name", "description", "domain_id", "links") };
}
