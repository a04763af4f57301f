using System.Text.Json;

namespace Bridgehead.Cli;

/// <summary>availability-zone-list.</summary>
internal static class AvailabilityZoneCommand
{
    public static readonly IReadOnlyList<Verb> Verbs = [new("availability-zone-list", "List availability zones.", [], RunAsync)];

    /// <summary>Administrators see hosts and services as a tree; others are refused the detail and shown the zones.</summary>
    private static async Task RunAsync(Call call)
    {
        JsonElement answer;
        try
        {
            answer = await call.Compute.GetAsync("os-availability-zone/detail");
        }
        catch (ApiException refused) when (refused.Status == 403)
        {
            answer = await call.Compute.GetAsync("os-availability-zone");
        }

        var table = new Table("Name", "Status") { SortedBy = null };
        foreach (var zone in answer.Items("availabilityZoneInfo"))
        {
            table.Add(zone.Text("zoneName") ?? "", zone.Member("zoneState").Member("available").ValueKind == JsonValueKind.True ? "available" : "not available");
            AddHosts(table, zone.Member("hosts"));
        }

        call.Terminal.Print(table);
    }

    private static void AddHosts(Table table, JsonElement hosts)
    {
        foreach (var host in hosts.Members().OrderBy(host => host.Name, StringComparer.Ordinal))
        {
            table.Add($"|- {host.Name}", "");
            foreach (var service in host.Value.Members().OrderBy(service => service.Name, StringComparer.Ordinal))
            {
                table.Add($"| |- {service.Name}", State(service.Value));
            }
        }
    }

    private static string State(JsonElement service)
    {
        var active = service.Member("active").ValueKind == JsonValueKind.True ? "enabled" : "disabled";
        var mark = service.Member("available").ValueKind == JsonValueKind.True ? ":-)" : "XXX";
        return $"{active} {mark} {service.Text("updated_at")}".TrimEnd();
    }
}
