namespace Bridgehead.Api;

/// <summary>The catalogue's regions: everybody sees them, administrators change them.</summary>
internal static class RegionsApi
{
    private const string V = IdentityRoutes.V;

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/regions", Access.User, ListAsync).Doc("Lists regions.", 200, null, "parent_region_id", "limit", "marker")
        .Map("GET", $"{V}/regions/{{id}}", Access.User, async call =>
            await call.FoundAsync(await call.Services.Store.ReadAsync(s => s.Catalogue.RegionAsync(call.Segment("id"), call.Cancel), call.Cancel), "region", IdentityViews.Region))
        .Doc("Shows a region.")
        .Map("POST", $"{V}/regions", Access.Admin, (call, body) => CreateAsync(call, body, null))
        .Doc("Makes a region.", 201, """{"region":{"id":"west","description":"x","parent_region_id":"RegionOne"}}""")
        .Map("PUT", $"{V}/regions/{{id}}", Access.Admin, (call, body) => CreateAsync(call, body, call.Segment("id")))
        .Doc("Makes a region of that id.", 201, """{"region":{"id":null,"description":"x","parent_region_id":null}}""")
        .Map("PATCH", $"{V}/regions/{{id}}", Access.Admin, UpdateAsync).Doc("Changes a region.", 200, """{"region":{"description":"y","parent_region_id":null}}""")
        .Map("DELETE", $"{V}/regions/{{id}}", Access.Admin, async call =>
            await call.DoneAsync(await call.Services.Identity.Regions.DeleteAsync(call.Segment("id"), call.Cancel), 204))
        .Doc("Deletes a region and those below it, unless an endpoint is in one of them.", 204);

    private static Task ListAsync(ApiCall call) => call.PageAsync(
        "regions",
        (s, page) => s.Catalogue.RegionsAsync(call.Query("parent_region_id"), page, call.Cancel),
        async (s, id) => await s.Catalogue.RegionAsync(id, call.Cancel) is not null,
        region => region.Id,
        IdentityViews.Region);

    /// <param name="path">The id in the path, which the body may repeat.</param>
    private static async Task CreateAsync(ApiCall call, JsonBody body, string? path)
    {
        var region = body.Object("region");
        var (id, description, parent) = (region.TryText("id"), region.TryText("description") ?? "", region.TryText("parent_region_id"));
        if (path is not null && id is not null && id != path)
        {
            region.Note("The region's id in the body is not the one in the path.");
        }

        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.OneAsync(await call.Services.Identity.Regions.CreateAsync(path ?? id, description, parent, call.Cancel), 201, "region", IdentityViews.Region));
    }

    private static async Task UpdateAsync(ApiCall call, JsonBody body)
    {
        var region = body.Object("region");
        var (description, parent) = (region.TryText("description"), region.IsNull("parent_region_id") ? "" : region.TryText("parent_region_id"));
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.OneAsync(await call.Services.Identity.Regions.UpdateAsync(call.Segment("id"), description, parent, call.Cancel), 200, "region", IdentityViews.Region));
    }
}
