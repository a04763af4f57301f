using System.Text.Json;
using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>Quotas.</summary>
internal static class QuotaCommands
{
    /// <summary>In the order they are shown.</summary>
    private static readonly string[] Resources =
    [
        "instances", "cores", "ram", "floating_ips", "fixed_ips", "metadata_items", "injected_files", "injected_file_content_bytes", "injected_file_path_bytes", "key_pairs",
        "security_groups", "security_group_rules", "server_groups", "server_group_members",
    ];

    private static readonly P Tenant = P.Option("--tenant", "<tenant-id>", "ID of the project. Default: yours.");
    private static readonly P User = P.Option("--user", "<user-id>", "ID of a user in it.");

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("quota-show", "Show the quotas of a project.", [Tenant, User, P.Switch("--detail", "What is used and reserved too.")], ShowAsync),
        new("quota-defaults", "Show the quotas projects begin with.", [Tenant], async call => Print(call, await GetAsync(call, "/defaults"))),
        new("quota-update", "Change the quotas of a project (administrators).",
            [
                User, .. Resources.Select(name => P.Option(Option(name), $"<{name.Replace('_', '-')}>", $"New limit of {name.Replace('_', ' ')}; -1 for none.")),
                P.Switch("--force", "Even below what is used."), P.Argument("tenant-id", "ID of the project."),
            ],
            UpdateAsync),
        new("quota-delete", "Give a project the default quotas again (administrators).", [P.Option("--tenant", "<tenant-id>", "ID of the project."), User], DeleteAsync),
    ];

    private static string Option(string resource) => $"--{resource.Replace('_', '-')}";

    private static async Task<JsonElement> GetAsync(Call call, string part)
    {
        var tenant = call["--tenant"] ?? (await call.Compute.LoginAsync()).ProjectId;
        var user = call.Arguments.Has("--user") ? $"?user_id={Uri.EscapeDataString(call["--user"]!)}" : "";
        return (await call.Compute.GetAsync($"os-quota-sets/{Uri.EscapeDataString(tenant)}{part}{user}")).Member("quota_set");
    }

    private static async Task ShowAsync(Call call) => Print(call, await GetAsync(call, call.Arguments.Has("--detail") ? "/detail" : ""));

    private static async Task UpdateAsync(Call call)
    {
        var limits = Resources.Where(name => call.Arguments.Has(Option(name))).Select(name => (name, Limit: call.Arguments.Int(Option(name))!.Value)).ToList();
        var user = call["--user"] is { } id ? $"?user_id={Uri.EscapeDataString(id)}" : "";
        await call.Compute.PutAsync($"os-quota-sets/{Uri.EscapeDataString(call.Required("tenant-id"))}{user}", w => w.Object("quota_set", () =>
        {
            limits.ForEach(limit => w.WriteNumber(limit.name, limit.Limit));
            if (call.Arguments.Has("--force"))
            {
                w.WriteBoolean("force", true);
            }
        }));
    }

    private static Task DeleteAsync(Call call)
    {
        var tenant = call["--tenant"] ?? throw new CommandException("Give --tenant.");
        return call.Compute.DeleteAsync($"os-quota-sets/{Uri.EscapeDataString(tenant)}{(call["--user"] is { } id ? $"?user_id={Uri.EscapeDataString(id)}" : "")}");
    }

    private static void Print(Call call, JsonElement quotas)
    {
        var table = new Table("Quota", "Limit") { SortedBy = null };
        foreach (var name in Resources.Where(name => quotas.Member(name).ValueKind != JsonValueKind.Undefined))
        {
            table.Add(name, Cell.Of(quotas.Member(name)));
        }

        call.Terminal.Print(table);
    }
}
