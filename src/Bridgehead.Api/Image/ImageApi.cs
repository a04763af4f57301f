using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>An image of Image API v2: create, show, change, delete, tags, deactivate and reactivate.</summary>
internal static class ImageApi
{
    private const string One = "/image/v2/images/{id}";

    public static void Map(Routes routes) => routes
        .Map("POST", "/image/v2/images", Access.User, CreateAsync).Doc(
            "Creates an image, which then waits for its data. What is no attribute of images is a property of its own.",
            201,
            """
            {"id":"IMAGE","name":"cirros","visibility":"private","protected":false,"os_hidden":false,"container_format":"bare","disk_format":"raw","min_disk":1,"min_ram":64,
             "owner":"PROJECT","tags":["test"],"hw_disk_bus":"virtio"}
            """)
        .Map("GET", One, Access.User, ShowAsync).Doc("Shows an image.")
        .Map("PATCH", One, Access.User, PatchAsync).Doc(
            "Changes an image by a JSON patch, of media type application/openstack-images-v2.1-json-patch.", 200, """[{"op":"replace","path":"/name","value":"new"}]""")
        .Map("DELETE", One, Access.User, call => WithIdAsync(call, async id => await call.DoneAsync(await call.Services.Images.DeleteAsync(call.Caller, id, call.Cancel), 204)))
        .Doc("Deletes an image and its data.", 204)
        .Map("PUT", One + "/tags/{tag}", Access.User, call => WithIdAsync(call, async id =>
            await call.DoneAsync(await call.Services.Images.AddTagAsync(call.Caller, id, call.Segment("tag"), call.Cancel), 204)))
        .Doc("Adds a tag to an image.", 204)
        .Map("DELETE", One + "/tags/{tag}", Access.User, call => WithIdAsync(call, async id =>
            await call.DoneAsync(await call.Services.Images.RemoveTagAsync(call.Caller, id, call.Segment("tag"), call.Cancel), 204)))
        .Doc("Removes a tag from an image.", 204)
        .Map("POST", One + "/actions/deactivate", Access.User, call => ActivateAsync(call, active: false)).Doc("Keeps an image's data from all but administrators.", 204)
        .Map("POST", One + "/actions/reactivate", Access.User, call => ActivateAsync(call, active: true)).Doc("Makes a deactivated image active again.", 204);

    /// <summary>What is no UUID is the id of no image: clients look for names that way first.</summary>
    public static Task WithIdAsync(ApiCall call, Func<Guid, Task> work) =>
        Guid.TryParseExact(call.Segment("id"), "D", out var id) ? work(id) : call.RefuseAsync(ImageActions.NotFound(call.Segment("id")));

    private static async Task CreateAsync(ApiCall call)
    {
        if (!(await ElementAsync(call)).Succeeded(out var body, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        if (body.ValueKind != JsonValueKind.Object)
        {
            await call.RefuseAsync(Problem.Bad("The request body must be a JSON object."));
            return;
        }

        var attributes = body.EnumerateObject().Where(p => p.Name != "id").Select(p => (p.Name, ImagePatch.ValueOf(p.Value))).ToList();
        Guid? id = null;
        if (body.TryGetProperty("id", out var given))
        {
            if (given.ValueKind != JsonValueKind.String || !Guid.TryParseExact(given.GetString(), "D", out var wanted))
            {
                await call.RefuseAsync(Problem.Bad("Provided object does not match schema 'image': 'id' must be a UUID."));
                return;
            }

            id = wanted;
        }

        if (!(await call.Services.Images.CreateAsync(call.Caller, id, attributes, call.Cancel)).Succeeded(out var image, out problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        call.Http.Response.Headers.Location = $"{call.Root}/image/v2/images/{image.Id}";
        await call.AnswerAsync(201, w => ImageViews.Image(w, image));
    }

    private static Task ShowAsync(ApiCall call) => WithIdAsync(call, async id =>
    {
        var image = await call.Services.Store.ReadAsync(s => s.Images.FindAsync(id, ImageActions.ViewerOf(call.Caller), call.Cancel), call.Cancel);
        await (image is null ? call.RefuseAsync(ImageActions.NotFound($"{id}")) : call.AnswerAsync(200, w => ImageViews.Image(w, image)));
    });

    private static Task PatchAsync(ApiCall call) => WithIdAsync(call, async id =>
    {
        var type = call.Http.Request.ContentType?.Split(';')[0].Trim() ?? "";
        if (type is not (ImagePatch.MediaType or ImagePatch.OldMediaType))
        {
            await Errors.WriteAsync(call, 415, $"Unsupported Content-Type: use {ImagePatch.MediaType}.");
            return;
        }

        if (!(await ElementAsync(call)).Succeeded(out var body, out var problem) || !ImagePatch.Read(body, type == ImagePatch.OldMediaType).Succeeded(out var changes, out problem))
        {
            await call.RefuseAsync(problem!);
            return;
        }

        var changed = await call.Services.Images.PatchAsync(call.Caller, id, changes, call.Cancel);
        await (changed.Succeeded(out var image, out problem) ? call.AnswerAsync(200, w => ImageViews.Image(w, image)) : call.RefuseAsync(problem));
    });

    private static Task ActivateAsync(ApiCall call, bool active) => WithIdAsync(call, async id =>
        await call.DoneAsync(await call.Services.Images.SetActiveAsync(call.Caller, id, active, call.Cancel), 204));

    private static async Task<Outcome<JsonElement>> ElementAsync(ApiCall call) => (await call.BytesAsync()).Succeeded(out var bytes, out var problem) ? JsonBody.ParseAny(bytes) : problem;
}
