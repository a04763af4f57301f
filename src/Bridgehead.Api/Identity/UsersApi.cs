using Bridgehead.Control;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>Users: for administrators; everybody sees themselves and changes their own password.</summary>
internal static class UsersApi
{
    private const string V = IdentityRoutes.V;
    private static readonly string[] Known = ["id", "name", "enabled", "password", "original_password", "domain_id", "default_project_id", "options", "links", "password_expires_at"];

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/users", Access.Admin, call => ListAsync(call, null)).Doc("Lists users.", 200, null, ["name", "domain_id", "enabled", "default_project_id", "limit", "marker", .. NameFilters.Parameters])
        .Map("GET", $"{V}/users/{{id}}", Access.User, ShowAsync).Doc("Shows a user.")
        .Map("POST", $"{V}/users", Access.Admin, CreateAsync)
        .Doc(
            "Makes a user.",
            201,
            """{"user":{"name":"u","password":"secret","enabled":true,"domain_id":"default","default_project_id":null,"options":{},"email":"u@example.org","description":"x"}}""")
        .Map("PATCH", $"{V}/users/{{id}}", Access.Admin, UpdateAsync)
        .Doc(
            "Changes a user; disabling it, or another password, ends the user's tokens.",
            200,
            """{"user":{"name":"v","password":"another","enabled":true,"domain_id":"default","default_project_id":null,"options":{},"email":"v@example.org"}}""")
        .Map("DELETE", $"{V}/users/{{id}}", Access.Admin, async call => await call.DoneAsync(await call.Services.Identity.Users.DeleteAsync(call.Segment("id"), call.Cancel), 204))
        .Doc("Deletes a user with roles, tokens and application credentials.", 204)
        .Map("POST", $"{V}/users/{{id}}/password", Access.Anyone, PasswordAsync)
        .Doc("Changes one's own password, and ends all of the user's tokens. The old password is the proof.", 204, """{"user":{"original_password":"secret","password":"another"}}""");

    /// <param name="group">Only members of it.</param>
    public static Task ListAsync(ApiCall call, string? group)
    {
        var filter = new UserFilter(call.Query("name"), call.Query("domain_id"), call.QueryFlag("enabled")) { DefaultProjectId = call.Query("default_project_id"), GroupId = group, NameParts = NameFilters.Read(call) };
        return call.PageAsync(
            "users",
            (s, page) => s.Identities.UsersAsync(filter, page, call.Cancel),
            async (s, id) => await s.Identities.UserAsync(id, call.Cancel) is not null,
            user => user.Id,
            IdentityViews.User);
    }

    private static async Task ShowAsync(ApiCall call)
    {
        var mine = call.Caller.IsAdmin || call.Segment("id") == call.Caller.UserId;
        await call.FoundAsync(mine ? await call.Services.Store.ReadAsync(s => s.Identities.UserAsync(call.Segment("id"), call.Cancel), call.Cancel) : null, "user", IdentityViews.User);
    }

    private static async Task CreateAsync(ApiCall call, JsonBody body)
    {
        var user = body.Object("user");
        user.Text("name");
        var change = Change(user);
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.OneAsync(await call.Services.Identity.Users.CreateAsync(change, ProjectsApi.Home(call), call.Cancel), 201, "user", IdentityViews.User));
    }

    private static async Task UpdateAsync(ApiCall call, JsonBody body)
    {
        var change = Change(body.Object("user"));
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.OneAsync(await call.Services.Identity.Users.UpdateAsync(call.Segment("id"), change, call.Cancel), 200, "user", IdentityViews.User));
    }

    private static async Task PasswordAsync(ApiCall call, JsonBody body)
    {
        var user = body.Object("user");
        var (original, password) = (user.Text("original_password"), user.Text("password"));
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.DoneAsync(await call.Services.Identity.Users.ChangePasswordAsync(call.Segment("id"), original, password, call.Cancel), 204));
    }

    private static UserChange Change(JsonBody user)
    {
        return new UserChange(user.TryText("name"), user.TryFlag("enabled"), user.TryText("password"))
        {
            WithoutPassword = user.IsNull("password"),
            DomainId = user.TryText("domain_id"),
            DefaultProjectId = user.IsNull("default_project_id") ? "" : user.TryText("default_project_id"),
            Extra = user.Others(Known),
            Options = user.TryObject("options")?.Others() ?? "{}",
        };
    }
}
