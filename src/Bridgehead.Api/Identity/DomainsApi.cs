using Bridgehead.Control;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>Domains: for administrators, and one's own to look at.</summary>
internal static class DomainsApi
{
    private const string V = IdentityRoutes.V;

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/domains", Access.Admin, ListAsync).Doc("Lists domains.", 200, null, ["name", "enabled", "limit", "marker", .. IdentityTagsApi.Filters, .. NameFilters.Parameters])
        .Map("GET", $"{V}/domains/{{id}}", Access.User, ShowAsync).Doc("Shows a domain.")
        .Map("POST", $"{V}/domains", Access.Admin, async (call, body) => await ChangeAsync(call, body, 201))
        .Doc("Makes a domain.", 201, """{"domain":{"name":"d","description":"x","enabled":true,"tags":["t"],"options":{}}}""")
        .Map("PATCH", $"{V}/domains/{{id}}", Access.Admin, async (call, body) => await ChangeAsync(call, body, 200))
        .Doc("Changes a domain; disabling it ends the tokens of its users and projects.", 200, """{"domain":{"name":"e","description":"y","enabled":true,"tags":[],"options":{}}}""")
        .Map("DELETE", $"{V}/domains/{{id}}", Access.Admin, async call => await call.DoneAsync(await call.Services.Identity.Domains.DeleteAsync(call.Segment("id"), call.Cancel), 204))
        .Doc("Deletes a disabled domain with all that is in it.", 204);

    private static Task ListAsync(ApiCall call)
    {
        var filter = new DomainFilter(call.Query("name"), call.QueryFlag("enabled")) { Tags = IdentityTagsApi.Wanted(call), NameParts = NameFilters.Read(call) };
        return call.PageAsync(
            "domains",
            (s, page) => s.Identities.DomainsAsync(filter, page, call.Cancel),
            async (s, id) => await s.Identities.DomainAsync(id, call.Cancel) is not null,
            domain => domain.Id,
            IdentityViews.Domain);
    }

    private static async Task ShowAsync(ApiCall call)
    {
        var id = call.Segment("id");
        var login = call.Login!;
        var mine = login.IsAdmin || id == login.User.Domain.Id || id == login.Project?.Domain.Id || id == login.Domain?.Id;
        await call.FoundAsync(mine ? await call.Services.Store.ReadAsync(s => s.Identities.DomainAsync(id, call.Cancel), call.Cancel) : null, "domain", IdentityViews.Domain);
    }

    private static async Task ChangeAsync(ApiCall call, JsonBody body, int status)
    {
        var domain = body.Object("domain");
        var name = status == 201 ? domain.Text("name") : domain.TryText("name");
        var change = new DomainChange(name, domain.TryText("description"), domain.TryFlag("enabled"), domain.TryTextList("tags"))
        {
            Extra = domain.Others("id", "name", "description", "enabled", "tags", "options", "links"),
        };
        domain.NoOptions();
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var actions = call.Services.Identity.Domains;
        await call.OneAsync(status == 201 ? await actions.CreateAsync(change, call.Cancel) : await actions.UpdateAsync(call.Segment("id"), change, call.Cancel), status, "domain", IdentityViews.Domain);
    }
}
