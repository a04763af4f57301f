using System.Text.Json;

namespace Bridgehead.Cli;

/// <summary>Finds things by id or name. What was found once is not asked for again in the same run.</summary>
internal sealed class Lookup(ComputeClient compute)
{
    private List<JsonElement>? _flavors;

    public async Task<JsonElement> ServerAsync(string nameOrId, bool allTenants = false)
    {
        if (Guid.TryParse(nameOrId, out _) && await TryAsync($"servers/{nameOrId}") is { } answer)
        {
            return answer.Member("server");
        }

        var all = allTenants ? "all_tenants=1&" : "";
        var named = await compute.GetAsync($"servers/detail?{all}name={Uri.EscapeDataString($"^{Escaped(nameOrId)}$")}");
        return One("server", nameOrId, named.Items("servers"));
    }

    public async Task<string> ServerIdAsync(string nameOrId) => (await ServerAsync(nameOrId)).Id();

    public async Task<JsonElement> FlavorAsync(string nameOrId)
    {
        _flavors ??= [.. (await compute.GetAsync("flavors/detail?is_public=None")).Items("flavors")];
        if (_flavors.Find(flavor => flavor.Text("id") == nameOrId) is { ValueKind: JsonValueKind.Object } byId)
        {
            return byId;
        }

        // Beyond the first page, or gone from the list but still there for servers that were made with it.
        return !_flavors.Exists(flavor => flavor.Text("name") == nameOrId) && await TryAsync($"flavors/{Uri.EscapeDataString(nameOrId)}") is { } answer
            ? answer.Member("flavor")
            : One("flavor", nameOrId, _flavors);
    }

    public async Task<JsonElement> ImageAsync(string nameOrId)
    {
        if (Guid.TryParse(nameOrId, out _) && await TryAsync($"images/{nameOrId}") is { } answer)
        {
            return answer.Member("image");
        }

        return One("image", nameOrId, (await compute.GetAsync($"images/detail?name={Uri.EscapeDataString(nameOrId)}")).Items("images"));
    }

    public async Task<JsonElement> NetworkAsync(string labelOrId, string resource = "os-networks")
    {
        if (Guid.TryParse(labelOrId, out _) && await TryAsync($"{resource}/{labelOrId}") is { } answer)
        {
            return answer.Member("network");
        }

        return One("network", labelOrId, (await compute.GetAsync(resource)).Items("networks"), "label");
    }

    public async Task<JsonElement> SecurityGroupAsync(string nameOrId)
    {
        var groups = (await compute.GetAsync("os-security-groups")).Items("security_groups").Where(g => g.Text("id") == nameOrId || g.Text("name") == nameOrId).ToList();
        return groups.Find(g => g.Text("id") == nameOrId) is { ValueKind: JsonValueKind.Object } byId ? byId : groups switch
        {
            [] => throw new CommandException($"Secgroup ID or name '{nameOrId}' not found."),
            [var group] => group,
            _ => throw new CommandException($"Multiple security group matches found for name '{nameOrId}', use an ID to be more specific.", "NoUniqueMatch"),
        };
    }

    public async Task<JsonElement> HypervisorAsync(string nameOrId)
    {
        var all = (await compute.GetAsync("os-hypervisors/detail")).Items("hypervisors").ToList();
        return all.Find(h => h.Text("id") == nameOrId) is { ValueKind: JsonValueKind.Object } byId ? byId : One("hypervisor", nameOrId, all, "hypervisor_hostname");
    }

    /// <summary>Null when there is no such thing.</summary>
    public async Task<JsonElement?> TryAsync(string path)
    {
        try
        {
            return await compute.GetAsync(path);
        }
        catch (ApiException refused) when (refused.Status == 404)
        {
            return null;
        }
    }

    private static JsonElement One(string kind, string nameOrId, IEnumerable<JsonElement> items, string named = "name") =>
        items.Where(item => item.Text(named) == nameOrId).Take(2).ToList() switch
        {
            [] => throw new CommandException($"No {kind} with a name or ID of '{nameOrId}' exists."),
            [var item] => item,
            _ => throw new CommandException($"Multiple {kind} matches found for '{nameOrId}', use an ID to be more specific."),
        };

    /// <summary>The server takes a name for a pattern.</summary>
    private static string Escaped(string name) => string.Concat(name.Select(c => "\\.^$*+?()[]{}|".Contains(c, StringComparison.Ordinal) ? $"\\{c}" : $"{c}"));
}
