using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Roles, for administrators.</summary>
internal static class RolesApi
{
    private const string V = IdentityRoutes.V;

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/roles", Access.Admin, ListAsync).Doc("Lists roles.", 200, null, ["name", "domain_id", "limit", "marker", .. NameFilters.Parameters])
        .Map("GET", $"{V}/roles/{{id}}", Access.Admin, async call =>
            await call.FoundAsync(await call.Services.Store.ReadAsync(s => s.Identities.RoleAsync(call.Segment("id"), call.Cancel), call.Cancel), "role", IdentityViews.Role)).Doc("Shows a role.")
        .Map("POST", $"{V}/roles", Access.Admin, CreateAsync).Doc("Makes a role.", 201, """{"role":{"name":"r","description":"x","domain_id":null,"options":{}}}""")
        .Map("PATCH", $"{V}/roles/{{id}}", Access.Admin, UpdateAsync).Doc("Changes a role.", 200, """{"role":{"name":"s","description":"y","domain_id":null,"options":{}}}""")
        .Map("DELETE", $"{V}/roles/{{id}}", Access.Admin, async call => await call.DoneAsync(await call.Services.Identity.Roles.DeleteAsync(call.Segment("id"), call.Cancel), 204))
        .Doc("Deletes a role; everybody who had it loses it.", 204);

    private static Task ListAsync(ApiCall call) => call.Query("domain_id") is not null
        ? call.ListAsync<Role>("roles", [], IdentityViews.Role)
        : call.PageAsync(
            "roles",
            (s, page) => s.Identities.RolesAsync(call.Query("name"), NameFilters.Read(call), page, call.Cancel),
            async (s, id) => await s.Identities.RoleAsync(id, call.Cancel) is not null,
            role => role.Id,
            IdentityViews.Role);

    private static async Task CreateAsync(ApiCall call, JsonBody body)
    {
        body.Object("role").Text("name");
        var change = Change(body.Object("role"));
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.OneAsync(await call.Services.Identity.Roles.CreateAsync(change, call.Cancel), 201, "role", IdentityViews.Role));
    }

    private static async Task UpdateAsync(ApiCall call, JsonBody body)
    {
        var change = Change(body.Object("role"));
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.OneAsync(await call.Services.Identity.Roles.UpdateAsync(call.Segment("id"), change, call.Cancel), 200, "role", IdentityViews.Role));
    }

    private static NamedChange Change(JsonBody role)
    {
        role.NoOptions();
        if (role.TryText("domain_id") is not null)
        {
            role.Note("Roles of a domain are not supported: leave out domain_id.");
        }

        return new NamedChange(role.TryText("name"), role.TryText("description")) { Extra = role.Others("id", "name", "description", "domain_id", "options", "links") };
    }
}
