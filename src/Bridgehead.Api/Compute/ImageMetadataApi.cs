using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Compute's proxy of images' properties, of microversions up to 2.38.</summary>
internal static class ImageMetadataApi
{
    private const string Base = "/compute/v2.1/images/{id}/metadata";
    private const int Last = 38;

    public static void Map(Routes routes) => routes
        .Map("GET", Base, Access.User, call => ImagesApi.WithAsync(call, image => AllAsync(call, image)), Last)
        .Doc("Lists an image's properties.")
        .Map("POST", Base, Access.User, (call, body) => SetAsync(call, body, replace: false), Last)
        .Doc("Adds to an image's properties, over what is there under the same key.", example: """{"metadata":{"os_distro":"debian"}}""")
        .Map("PUT", Base, Access.User, (call, body) => SetAsync(call, body, replace: true), Last)
        .Doc("Replaces an image's properties.", example: """{"metadata":{"os_distro":"debian"}}""")
        .Map("GET", $"{Base}/{{key}}", Access.User, call => ImagesApi.WithAsync(call, image => OneAsync(call, image)), Last)
        .Doc("Shows one property of an image.")
        .Map("PUT", $"{Base}/{{key}}", Access.User, SetOneAsync, Last)
        .Doc("Sets one property of an image.", example: """{"meta":{"a":"debian"}}""")
        .Map("DELETE", $"{Base}/{{key}}", Access.User, RemoveAsync, Last)
        .Doc("Deletes one property of an image.", status: 204);

    private static Task AllAsync(ApiCall call, Image image) => call.AnswerAsync(200, w => Views.Texts(w, "metadata", image.Properties));

    private static Task OneAsync(ApiCall call, Image image) => image.Properties.TryGetValue(call.Segment("key"), out var value)
        ? call.AnswerAsync(200, w => Views.Texts(w, "meta", [new(call.Segment("key"), value)]))
        : Errors.WriteAsync(call, 404, "Metadata item was not found");

    private static Task SetAsync(ApiCall call, JsonBody body, bool replace)
    {
        var items = MetadataBody.Items(body);
        return ChangeAsync(call, body, id => call.Services.Images.SetPropertiesAsync(call.Caller, id, items, replace, call.Cancel), image => AllAsync(call, image));
    }

    private static Task SetOneAsync(ApiCall call, JsonBody body)
    {
        var items = MetadataBody.Item(body, call.Segment("key"));
        return ChangeAsync(call, body, id => call.Services.Images.SetPropertiesAsync(call.Caller, id, items, replace: false, call.Cancel), image => OneAsync(call, image));
    }

    private static async Task ChangeAsync(ApiCall call, JsonBody body, Func<Guid, Task<Outcome<Image>>> change, Func<Image, Task> answer)
    {
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        await ((await change(ServersApi.Id(call))).Succeeded(out var image, out var problem) ? answer(image) : call.RefuseAsync(problem));
    }

    private static async Task RemoveAsync(ApiCall call) =>
        await call.DoneAsync(await call.Services.Images.RemovePropertyAsync(call.Caller, ServersApi.Id(call), call.Segment("key"), call.Cancel), 204);
}
