using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>A project's tags, one by one and all together.</summary>
internal static class IdentityTagsApi
{
    private const string Tags = $"{IdentityRoutes.V}/projects/{{id}}/tags";

    public static void Map(Routes routes) => routes
        .Map("GET", Tags, Access.Admin, call => WithAsync(call, tags => call.AnswerAsync(200, w => Write(w, call, tags)))).Doc("Lists a project's tags.")
        .Map("PUT", Tags, Access.Admin, async (call, body) =>
        {
            var tags = body.TryTextList("tags");
            if (tags is null)
            {
                body.Note("'tags' is a required property");
            }

            await (body.Wrong is { } wrong ? call.RefuseAsync(wrong) : SetAsync(call, tags!, project => call.AnswerAsync(200, w => Write(w, call, project.Tags))));
        }).Doc("Replaces a project's tags.", 200, """{"tags":["a","b"]}""")
        .Map("DELETE", Tags, Access.Admin, call => SetAsync(call, [], _ => call.AnswerAsync(204))).Doc("Takes all of a project's tags.", 204)
        .Map("GET", Tags + "/{tag}", Access.Admin, CheckAsync).Doc("Whether a project has the tag.", 204)
        .Map("HEAD", Tags + "/{tag}", Access.Admin, CheckAsync).Doc("Whether a project has the tag.", 204)
        .Map("PUT", Tags + "/{tag}", Access.Admin, async call =>
            await call.DoneAsync(await call.Services.Identity.Projects.AddTagAsync(call.Segment("id"), call.Segment("tag"), call.Cancel), 201)).Doc("Gives a project a tag.", 201)
        .Map("DELETE", Tags + "/{tag}", Access.Admin, async call =>
            await call.DoneAsync(await call.Services.Identity.Projects.RemoveTagAsync(call.Segment("id"), call.Segment("tag"), call.Cancel), 204)).Doc("Takes a tag from a project.", 204);

    /// <summary>The query parameters of <see cref="Wanted"/>.</summary>
    public static readonly string[] Filters = ["tags", "tags-any", "not-tags", "not-tags-any"];

    /// <summary>The filter of lists.</summary>
    public static TagFilter Wanted(ApiCall call)
    {
        string[] Of(string name) => call.Query(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToArray() ?? [];
        return new TagFilter { All = Of(Filters[0]), Any = Of(Filters[1]), NotAll = Of(Filters[2]), NotAny = Of(Filters[3]) };
    }

    private static Task CheckAsync(ApiCall call) =>
        WithAsync(call, tags => tags.Contains(call.Segment("tag")) ? call.AnswerAsync(204) : call.NotFoundAsync("project tag", call.Segment("tag")));

    private static async Task WithAsync(ApiCall call, Func<IReadOnlyList<string>, Task> work)
    {
        var project = await call.Services.Store.ReadAsync(s => s.Identities.ProjectAsync(call.Segment("id"), call.Cancel), call.Cancel);
        await (project is null ? call.NotFoundAsync("project", call.Segment("id")) : work(project.Tags));
    }

    private static async Task SetAsync(ApiCall call, IReadOnlyList<string> tags, Func<Project, Task> answer)
    {
        var change = new ProjectChange(null, null, null, tags);
        await ((await call.Services.Identity.Projects.UpdateAsync(call.Segment("id"), change, call.Cancel)).Succeeded(out var project, out var problem)
            ? answer(project)
            : call.RefuseAsync(problem));
    }

    private static void Write(Utf8JsonWriter w, ApiCall call, IReadOnlyList<string> tags)
    {
        Views.List(w, "tags", tags);
        w.Links(call);
    }
}
