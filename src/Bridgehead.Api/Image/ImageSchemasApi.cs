using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>JSON schemas of images and members, which some clients check by before they send.</summary>
internal static class ImageSchemasApi
{
    private const string Text = "string";
    private const string UuidPattern = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$";

    private static readonly (string Name, string Type, bool CanBeNull)[] ImageProperties =
    [
        ("id", Text, false), ("name", Text, true), ("status", Text, false), ("visibility", Text, false), ("protected", "boolean", false), ("os_hidden", "boolean", false),
        ("owner", Text, true), ("container_format", Text, true), ("disk_format", Text, true), ("min_disk", "integer", false), ("min_ram", "integer", false), ("size", "integer", true),
        ("virtual_size", "integer", true), ("checksum", Text, true), ("os_hash_algo", Text, true), ("os_hash_value", Text, true), ("created_at", Text, false), ("updated_at", Text, false),
        ("tags", "array", false), ("self", Text, false), ("file", Text, false), ("schema", Text, false),
    ];

    private static readonly string[] MemberProperties = ["member_id", "image_id", "status", "created_at", "updated_at", "schema"];

    public static void Map(Routes routes) => routes
        .Map("GET", "/image/v2/schemas/image", Access.User, call => call.AnswerAsync(200, Image)).Doc("The JSON schema of an image.")
        .Map("GET", "/image/v2/schemas/images", Access.User, call => call.AnswerAsync(200, w => Collection(w, "images", Image))).Doc("The JSON schema of a list of images.")
        .Map("GET", "/image/v2/schemas/member", Access.User, call => call.AnswerAsync(200, Member)).Doc("The JSON schema of a member of an image.")
        .Map("GET", "/image/v2/schemas/members", Access.User, call => call.AnswerAsync(200, w => Collection(w, "members", Member))).Doc("The JSON schema of a list of members.");

    private static void Image(Utf8JsonWriter w)
    {
        w.WriteString("name", "image");
        w.WriteStartObject("properties");
        foreach (var (name, type, canBeNull) in ImageProperties)
        {
            w.WriteStartObject(name);
            Type(w, type, canBeNull);
            if (ImageAttributes.ReadOnly.Contains(name) && name != "id")
            {
                w.WriteBoolean("readOnly", true);
            }

            Limits(w, name);
            w.WriteEndObject();
        }

        w.WriteEndObject();
        w.WriteStartObject("additionalProperties");
        w.WriteString("type", Text);
        w.WriteEndObject();
        Links(w, ("self", "{self}"), ("enclosure", "{file}"), ("describedby", "{schema}"));
    }

    private static void Limits(Utf8JsonWriter w, string name)
    {
        switch (name)
        {
            case "id":
                w.WriteString("pattern", UuidPattern);
                break;
            case "name" or "owner":
                w.WriteNumber("maxLength", 255);
                break;
            case "status":
                Values(w, [ImageStatus.Queued, ImageStatus.Saving, ImageStatus.Active, ImageStatus.Deactivated], false);
                break;
            case "visibility":
                Values(w, ImageVisibility.All, false);
                break;
            case "container_format":
                Values(w, ImageAttributes.ContainerFormats, true);
                break;
            case "disk_format":
                Values(w, ImageAttributes.DiskFormats, true);
                break;
            case "tags":
                w.WriteStartObject("items");
                w.WriteString("type", Text);
                w.WriteNumber("maxLength", 255);
                w.WriteEndObject();
                break;
        }
    }

    private static void Member(Utf8JsonWriter w)
    {
        w.WriteString("name", "member");
        w.WriteStartObject("properties");
        foreach (var name in MemberProperties)
        {
            w.WriteStartObject(name);
            w.WriteString("type", Text);
            if (name == "status")
            {
                Values(w, ["pending", "accepted", "rejected"], false);
            }

            w.WriteEndObject();
        }

        w.WriteEndObject();
    }

    private static void Collection(Utf8JsonWriter w, string name, Action<Utf8JsonWriter> item)
    {
        w.WriteString("name", name);
        w.WriteStartObject("properties");
        w.WriteStartObject(name);
        w.WriteString("type", "array");
        w.WriteStartObject("items");
        item(w);
        w.WriteEndObject();
        w.WriteEndObject();
        foreach (var link in new[] { "first", "next", "schema" })
        {
            w.WriteStartObject(link);
            w.WriteString("type", Text);
            w.WriteEndObject();
        }

        w.WriteEndObject();
        Links(w, ("first", "{first}"), ("next", "{next}"), ("describedby", "{schema}"));
    }

    private static void Type(Utf8JsonWriter w, string type, bool canBeNull)
    {
        if (!canBeNull)
        {
            w.WriteString("type", type);
            return;
        }

        w.WriteStartArray("type");
        w.WriteStringValue("null");
        w.WriteStringValue(type);
        w.WriteEndArray();
    }

    private static void Values(Utf8JsonWriter w, IEnumerable<string> values, bool canBeNull)
    {
        w.WriteStartArray("enum");
        if (canBeNull)
        {
            w.WriteNullValue();
        }

        foreach (var value in values)
        {
            w.WriteStringValue(value);
        }

        w.WriteEndArray();
    }

    private static void Links(Utf8JsonWriter w, params IReadOnlyList<(string Rel, string Href)> links)
    {
        w.WriteStartArray("links");
        foreach (var (rel, href) in links)
        {
            Views.Link(w, rel, href);
        }

        w.WriteEndArray();
    }
}
