using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Limits and quotas of projects.</summary>
internal static class QuotasApi
{
    private const string V = "/compute/v2.1";
    private static readonly string[] Network = ["fixed_ips", "floating_ips", "security_groups", "security_group_rules"];

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/limits", Access.User, LimitsAsync)
        .Map("GET", $"{V}/os-quota-sets/{{project}}", Access.User, call => ShowAsync(call, defaults: false))
        .Map("GET", $"{V}/os-quota-sets/{{project}}/defaults", Access.User, call => ShowAsync(call, defaults: true))
        .Map("PUT", $"{V}/os-quota-sets/{{project}}", Access.Admin, SetAsync)
        .Map("DELETE", $"{V}/os-quota-sets/{{project}}", Access.Admin, ClearAsync);

    public static async Task LimitsAsync(ApiCall call)
    {
        var project = call.Caller.IsAdmin ? call.Query("tenant_id") ?? call.Caller.ProjectId : call.Caller.ProjectId;
        var (limits, use, groups, floating) = await call.Services.Store.ReadAsync(
            async s => (await QuotaLimits.OfAsync(s, call.Services.Settings, project, call.Cancel), await s.Instances.UsageAsync(project, call.Cancel),
                await s.SecurityGroups.CountAsync(project, call.Cancel), await s.FloatingIps.CountOfProjectAsync(project, call.Cancel)),
            call.Cancel);
        var absolute = Absolute(limits, use, groups, floating, call.Microversion);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("limits");
            w.WriteStartArray("rate");
            w.WriteEndArray();
            w.WriteStartObject("absolute");
            foreach (var (name, value) in absolute)
            {
                w.WriteNumber(name, value);
            }

            w.WriteEndObject();
            w.WriteEndObject();
        });
    }

    /// <summary>Names come and went with microversions.</summary>
    private static Dictionary<string, long> Absolute(
        IReadOnlyDictionary<string, int> limits, (long Instances, long Cores, long Ram) use, long groups, long floating, int microversion)
    {
        var absolute = new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["maxServerMeta"] = limits["metadata_items"],
            ["maxPersonality"] = limits["injected_files"],
            ["maxPersonalitySize"] = limits["injected_file_content_bytes"],
            ["maxTotalInstances"] = limits["instances"],
            ["maxTotalCores"] = limits["cores"],
            ["maxTotalRAMSize"] = limits["ram"],
            ["maxTotalKeypairs"] = limits["key_pairs"],
            ["maxServerGroups"] = limits["server_groups"],
            ["maxServerGroupMembers"] = limits["server_group_members"],
            ["totalInstancesUsed"] = use.Instances,
            ["totalCoresUsed"] = use.Cores,
            ["totalRAMUsed"] = use.Ram,
            ["totalServerGroupsUsed"] = 0,
        };
        if (microversion <= Microversions.LastProxy)
        {
            absolute["maxSecurityGroups"] = limits["security_groups"];
            absolute["maxSecurityGroupRules"] = limits["security_group_rules"];
            absolute["maxTotalFloatingIps"] = limits["floating_ips"];
            absolute["totalSecurityGroupsUsed"] = groups;
            absolute["totalFloatingIpsUsed"] = floating;
        }

        if (microversion < 39)
        {
            absolute["maxImageMeta"] = limits["metadata_items"];
        }

        return absolute;
    }

    public static async Task ShowAsync(ApiCall call, bool defaults)
    {
        var project = call.Segment("project");
        if (project != call.Caller.ProjectId && !call.Caller.IsAdmin)
        {
            await Errors.WriteAsync(call, 403, "Policy doesn't allow os_compute_api:os-quota-sets:show to be performed.");
            return;
        }

        var limits = defaults
            ? QuotaLimits.Defaults(call.Services.Settings)
            : await call.Services.Store.ReadAsync(s => QuotaLimits.OfAsync(s, call.Services.Settings, project, call.Cancel), call.Cancel);
        await AnswerAsync(call, limits, project);
    }

    public static async Task SetAsync(ApiCall call, JsonBody body)
    {
        var set = body.Object("quota_set");
        var known = QuotaLimits.Defaults(call.Services.Settings);
        set.Only([.. known.Keys, "force"]);
        var limits = set.Keys.Where(known.ContainsKey).Select(key => (key, Limit: set.TryInt(key))).ToList();
        if (limits.Exists(l => l.Limit is < -1))
        {
            set.Note("Quota limit must be -1 or greater.");
        }

        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var project = call.Segment("project");
        var now = await call.Services.Store.WriteAsync(
            async s =>
            {
                foreach (var (key, limit) in limits.Where(l => l.Limit is not null))
                {
                    await s.Quotas.SetAsync(project, key, limit!.Value, call.Cancel);
                }

                return await QuotaLimits.OfAsync(s, call.Services.Settings, project, call.Cancel);
            },
            call.Cancel);
        await AnswerAsync(call, now, null);
    }

    public static async Task ClearAsync(ApiCall call)
    {
        await call.Services.Store.WriteAsync(
            async s =>
            {
                await s.Quotas.ClearAsync(call.Segment("project"), call.Cancel);
                return default(Done);
            },
            call.Cancel);
        await call.AnswerAsync(202);
    }

    private static Task AnswerAsync(ApiCall call, IReadOnlyDictionary<string, int> limits, string? id) => call.AnswerAsync(200, w =>
    {
        w.WriteStartObject("quota_set");
        if (id is not null)
        {
            w.WriteString("id", id);
        }

        foreach (var (name, limit) in limits.Where(l => call.Microversion <= Microversions.LastProxy || !Network.Contains(l.Key)))
        {
            w.WriteNumber(name, limit);
        }

        w.WriteEndObject();
    });
}
