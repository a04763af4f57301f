namespace Bridgehead.Api;

/// <summary>Metadata of servers.</summary>
internal static class ServerMetadataApi
{
    private const string Base = "/compute/v2.1/servers/{id}/metadata";

    public static void Map(Routes routes) => routes
        .Map("GET", Base, Access.User, AllAsync)
        .Doc("Lists a server's metadata.")
        .Map("POST", Base, Access.User, (call, body) => SetAsync(call, body, replace: false))
        .Doc("Adds to a server's metadata, over what is there under the same key.", example: """{"metadata":{"role":"web"}}""")
        .Map("PUT", Base, Access.User, (call, body) => SetAsync(call, body, replace: true))
        .Doc("Replaces a server's metadata.", example: """{"metadata":{"role":"web"}}""")
        .Map("GET", $"{Base}/{{key}}", Access.User, OneAsync)
        .Doc("Shows one item of a server's metadata.")
        .Map("PUT", $"{Base}/{{key}}", Access.User, SetOneAsync)
        .Doc("Sets one item of a server's metadata.", example: """{"meta":{"a":"web"}}""")
        .Map("DELETE", $"{Base}/{{key}}", Access.User, async call =>
            await call.DoneAsync(await call.Services.ServerTexts.RemoveMetadataAsync(call.Caller, ServersApi.Id(call), call.Segment("key"), call.Cancel), 204))
        .Doc("Deletes one item of a server's metadata.", status: 204);

    private static Task AllAsync(ApiCall call) => ServersApi.WithAsync(call, details => call.AnswerAsync(200, w => Views.Texts(w, "metadata", details.Metadata)));

    private static async Task SetAsync(ApiCall call, JsonBody body, bool replace)
    {
        var items = MetadataBody.Items(body);
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var changed = await call.Services.ServerTexts.SetMetadataAsync(call.Caller, ServersApi.Id(call), items, replace, call.Cancel);
        await (changed.Problem is { } refused ? call.RefuseAsync(refused) : AllAsync(call));
    }

    private static Task OneAsync(ApiCall call) => ServersApi.WithAsync(call, details =>
        details.Metadata.TryGetValue(call.Segment("key"), out var value)
            ? call.AnswerAsync(200, w => Views.Texts(w, "meta", [new(call.Segment("key"), value)]))
            : Errors.WriteAsync(call, 404, "Metadata item was not found"));

    private static async Task SetOneAsync(ApiCall call, JsonBody body)
    {
        var items = MetadataBody.Item(body, call.Segment("key"));
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var changed = await call.Services.ServerTexts.SetMetadataAsync(call.Caller, ServersApi.Id(call), items, replace: false, call.Cancel);
        await (changed.Problem is { } refused ? call.RefuseAsync(refused) : call.AnswerAsync(200, w => Views.Texts(w, "meta", items)));
    }
}
