using System.Text.Json;

namespace Bridgehead.Api;

/// <summary>The image service's versions, and what it says of its own ways.</summary>
internal static class ImageVersionsApi
{
    /// <summary>Glance's minor versions without several stores; the first is the current one.</summary>
    private static readonly string[] Versions = ["v2.9", "v2.7", "v2.6", "v2.5", "v2.4", "v2.3", "v2.2", "v2.1", "v2.0"];

    public static void Map(Routes routes) => routes
        .Map("GET", "/image", Access.Anyone, call => call.AnswerAsync(300, w => List(w, call))).Doc("The versions of the image service.", 300)
        .Map("GET", "/image/versions", Access.Anyone, call => call.AnswerAsync(200, w => List(w, call))).Doc("The versions of the image service.")
        .Map("GET", "/image/v2", Access.Anyone, call => call.AnswerAsync(200, w => List(w, call))).Doc("The versions of the image service.")
        .Map("GET", "/image/v2/info/import", Access.User, call => call.AnswerAsync(200, Import)).Doc("Ways to import an image's data: none, it is uploaded.")
        .Map("GET", "/image/v2/info/stores", Access.User, call => Errors.WriteAsync(call, 404, "Multi backend is not supported at this site.")).Doc("The stores one can choose from: there is one, so 404.", 404);

    private static void List(Utf8JsonWriter w, ApiCall call)
    {
        w.WriteStartArray("versions");
        foreach (var version in Versions)
        {
            w.WriteStartObject();
            w.WriteString("id", version);
            w.WriteString("status", version == Versions[0] ? "CURRENT" : "SUPPORTED");
            w.WriteStartArray("links");
            Views.Link(w, "self", $"{call.Root}/image/v2/");
            w.WriteEndArray();
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void Import(Utf8JsonWriter w)
    {
        w.WriteStartObject("import-methods");
        w.WriteString("description", "Import methods available.");
        w.WriteString("type", "array");
        w.WriteStartArray("value");
        w.WriteEndArray();
        w.WriteEndObject();
    }
}
