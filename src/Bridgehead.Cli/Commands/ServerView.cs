using System.Text.Json;

namespace Bridgehead.Cli;

/// <summary>Servers as tables.</summary>
internal static class ServerView
{
    private static readonly string[] Replaced = ["addresses", "image", "flavor", "links", "security_groups", "OS-EXT-SRV-ATTR:user_data"];
    private static readonly string[] PowerStates = ["NOSTATE", "Running", "", "Paused", "Shutdown", "", "Crashed", "Suspended"];

    /// <summary>The Property and Value table of show and boot; image and flavor are named, both asked for at once.</summary>
    public static async Task PrintAsync(Call call, JsonElement server, IEnumerable<(string Name, Cell Value)>? more = null, bool minimal = false)
    {
        var (image, flavor) = (ImageAsync(call, server.Member("image"), minimal), FlavorAsync(call, server.Member("flavor"), minimal));
        var properties = server.Members().Where(m => !Replaced.Contains(m.Name, StringComparer.Ordinal)).Select(m => (m.Name, Cell.Of(m.Value))).ToList();
        properties.AddRange(server.Member("addresses").Members().Select(network => ($"{network.Name} network", new Cell(Addresses(network.Value)))));
        if (server.Member("security_groups").ValueKind == JsonValueKind.Array)
        {
            properties.Add(("security_groups", string.Join(", ", server.Items("security_groups").Select(group => group.Text("name")))));
        }

        properties.Add(("flavor", await flavor));
        properties.Add(("image", await image));
        var added = more?.ToList() ?? [];
        properties.RemoveAll(property => added.Exists(other => other.Name == property.Name));
        call.Terminal.Properties(properties.Concat(added));
    }

    /// <summary>Addresses by network: <c>label=a, b; other=c</c>.</summary>
    public static Cell Networks(JsonElement server) => string.Join(
        "; ",
        server.Member("addresses").Members().OrderBy(network => network.Name, StringComparer.Ordinal).Select(network => $"{network.Name}={Addresses(network.Value)}"));

    public static Cell PowerState(JsonElement server) =>
        server.Int("OS-EXT-STS:power_state") is { } state ? (uint)state < PowerStates.Length ? PowerStates[state] : "N/A" : "N/A";

    private static string Addresses(JsonElement list) => list.ValueKind == JsonValueKind.Array ? string.Join(", ", list.EnumerateArray().Select(a => a.Text("addr"))) : "";

    private static async Task<string> ImageAsync(Call call, JsonElement image, bool minimal)
    {
        if (image.Text("id") is not { } id)
        {
            return "Attempt to boot from volume - no image supplied";
        }

        return minimal ? id : await call.Lookup.TryAsync($"images/{Uri.EscapeDataString(id)}") is { } found ? $"{found.Member("image").Text("name")} ({id})" : $"Image not found ({id})";
    }

    private static async Task<string> FlavorAsync(Call call, JsonElement flavor, bool minimal)
    {
        if (flavor.Text("id") is not { } id)
        {
            return flavor.Text("original_name") ?? "";
        }

        return minimal ? id : await call.Lookup.TryAsync($"flavors/{Uri.EscapeDataString(id)}") is { } found ? $"{found.Member("flavor").Text("name")} ({id})" : $"Flavor not found ({id})";
    }
}
