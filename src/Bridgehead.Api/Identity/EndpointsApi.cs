using Bridgehead.Control;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>The catalogue's endpoints, for administrators.</summary>
internal static class EndpointsApi
{
    private const string V = IdentityRoutes.V;

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/endpoints", Access.Admin, ListAsync).Doc("Lists endpoints of the catalogue.", 200, null, "service_id", "interface", "region_id", "region", "limit", "marker")
        .Map("GET", $"{V}/endpoints/{{id}}", Access.Admin, async call =>
            await call.FoundAsync(await call.Services.Store.ReadAsync(s => s.Catalogue.EndpointAsync(call.Segment("id"), call.Cancel), call.Cancel), "endpoint", IdentityViews.Endpoint))
        .Doc("Shows an endpoint of the catalogue.")
        .Map("POST", $"{V}/endpoints", Access.Admin, CreateAsync)
        .Doc(
            "Puts an endpoint into the catalogue.",
            201,
            """
            {"endpoint":{"service_id":"1d0a4c6e2b8f4c0a9e6d3f5b7a1c2e40","interface":"public","region_id":"RegionOne","region":null,"url":"http://192.0.2.1:5000/v3","enabled":false}}
            """)
        .Map("PATCH", $"{V}/endpoints/{{id}}", Access.Admin, UpdateAsync)
        .Doc(
            "Changes an endpoint of the catalogue.",
            200,
            """
            {"endpoint":{"service_id":"1d0a4c6e2b8f4c0a9e6d3f5b7a1c2e40","interface":"public","region_id":null,"region":"RegionOne","url":"http://192.0.2.1:5000/v3","enabled":false}}
            """)
        .Map("DELETE", $"{V}/endpoints/{{id}}", Access.Admin, async call =>
            await call.DoneAsync(await call.Services.Identity.Catalogue.DeleteEndpointAsync(call.Segment("id"), call.Cancel), 204))
        .Doc("Takes an endpoint out of the catalogue.", 204);

    private static Task ListAsync(ApiCall call) => call.PageAsync(
        "endpoints",
        (s, page) => s.Catalogue.EndpointsAsync(
            new EndpointFilter(call.Query("service_id"), call.Query("interface"), call.Query("region_id") ?? call.Query("region")), page, call.Cancel),
        async (s, id) => await s.Catalogue.EndpointAsync(id, call.Cancel) is not null,
        endpoint => endpoint.Id,
        IdentityViews.Endpoint);

    private static async Task CreateAsync(ApiCall call, JsonBody body)
    {
        var endpoint = body.Object("endpoint");
        foreach (var needed in new[] { "service_id", "interface", "url" })
        {
            endpoint.Text(needed);
        }

        var change = Change(endpoint);
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.OneAsync(await call.Services.Identity.Catalogue.CreateEndpointAsync(change, call.Cancel), 201, "endpoint", IdentityViews.Endpoint));
    }

    private static async Task UpdateAsync(ApiCall call, JsonBody body)
    {
        var change = Change(body.Object("endpoint"));
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.OneAsync(await call.Services.Identity.Catalogue.UpdateEndpointAsync(call.Segment("id"), change, call.Cancel), 200, "endpoint", IdentityViews.Endpoint));
    }

    private static EndpointChange Change(JsonBody endpoint) => new(endpoint.TryText("service_id"), endpoint.TryText("interface"), endpoint.TryText("url"), endpoint.TryFlag("enabled"))
    {
        RegionId = endpoint.TryText("region_id"),
        Region = endpoint.TryText("region"),
        Extra = endpoint.Others("id", "service_id", "interface", "url", "enabled", "region_id", "region", "links"),
    };
}
