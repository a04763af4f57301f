using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bridgehead.Api;

/// <summary>
/// The table of routes as an OpenAPI 3.1 document. Same routes, same bytes. <c>x-openstack-microversions</c> tells which of compute's versions have an operation, <c>x-openstack-role</c> the
/// least role that may call it.
/// </summary>
public static partial class OpenApi
{
    private static readonly string[] Order = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    public static byte[] Document(IReadOnlyList<Route> routes)
    {
        using var memory = new MemoryStream();
        using (var w = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            w.WriteStartObject();
            w.WriteString("openapi", "3.1.0");
            Info(w);
            Tags(w, routes);
            w.WriteStartObject("paths");
            foreach (var path in routes.GroupBy(Shape).OrderBy(path => path.Key, StringComparer.Ordinal))
            {
                Path(w, [.. path.OrderBy(route => Array.IndexOf(Order, route.Method))]);
            }

            w.WriteEndObject();
            OpenApiComponents.Write(w);
            w.WriteEndObject();
        }

        memory.WriteByte((byte)'\n');
        return memory.ToArray();
    }

    /// <summary>Identity, compute, image, or what the API tells of itself.</summary>
    public static string ServiceOf(Route route) => route.Pattern.Split('/')[1] is "identity" or "compute" or "image" ? route.Pattern.Split('/')[1] : "operations";

    /// <summary>The service and the first name behind its version.</summary>
    internal static string TagOf(Route route) =>
        $"{ServiceOf(route)} {route.Pattern.Split('/').Skip(2).FirstOrDefault(part => !part.StartsWith('{') && !Version().IsMatch(part)) ?? "versions"}".Replace("operations versions", "operations", StringComparison.Ordinal);

    /// <summary>Names of the path's parameters, in their order.</summary>
    internal static IReadOnlyList<string> ParametersOf(string pattern) => [.. Parameter().Matches(pattern).Select(match => match.Groups["name"].Value)];

    /// <summary>The path as OpenAPI writes it: no constraints, no stars.</summary>
    internal static string PathOf(string pattern) => Parameter().Replace(pattern, match => $"{{{match.Groups["name"].Value}}}");

    /// <summary>Two paths that differ in their parameters' names are one.</summary>
    private static string Shape(Route route) => Parameter().Replace(route.Pattern, "{}");

    private static void Info(Utf8JsonWriter w)
    {
        w.WriteStartObject("info");
        w.WriteString("title", "Bridgehead");
        w.WriteString("summary", "OpenStack's identity, image and compute APIs, with nova-network");
        w.WriteString("version", $"2.{Microversions.Max}");
        w.WriteEndObject();
        w.WriteStartArray("servers");
        w.WriteStartObject();
        w.WriteString("url", "/");
        w.WriteEndObject();
        w.WriteEndArray();
    }

    private static void Tags(Utf8JsonWriter w, IReadOnlyList<Route> routes)
    {
        w.WriteStartArray("tags");
        foreach (var tag in routes.Select(TagOf).Distinct().Order(StringComparer.Ordinal))
        {
            w.WriteStartObject();
            w.WriteString("name", tag);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void Path(Utf8JsonWriter w, IReadOnlyList<Route> routes)
    {
        var parameters = ParametersOf(routes[0].Pattern);
        w.WriteStartObject(PathOf(routes[0].Pattern));
        if (parameters.Count > 0)
        {
            w.WriteStartArray("parameters");
            foreach (var name in parameters)
            {
                Value(w, name, "path");
            }

            w.WriteEndArray();
        }

        foreach (var route in routes)
        {
            Operation(w, route);
        }

        w.WriteEndObject();
    }

    private static void Operation(Utf8JsonWriter w, Route route)
    {
        var service = ServiceOf(route);
        w.WriteStartObject(route.Method.ToLowerInvariant());
        w.WriteString("operationId", IdOf(route));
        w.WriteStartArray("tags");
        w.WriteStringValue(TagOf(route));
        w.WriteEndArray();
        w.WriteString("summary", route.Summary);
        Limits(w, route, service);
        Parameters(w, route, service);
        OpenApiComponents.Body(w, route, service);
        w.WriteStartObject("responses");
        w.WriteStartObject(route.Status.ToString(CultureInfo.InvariantCulture));
        w.WriteString("description", "Done.");
        w.WriteEndObject();
        OpenApiComponents.Reference(w, "default", $"responses/{OpenApiComponents.ErrorOf(service)}");
        w.WriteEndObject();
        w.WriteEndObject();
    }

    private static string IdOf(Route route) =>
        $"{route.Method.ToLowerInvariant()}_{NoWord().Replace(Parameter().Replace(route.Pattern, match => "by_" + match.Groups["name"].Value), "_").Trim('_')}";

    private static void Limits(Utf8JsonWriter w, Route route, string service)
    {
        if (route.Access == Access.Anyone)
        {
            w.WriteStartArray("security");
            w.WriteEndArray();
        }
        else
        {
            w.WriteString("x-openstack-role", RoleOf(route));
        }

        if (service == "compute")
        {
            w.WriteStartObject("x-openstack-microversions");
            w.WriteString("min", $"2.{route.Since}");
            w.WriteString("max", $"2.{Math.Min(route.Until, Microversions.Max)}");
            w.WriteEndObject();
        }
    }

    /// <summary>The least role that may call it.</summary>
    public static string RoleOf(Route route) => route switch
    {
        { Access: Access.Anyone } => "none",
        { Access: Access.Admin } => "admin",
        { NeedsMember: true } => "member",
        _ => "reader",
    };

    private static void Parameters(Utf8JsonWriter w, Route route, string service)
    {
        if (route.Query.Count == 0 && service != "compute")
        {
            return;
        }

        w.WriteStartArray("parameters");
        foreach (var name in route.Query)
        {
            Value(w, name, "query");
        }

        if (service == "compute")
        {
            w.WriteStartObject();
            w.WriteString("$ref", "#/components/parameters/Microversion");
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void Value(Utf8JsonWriter w, string name, string place)
    {
        w.WriteStartObject();
        w.WriteString("name", name);
        w.WriteString("in", place);
        if (place == "path")
        {
            w.WriteBoolean("required", true);
        }

        w.WriteStartObject("schema");
        w.WriteString("type", "string");
        w.WriteEndObject();
        w.WriteEndObject();
    }

    [GeneratedRegex(@"\{\**(?<name>[A-Za-z_]+)[^}]*\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex("[^A-Za-z0-9]+", RegexOptions.None, 1000)]
    private static partial Regex NoWord();

    [GeneratedRegex(@"^v\d+(\.\d+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Version();
}
