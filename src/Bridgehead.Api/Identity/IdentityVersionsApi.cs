using System.Text.Json;

namespace Bridgehead.Api;

/// <summary>Discovery: what clients read before they log in.</summary>
internal static class IdentityVersionsApi
{
    public static void Map(Routes routes) => routes
        .Map("GET", "/identity", Access.Anyone, call => call.AnswerAsync(300, w =>
        {
            w.WriteStartObject("versions");
            w.WriteStartArray("values");
            w.WriteStartObject();
            Version(w, call);
            w.WriteEndObject();
            w.WriteEndArray();
            w.WriteEndObject();
        }))
        .Doc("Lists the versions of the identity service.", status: 300)
        .Map("GET", IdentityRoutes.V, Access.Anyone, call => call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("version");
            Version(w, call);
            w.WriteEndObject();
        }))
        .Doc("Shows the version of the identity service.");

    private static void Version(Utf8JsonWriter w, ApiCall call)
    {
        w.WriteString("id", "v3.14");
        w.WriteString("status", "stable");
        w.WriteString("updated", "2020-04-07T00:00:00Z");
        w.WriteStartArray("links");
        w.WriteStartObject();
        w.WriteString("rel", "self");
        w.WriteString("href", $"{call.Root}{IdentityRoutes.V}/");
        w.WriteEndObject();
        w.WriteEndArray();
        w.WriteStartArray("media-types");
        w.WriteStartObject();
        w.WriteString("base", "application/json");
        w.WriteString("type", "application/vnd.openstack.identity-v3+json");
        w.WriteEndObject();
        w.WriteEndArray();
    }
}
