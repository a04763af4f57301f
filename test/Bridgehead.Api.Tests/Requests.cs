using System.Text.Json;

namespace Bridgehead.Api.Tests;

/// <summary>A request that is right as it stands: what the laws bend.</summary>
public sealed record Template(Route Route, string Path, string? Body)
{
    /// <summary>The least microversion that has it.</summary>
    public string? Version => Route.Pattern.StartsWith("/compute", StringComparison.Ordinal) ? $"2.{Route.Since}" : null;
}

/// <summary>Makes a request from every route of the table: the ids in paths are those of things that are there.</summary>
public sealed class Requests(InhabitedCloud cloud)
{
    /// <summary>In place of a thing that is not there.</summary>
    public const string Nothing = "nothing";

    private readonly Dictionary<string, string> _found = new(StringComparer.Ordinal);

    public async Task<List<Template>> AllAsync()
    {
        var all = new List<Template>();
        foreach (var route in cloud.Server.Routes)
        {
            all.Add(new Template(route, await PathAsync(route), route.Example is null ? null : cloud.Things.Fill(route.Example)));
        }

        return all;
    }

    private async Task<string> PathAsync(Route route)
    {
        var path = "";
        var names = route.Pattern.Split('/');
        for (var at = 1; at < names.Length; at++)
        {
            path += "/" + (names[at].StartsWith('{') ? KeyIn(route, names[at]) ?? await ThingAsync(path, names[at]) : names[at]);
        }

        return path;
    }

    /// <summary>A key in the path and that in the body are one: <c>{"meta":{KEY: …}}</c>.</summary>
    private static string? KeyIn(Route route, string parameter)
    {
        if (parameter != "{key}" || route.Example is null)
        {
            return null;
        }

        using var document = JsonDocument.Parse(Placeholders.Sample.Fill(route.Example));
        var inner = document.RootElement.EnumerateObject().First().Value;
        return inner.ValueKind == JsonValueKind.Object ? inner.EnumerateObject().First().Name : document.RootElement.EnumerateObject().First().Name;
    }

    /// <summary>The id of something in the collection, as its list names it. The administrator's own user, project and role are left alone.</summary>
    private async Task<string> ThingAsync(string collection, string parameter)
    {
        if (Known(collection, parameter) is { } known)
        {
            return known;
        }

        if (!_found.TryGetValue(collection, out var id))
        {
            var list = await cloud.GetAsync(collection);
            _found[collection] = id = list.Code == 200 ? IdIn(list.Text) : Nothing;
        }

        return id;
    }

    private string? Known(string collection, string parameter) => collection switch
    {
        "/compute/v2.1/servers" => $"{cloud.Owned}",
        "/compute/v2.1/os-networks" or "/compute/v2.1/os-tenant-networks" => cloud.Network,
        "/compute/v2.1/os-security-groups" => $"{cloud.Group}",
        "/compute/v2.1/os-security-group-rules" => $"{cloud.Rule}",
        "/compute/v2.1/images" or "/image/v2/images" => cloud.Image,
        "/compute/v2.1/os-fixed-ips" => "10.7.0.44",
        "/compute/v2.1/os-agents" => "9",
        _ => parameter == "{key}" ? "a" : null,
    };

    private static string IdIn(string text)
    {
        using var document = JsonDocument.Parse(text);
        foreach (var list in document.RootElement.EnumerateObject().Select(property => property.Value).Where(value => value.ValueKind == JsonValueKind.Array))
        {
            var ids = list.EnumerateArray().Select(Id).OfType<string>().ToList();
            return ids.LastOrDefault(id => id is not ("admin" or "member" or "reader" or "default")) ?? Nothing;
        }

        return Nothing;
    }

    private static string? Id(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object || (item.TryGetProperty("name", out var own) && own.ValueKind == JsonValueKind.String && own.GetString() is "admin" or "Default"))
        {
            return null;
        }

        foreach (var name in new[] { "id", "name", "address", "host_name", "domain" })
        {
            if (item.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            {
                return value.ToString();
            }
        }

        return item.EnumerateObject().Select(property => property.Value).Where(value => value.ValueKind == JsonValueKind.Object).Select(Id).FirstOrDefault();
    }
}
