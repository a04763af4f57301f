using System.Text.Json;

namespace Bridgehead.Api;

/// <summary>Compute's version documents.</summary>
internal static class VersionsApi
{
    public static void Map(Routes routes) => routes
        .Map("GET", "/compute", Access.Anyone, call => call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("versions");
            Version(w, call, null, "v2.0");
            Version(w, call, null, "v2.1");
            w.WriteEndArray();
        }))
        .Doc("Lists the versions of Compute.")
        .Map("GET", "/compute/v2.1", Access.Anyone, call => call.AnswerAsync(200, w => Version(w, call, "version", "v2.1")))
        .Doc("Shows version 2.1 with its microversions.")
        .Map("GET", "/compute/v2", Access.Anyone, call => call.AnswerAsync(200, w => Version(w, call, "version", "v2.0")))
        .Doc("Shows version 2.0, which answers as 2.1 does without a microversion.");

    private static void Version(Utf8JsonWriter w, ApiCall call, string? name, string id)
    {
        var current = id == "v2.1";
        if (name is null)
        {
            w.WriteStartObject();
        }
        else
        {
            w.WriteStartObject(name);
        }

        w.WriteString("id", id);
        w.WriteString("status", current ? "CURRENT" : "SUPPORTED");
        w.WriteString("version", current ? $"2.{Microversions.Max}" : "");
        w.WriteString("min_version", current ? "2.1" : "");
        w.WriteString("updated", current ? "2013-07-23T11:33:21Z" : "2011-01-21T11:33:21Z");
        w.WriteStartArray("links");
        Views.Link(w, "self", $"{call.Root}/compute/{(current ? "v2.1" : "v2")}/");
        if (name is not null)
        {
            w.WriteStartObject();
            w.WriteString("rel", "describedby");
            w.WriteString("type", "text/html");
            w.WriteString("href", "http://docs.openstack.org/");
            w.WriteEndObject();
        }

        w.WriteEndArray();
        if (name is not null)
        {
            w.WriteStartArray("media-types");
            w.WriteStartObject();
            w.WriteString("base", "application/json");
            w.WriteString("type", $"application/vnd.openstack.compute+json;version={(current ? "2.1" : "2")}");
            w.WriteEndObject();
            w.WriteEndArray();
        }

        w.WriteEndObject();
    }
}
