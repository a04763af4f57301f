using Bridgehead.Model;
using Microsoft.AspNetCore.Http;

namespace Bridgehead.Api;

/// <summary>The list of images: a page of what the query asks for.</summary>
internal static class ImageListApi
{
    public static void Map(Routes routes) => routes.Map("GET", "/image/v2/images", Access.User, ListAsync).Doc(
        "Lists images, a page at a time; what is no filter of its own is compared with the images' properties.",
        200,
        null,
        ImageListQuery.Parameters);

    private static async Task ListAsync(ApiCall call)
    {
        if (!ImageListQuery.Read(call).Succeeded(out var filter, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        var page = await call.Services.Store.ReadAsync<Outcome<List<Image>>>(
            async s => filter.Marker is { } marker && await s.Images.FindAsync(marker, filter.Viewer, call.Cancel) is null
                ? Problem.Bad($"Invalid marker: there is no image {marker}.")
                : filter.Limit == 0 ? new List<Image>() : await s.Images.ListAsync(filter, call.Cancel),
            call.Cancel);
        if (!page.Succeeded(out var images, out problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("images");
            foreach (var image in images)
            {
                w.WriteStartObject();
                ImageViews.Image(w, image);
                w.WriteEndObject();
            }

            w.WriteEndArray();
            w.WriteString("first", Address(call, null));
            w.WriteString("schema", "/v2/schemas/images");
            if (images.Count > 0 && images.Count == filter.Limit)
            {
                w.WriteString("next", Address(call, images[^1].Id));
            }
        });
    }

    /// <summary>This list from its beginning, or from after an image.</summary>
    private static string Address(ApiCall call, Guid? marker)
    {
        var query = call.Http.Request.Query.Where(p => p.Key != "marker").SelectMany(p => p.Value, (p, value) => KeyValuePair.Create(p.Key, value));
        return "/v2/images" + QueryString.Create(marker is null ? query : query.Append(KeyValuePair.Create("marker", (string?)$"{marker}")));
    }
}
