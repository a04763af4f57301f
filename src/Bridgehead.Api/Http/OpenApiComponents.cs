using System.Text.Json;

namespace Bridgehead.Api;

/// <summary>The parts of the OpenAPI document that operations refer to: errors, the token, the microversion; and bodies with a schema read off their example.</summary>
internal static class OpenApiComponents
{
    public static string ErrorOf(string service) => service is "identity" or "image" ? "Error" : "Fault";

    public static void Write(Utf8JsonWriter w)
    {
        w.WriteStartObject("components");
        w.WriteStartObject("securitySchemes");
        w.WriteStartObject("Token");
        w.WriteString("type", "apiKey");
        w.WriteString("in", "header");
        w.WriteString("name", "X-Auth-Token");
        w.WriteString("description", "The X-Subject-Token that POST /identity/v3/auth/tokens answered.");
        w.WriteEndObject();
        w.WriteEndObject();
        Microversion(w);
        w.WriteStartObject("responses");
        Response(w, "Fault", "Refused. The one member is named for the status: badRequest, unauthorized, forbidden, itemNotFound, conflictingRequest, …");
        Response(w, "Error", "Refused.");
        w.WriteEndObject();
        w.WriteStartObject("schemas");
        Faults(w);
        ErrorObject(w);
        w.WriteEndObject();
        w.WriteEndObject();
        w.WriteStartArray("security");
        w.WriteStartObject();
        w.WriteStartArray("Token");
        w.WriteEndArray();
        w.WriteEndObject();
        w.WriteEndArray();
    }

    public static void Reference(Utf8JsonWriter w, string name, string component)
    {
        w.WriteStartObject(name);
        w.WriteString("$ref", $"#/components/{component}");
        w.WriteEndObject();
    }

    /// <summary>Nothing where the route reads no body.</summary>
    public static void Body(Utf8JsonWriter w, Route route, string service)
    {
        if (route.Example is null && route.Media is null)
        {
            return;
        }

        w.WriteStartObject("requestBody");
        w.WriteStartObject("content");
        w.WriteStartObject(route.Media ?? "application/json");
        if (route.Example is { } example)
        {
            using var document = JsonDocument.Parse(Placeholders.Sample.Fill(example));
            w.WritePropertyName("schema");
            Schema(w, document.RootElement);
            w.WritePropertyName("example");
            document.RootElement.WriteTo(w);
        }

        w.WriteEndObject();
        w.WriteEndObject();
        w.WriteEndObject();
    }

    private static void Schema(Utf8JsonWriter w, JsonElement example)
    {
        w.WriteStartObject();
        switch (example.ValueKind)
        {
            case JsonValueKind.Object:
                w.WriteString("type", "object");
                w.WriteStartObject("properties");
                foreach (var property in example.EnumerateObject())
                {
                    w.WritePropertyName(property.Name);
                    Schema(w, property.Value);
                }

                w.WriteEndObject();
                break;
            case JsonValueKind.Array:
                w.WriteString("type", "array");
                if (example.GetArrayLength() > 0)
                {
                    w.WritePropertyName("items");
                    Schema(w, example[0]);
                }

                break;
            case JsonValueKind.Null:
                // An example of nothing tells no type.
                break;
            default:
                w.WriteString("type", TypeOf(example));
                break;
        }

        w.WriteEndObject();
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.String => "string",
        _ => "boolean",
    };

    private static void Microversion(Utf8JsonWriter w)
    {
        w.WriteStartObject("parameters");
        w.WriteStartObject("Microversion");
        w.WriteString("name", "OpenStack-API-Version");
        w.WriteString("in", "header");
        w.WriteString("description", $"Compute's microversion, 2.1 to 2.{Microversions.Max}, or latest; 2.1 without it. X-OpenStack-Nova-API-Version with the number alone means the same.");
        w.WriteStartObject("schema");
        w.WriteString("type", "string");
        w.WriteString("pattern", @"^compute (2\.[0-9]+|latest)$");
        w.WriteEndObject();
        w.WriteEndObject();
        w.WriteEndObject();
    }

    private static void Response(Utf8JsonWriter w, string name, string description)
    {
        w.WriteStartObject(name);
        w.WriteString("description", description);
        w.WriteStartObject("content");
        w.WriteStartObject("application/json");
        Reference(w, "schema", $"schemas/{name}");
        w.WriteEndObject();
        w.WriteEndObject();
        w.WriteEndObject();
    }

    private static void Faults(Utf8JsonWriter w)
    {
        w.WriteStartObject("Fault");
        w.WriteString("type", "object");
        w.WriteNumber("minProperties", 1);
        w.WriteNumber("maxProperties", 1);
        w.WriteStartObject("additionalProperties");
        Members(w, "retryAfter", "integer");
        w.WriteEndObject();
        w.WriteEndObject();
    }

    private static void ErrorObject(Utf8JsonWriter w)
    {
        w.WriteStartObject("Error");
        w.WriteString("type", "object");
        w.WriteStartArray("required");
        w.WriteStringValue("error");
        w.WriteEndArray();
        w.WriteStartObject("properties");
        w.WriteStartObject("error");
        Members(w, "title", "string");
        w.WriteEndObject();
        w.WriteEndObject();
        w.WriteEndObject();
    }

    private static void Members(Utf8JsonWriter w, string more, string type)
    {
        w.WriteString("type", "object");
        w.WriteStartArray("required");
        w.WriteStringValue("code");
        w.WriteStringValue("message");
        w.WriteEndArray();
        w.WriteStartObject("properties");
        foreach (var (name, kind) in new[] { ("code", "integer"), ("message", "string"), (more, type) })
        {
            w.WriteStartObject(name);
            w.WriteString("type", kind);
            w.WriteEndObject();
        }

        w.WriteEndObject();
    }
}
