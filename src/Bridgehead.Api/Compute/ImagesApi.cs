using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>The image list, as compute's proxy and as the image service.</summary>
internal static class ImagesApi
{
    private const string V = "/compute/v2.1";

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/images", Access.User, call => ImagesAsync(call), Microversions.LastProxy)
        .Map("GET", $"{V}/images/detail", Access.User, call => ImagesAsync(call), Microversions.LastProxy)
        .Map("GET", $"{V}/images/{{id}}", Access.User, call => ImageAsync(call, v2: false), Microversions.LastProxy)
        .Map("GET", "/image", Access.Anyone, ImageVersionsAsync)
        .Map("GET", "/image/versions", Access.Anyone, ImageVersionsAsync)
        .Map("GET", "/image/v2/images", Access.User, ImagesV2Async)
        .Map("GET", "/image/v2/images/{id}", Access.User, call => ImageAsync(call, v2: true));

    private static async Task ImagesAsync(ApiCall call)
    {
        var images = await call.Services.Store.ReadAsync(s => s.Images.ListAsync(call.Caller.ProjectId, call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("images");
            foreach (var image in images.Where(i => call.Query("name") is not { } name || i.Name == name))
            {
                w.WriteStartObject();
                Proxy(w, call, image);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task ImageAsync(ApiCall call, bool v2)
    {
        var image = Guid.TryParse(call.Segment("id"), out var id) ? await call.Services.Store.ReadAsync(s => s.Images.FindAsync(id, call.Cancel), call.Cancel) : null;
        if (image is null || (image.Visibility is not ("public" or "community") && image.Owner != call.Caller.ProjectId && !call.Caller.IsAdmin))
        {
            await Errors.WriteAsync(call, 404, $"Image {call.Segment("id")} could not be found.");
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            if (v2)
            {
                Glance(w, image);
                return;
            }

            w.WriteStartObject("image");
            Proxy(w, call, image);
            w.WriteEndObject();
        });
    }

    private static Task ImageVersionsAsync(ApiCall call) => call.AnswerAsync(call.Http.Request.Path.Value!.EndsWith("versions", StringComparison.Ordinal) ? 200 : 300, w =>
    {
        w.WriteStartArray("versions");
        w.WriteStartObject();
        w.WriteString("id", "v2.9");
        w.WriteString("status", "CURRENT");
        w.WriteStartArray("links");
        Views.Link(w, "self", $"{call.Root}/image/v2/");
        w.WriteEndArray();
        w.WriteEndObject();
        w.WriteEndArray();
    });

    private static async Task ImagesV2Async(ApiCall call)
    {
        var images = await call.Services.Store.ReadAsync(s => s.Images.ListAsync(call.Caller.ProjectId, call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("images");
            foreach (var image in images.Where(i => call.Query("name") is not { } name || i.Name == name))
            {
                w.WriteStartObject();
                Glance(w, image);
                w.WriteEndObject();
            }

            w.WriteEndArray();
            w.WriteString("first", "/v2/images");
            w.WriteString("schema", "/v2/schemas/images");
        });
    }

    private static void Proxy(Utf8JsonWriter w, ApiCall call, Image image)
    {
        w.WriteString("id", image.Id);
        w.WriteString("name", image.Name);
        w.WriteString("status", image.Status.ToUpperInvariant());
        w.WriteString("created", Views.Time(image.CreatedAt));
        w.WriteString("updated", Views.Time(image.UpdatedAt));
        w.WriteNumber("minDisk", image.MinDisk);
        w.WriteNumber("minRam", image.MinRam);
        w.WriteNumber("progress", 100);
        Views.Texts(w, "metadata", []);
        Views.Links(w, call, $"images/{image.Id}");
        w.WriteNumber("OS-EXT-IMG-SIZE:size", image.Size ?? 0);
    }

    private static void Glance(Utf8JsonWriter w, Image image)
    {
        w.WriteString("id", image.Id);
        w.WriteString("name", image.Name);
        w.WriteString("status", image.Status);
        w.WriteString("visibility", image.Visibility);
        w.WriteBoolean("protected", false);
        w.WriteBoolean("os_hidden", false);
        w.WriteString("owner", image.Owner);
        w.WriteString("container_format", image.ContainerFormat);
        w.WriteString("disk_format", image.DiskFormat);
        w.WriteNumber("min_disk", image.MinDisk);
        w.WriteNumber("min_ram", image.MinRam);
        w.WriteNumber("size", image.Size ?? 0);
        w.WriteNull("virtual_size");
        w.WriteNull("checksum");
        w.WriteString("created_at", Views.Time(image.CreatedAt));
        w.WriteString("updated_at", Views.Time(image.UpdatedAt));
        w.WriteStartArray("tags");
        w.WriteEndArray();
        w.WriteString("self", $"/v2/images/{image.Id}");
        w.WriteString("file", $"/v2/images/{image.Id}/file");
        w.WriteString("schema", "/v2/schemas/image");
    }
}
