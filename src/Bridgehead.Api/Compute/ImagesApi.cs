using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Compute's proxy of the image service, of microversions up to 2.35.</summary>
internal static class ImagesApi
{
    private const string All = "/compute/v2.1/images";
    private const string One = All + "/{id}";

    public static void Map(Routes routes) => routes
        .Map("GET", All, Access.User, call => ListAsync(call, detail: false), Microversions.LastProxy).Doc("Lists images.", 200, null, ImagesQuery.Parameters)
        .Map("GET", All + "/detail", Access.User, call => ListAsync(call, detail: true), Microversions.LastProxy).Doc("Lists images with all that is known of them.", 200, null, ImagesQuery.Parameters)
        .Map("GET", One, Access.User, call => WithAsync(call, image => call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("image");
            Detail(w, call, image);
            w.WriteEndObject();
        })), Microversions.LastProxy).Doc("Shows an image.")
        .Map("DELETE", One, Access.User, DeleteAsync, Microversions.LastProxy).Doc("Deletes an image.", 204);

    /// <summary>The image that the path names, if the caller may see it.</summary>
    public static async Task WithAsync(ApiCall call, Func<Image, Task> work)
    {
        var image = Guid.TryParseExact(call.Segment("id"), "D", out var id)
            ? await call.Services.Store.ReadAsync(s => s.Images.FindAsync(id, ImageActions.ViewerOf(call.Caller), call.Cancel), call.Cancel)
            : null;
        await (image is null ? Errors.WriteAsync(call, 404, "Image not found.") : work(image));
    }

    private static async Task DeleteAsync(ApiCall call) =>
        await call.DoneAsync(await call.Services.Images.DeleteAsync(call.Caller, ServersApi.Id(call), call.Cancel), 204);

    private static async Task ListAsync(ApiCall call, bool detail)
    {
        if (!ImagesQuery.Read(call).Succeeded(out var filter, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        var page = await call.Services.Store.ReadAsync<Outcome<List<Image>>>(
            async s => filter.Marker is { } marker && await s.Images.FindAsync(marker, filter.Viewer, call.Cancel) is null
                ? Problem.Bad($"marker [{marker}] not found")
                : filter.Limit == 0 ? new List<Image>() : await s.Images.ListAsync(filter, call.Cancel),
            call.Cancel);
        await (page.Succeeded(out var images, out problem) ? AnswerAsync(call, images, filter.Limit, detail) : call.RefuseAsync(problem));
    }

    private static Task AnswerAsync(ApiCall call, List<Image> images, int limit, bool detail) => call.AnswerAsync(200, w =>
    {
        w.WriteStartArray("images");
        foreach (var image in images)
        {
            w.WriteStartObject();
            if (detail)
            {
                Detail(w, call, image);
            }
            else
            {
                Brief(w, call, image);
            }

            w.WriteEndObject();
        }

        w.WriteEndArray();
        if (call.Query("limit") is not null)
        {
            Paging.Next(w, call, "images_links", (images, limit), image => $"{image.Id}");
        }
    });

    private static void Brief(Utf8JsonWriter w, ApiCall call, Image image)
    {
        w.WriteString("id", image.Id);
        w.WriteString("name", image.Name);
        w.WriteStartArray("links");
        Views.Link(w, "self", $"{call.Root}{All}/{image.Id}");
        Views.Link(w, "bookmark", $"{call.Root}/compute/images/{image.Id}");
        w.WriteStartObject();
        w.WriteString("rel", "alternate");
        w.WriteString("type", "application/vnd.openstack.image");
        w.WriteString("href", $"{call.Root}/image/images/{image.Id}");
        w.WriteEndObject();
        w.WriteEndArray();
    }

    private static void Detail(Utf8JsonWriter w, ApiCall call, Image image)
    {
        Brief(w, call, image);
        var (status, progress) = image.Status switch
        {
            ImageStatus.Active => ("ACTIVE", 100),
            ImageStatus.Queued => ("SAVING", 25),
            ImageStatus.Saving => ("SAVING", 50),
            _ => ("UNKNOWN", 0),
        };
        w.WriteString("status", status);
        w.WriteNumber("progress", progress);
        w.WriteString("created", Views.Time(image.CreatedAt));
        w.WriteString("updated", Views.Time(image.UpdatedAt));
        w.WriteNumber("minDisk", image.MinDisk);
        w.WriteNumber("minRam", image.MinRam);
        Views.Texts(w, "metadata", image.Properties);
        w.WriteNumber("OS-EXT-IMG-SIZE:size", image.Size ?? 0);
        if (image.Properties.TryGetValue(ImageOrigin.InstanceUuid, out var server))
        {
            w.WriteStartObject("server");
            w.WriteString("id", server);
            Views.Links(w, call, $"servers/{server}");
            w.WriteEndObject();
        }
    }
}
