
namespace Bridgehead.Api;

/// <summary>Tags of servers, from microversion 2.26 on.</summary>
internal static class ServerTagsApi
{
    private const string Base = "/compute/v2.1/servers/{id}/tags";
    private const int First = 26;

    public static void Map(Routes routes) => routes
        .Map("GET", Base, Access.User, AllAsync, since: First)
        .Doc("Lists a server's tags.")
        .Map("PUT", Base, Access.User, ReplaceAsync, since: First)
        .Doc("Replaces a server's tags.", example: """{"tags":["web","blue"]}""")
        .Map("DELETE", Base, Access.User, async call => await call.DoneAsync(await call.Services.ServerTexts.ClearTagsAsync(call.Caller, ServersApi.Id(call), call.Cancel), 204), since: First)
        .Doc("Deletes all of a server's tags.", status: 204)
        .Map("GET", $"{Base}/{{tag}}", Access.User, HasAsync, since: First)
        .Doc("Says whether a server has a tag.", status: 204)
        .Map("PUT", $"{Base}/{{tag}}", Access.User, AddAsync, since: First)
        .Doc("Adds a tag to a server; 204 when it has it already.", status: 201)
        .Map("DELETE", $"{Base}/{{tag}}", Access.User, async call =>
            await call.DoneAsync(await call.Services.ServerTexts.RemoveTagAsync(call.Caller, ServersApi.Id(call), call.Segment("tag"), call.Cancel), 204), since: First)
        .Doc("Deletes one tag of a server.", status: 204);

    private static Task AllAsync(ApiCall call) => ServersApi.WithAsync(call, details => call.AnswerAsync(200, w => Views.List(w, "tags", details.Tags)));

    private static async Task ReplaceAsync(ApiCall call, JsonBody body)
    {
        body.Only("tags");
        var tags = body.IsText("tags") ? [] : body.TextList("tags").Distinct(StringComparer.Ordinal).ToList();
        if (!body.Has("tags") || body.IsText("tags"))
        {
            body.Note("'tags' is a required property, a list of strings");
        }

        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var set = await call.Services.ServerTexts.SetTagsAsync(call.Caller, ServersApi.Id(call), tags, call.Cancel);
        await (set.Problem is { } refused ? call.RefuseAsync(refused) : AllAsync(call));
    }

    private static Task HasAsync(ApiCall call) => ServersApi.WithAsync(call, details => details.Tags.Contains(call.Segment("tag"))
        ? call.AnswerAsync(204)
        : Errors.WriteAsync(call, 404, $"Server {details.Instance.Uuid} has no tag '{call.Segment("tag")}'"));

    private static async Task AddAsync(ApiCall call)
    {
        var tag = call.Segment("tag");
        if (!(await call.Services.ServerTexts.AddTagAsync(call.Caller, ServersApi.Id(call), tag, call.Cancel)).Succeeded(out var added, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        if (added)
        {
            call.Http.Response.Headers.Location = $"{call.Root}/compute/v2.1/servers/{ServersApi.Id(call)}/tags/{Uri.EscapeDataString(tag)}";
        }

        await call.AnswerAsync(added ? 201 : 204);
    }
}
