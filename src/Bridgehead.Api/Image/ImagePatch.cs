using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>glance's two forms of a JSON patch: <c>{"op","path","value"}</c> of v2.1 and <c>{"replace":"/path","value"}</c> of v2.0. A path names one attribute.</summary>
internal static class ImagePatch
{
    public const string MediaType = "application/openstack-images-v2.1-json-patch";
    public const string OldMediaType = "application/openstack-images-v2.0-json-patch";

    public static Outcome<IReadOnlyList<ImageChange>> Read(JsonElement body, bool old)
    {
        if (body.ValueKind != JsonValueKind.Array || body.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
        {
            return Problem.Bad("Request body must be a JSON array of operation objects.");
        }

        var changes = new List<ImageChange>();
        foreach (var item in body.EnumerateArray())
        {
            if (!ReadOne(item, old).Succeeded(out var change, out var problem))
            {
                return problem;
            }

            changes.Add(change);
        }

        return changes;
    }

    public static ImageValue ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => new ImageValue.Nothing(),
        JsonValueKind.String => new ImageValue.Text(value.GetString()!),
        JsonValueKind.True or JsonValueKind.False => new ImageValue.Flag(value.GetBoolean()),
        JsonValueKind.Number when value.TryGetInt64(out var number) => new ImageValue.Number(number),
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => new ImageValue.Texts([.. value.EnumerateArray().Select(item => item.GetString()!)]),
        _ => new ImageValue.Other(),
    };

    private static Outcome<ImageChange> ReadOne(JsonElement item, bool old)
    {
        var op = old ? item.EnumerateObject().Select(p => p.Name).FirstOrDefault(name => Operation(name) is not null) : TextOf(item, "op");
        if (op is null || Operation(op) is not { } operation)
        {
            return Problem.Bad("Operations must be one of add, replace, remove; move, copy and test are not taken.");
        }

        if (TextOf(item, old ? op : "path") is not { } path)
        {
            return Problem.Bad("Unable to find 'path' in an operation.");
        }

        if (!NameOf(path).Succeeded(out var name, out var problem))
        {
            return problem;
        }

        if (operation == ImageOperation.Remove)
        {
            return new ImageChange(operation, name, null);
        }

        return item.TryGetProperty("value", out var value) ? new ImageChange(operation, name, ValueOf(value)) : Problem.Bad($"Operation \"{op}\" requires a member named \"value\".");
    }

    private static string? TextOf(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static ImageOperation? Operation(string op) => op switch
    {
        "add" => ImageOperation.Add,
        "replace" => ImageOperation.Replace,
        "remove" => ImageOperation.Remove,
        _ => null,
    };

    /// <summary>A JSON pointer (RFC 6901) of one step.</summary>
    private static Outcome<string> NameOf(string path)
    {
        if (path.Length < 2 || path[0] != '/')
        {
            return Problem.Bad($"Pointer `{path}` does not start with \"/\" and a name.");
        }

        var step = path[1..];
        if (step.Contains('/', StringComparison.Ordinal))
        {
            return step.StartsWith("locations/", StringComparison.Ordinal) ? "locations" : Problem.Bad($"Pointer `{path}` names something inside of an attribute: give the whole attribute.");
        }

        var plain = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        return step.Replace("~1", "", StringComparison.Ordinal).Replace("~0", "", StringComparison.Ordinal).Contains('~', StringComparison.Ordinal)
            ? Problem.Bad($"Pointer `{path}` contains \"~\" not part of a recognized escape sequence.")
            : plain;
    }
}
