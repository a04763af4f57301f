using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Projects that a shared image is offered to.</summary>
internal static class ImageMembersApi
{
    private const string All = "/image/v2/images/{id}/members";
    private const string One = All + "/{member}";

    public static void Map(Routes routes) => routes
        .Map("GET", All, Access.User, ListAsync).Doc("Lists the members of a shared image; a member sees only itself.")
        .Map("POST", All, Access.User, AddAsync).Doc("Offers a shared image to a project.", 200, """{"member":"PROJECT"}""")
        .Map("GET", One, Access.User, call => ImageApi.WithIdAsync(call, async id =>
            await AnswerAsync(call, await call.Services.ImageMembers.FindAsync(call.Caller, id, call.Segment("member"), call.Cancel))))
        .Doc("Shows a member of an image.")
        .Map("PUT", One, Access.User, DecideAsync).Doc("A project accepts an image that it was offered, or rejects it.", 200, """{"status":"accepted"}""")
        .Map("DELETE", One, Access.User, call => ImageApi.WithIdAsync(call, async id =>
            await call.DoneAsync(await call.Services.ImageMembers.RemoveAsync(call.Caller, id, call.Segment("member"), call.Cancel), 204)))
        .Doc("Takes an image away from a project.", 204);

    private static Task ListAsync(ApiCall call) => ImageApi.WithIdAsync(call, async id =>
    {
        if (!(await call.Services.ImageMembers.ListAsync(call.Caller, id, call.Cancel)).Succeeded(out var members, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("members");
            foreach (var member in members)
            {
                w.WriteStartObject();
                ImageViews.Member(w, member);
                w.WriteEndObject();
            }

            w.WriteEndArray();
            w.WriteString("schema", "/v2/schemas/members");
        });
    });

    private static Task AddAsync(ApiCall call, JsonBody body) => ImageApi.WithIdAsync(call, async id =>
    {
        var member = body.Text("member");
        await (body.Wrong is { } wrong ? call.RefuseAsync(wrong) : AnswerAsync(call, await call.Services.ImageMembers.AddAsync(call.Caller, id, member, call.Cancel)));
    });

    private static Task DecideAsync(ApiCall call, JsonBody body) => ImageApi.WithIdAsync(call, async id =>
    {
        var status = body.Text("status");
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : AnswerAsync(call, await call.Services.ImageMembers.SetStatusAsync(call.Caller, id, call.Segment("member"), status, call.Cancel)));
    });

    private static Task AnswerAsync(ApiCall call, Outcome<ImageMember> outcome) =>
        outcome.Succeeded(out var member, out var problem) ? call.AnswerAsync(200, w => ImageViews.Member(w, member)) : call.RefuseAsync(problem);
}
