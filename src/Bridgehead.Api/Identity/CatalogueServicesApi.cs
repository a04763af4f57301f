using Bridgehead.Control;

namespace Bridgehead.Api;

/// <summary>The catalogue's services, for administrators.</summary>
internal static class CatalogueServicesApi
{
    private const string V = IdentityRoutes.V;

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/services", Access.Admin, ListAsync).Doc("Lists services of the catalogue.", 200, null, "type", "name", "limit", "marker")
        .Map("GET", $"{V}/services/{{id}}", Access.Admin, async call =>
            await call.FoundAsync(await call.Services.Store.ReadAsync(s => s.Catalogue.ServiceAsync(call.Segment("id"), call.Cancel), call.Cancel), "service", IdentityViews.Service))
        .Doc("Shows a service of the catalogue.")
        .Map("POST", $"{V}/services", Access.Admin, CreateAsync)
        .Doc("Puts a service into the catalogue.", 201, """{"service":{"type":"object-store","name":"swift","description":"x","enabled":true}}""")
        .Map("PATCH", $"{V}/services/{{id}}", Access.Admin, UpdateAsync)
        .Doc("Changes a service of the catalogue; one that is not enabled is not shown in it.", 200, """{"service":{"type":"object-store","name":"swift","description":"y","enabled":true}}""")
        .Map("DELETE", $"{V}/services/{{id}}", Access.Admin, async call =>
            await call.DoneAsync(await call.Services.Identity.Catalogue.DeleteServiceAsync(call.Segment("id"), call.Cancel), 204))
        .Doc("Takes a service and its endpoints out of the catalogue.", 204);

    private static Task ListAsync(ApiCall call) => call.PageAsync(
        "services",
        (s, page) => s.Catalogue.ServicesAsync(call.Query("type"), call.Query("name"), page, call.Cancel),
        async (s, id) => await s.Catalogue.ServiceAsync(id, call.Cancel) is not null,
        service => service.Id,
        IdentityViews.Service);

    private static async Task CreateAsync(ApiCall call, JsonBody body)
    {
        body.Object("service").Text("type");
        var change = Change(body.Object("service"));
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.OneAsync(await call.Services.Identity.Catalogue.CreateServiceAsync(change, call.Cancel), 201, "service", IdentityViews.Service));
    }

    private static async Task UpdateAsync(ApiCall call, JsonBody body)
    {
        var change = Change(body.Object("service"));
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.OneAsync(await call.Services.Identity.Catalogue.UpdateServiceAsync(call.Segment("id"), change, call.Cancel), 200, "service", IdentityViews.Service));
    }

    private static ServiceChange Change(JsonBody service) => new(service.TryText("type"), service.TryText("name"), service.TryText("description"), service.TryFlag("enabled"))
    {
        Extra = service.Others("id", "type", "name", "description", "enabled", "links"),
    };
}
