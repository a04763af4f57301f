using Bridgehead.Control;

namespace Bridgehead.Api;

/// <summary>limits: what a project may have and what it has.</summary>
internal static class LimitsApi
{
    private const int NoImageMeta = 39;

    public static void Map(Routes routes) => routes
        .Map("GET", "/compute/v2.1/limits", Access.User, ShowAsync)
        .Doc("Shows the limits of a project and what is used of them.", query: ["tenant_id", "reserved"]);

    private static async Task ShowAsync(ApiCall call)
    {
        var project = call.Query("tenant_id") ?? call.Caller.ProjectId;
        if (project != call.Caller.ProjectId && !call.Caller.IsAdmin)
        {
            await Errors.WriteAsync(call, 403, "Policy doesn't allow the limits of another project: they are for administrators.");
            return;
        }

        var (limits, used) = await call.Services.Store.ReadAsync(
            async s => (await call.Services.Quotas.LimitsAsync(s, (project, null), call.Cancel), await QuotaActions.UsedAsync(s, (project, null), call.Cancel)), call.Cancel);
        var absolute = Absolute(limits, used, call.Microversion);
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

    /// <summary>Names came and went with microversions.</summary>
    private static Dictionary<string, long> Absolute(IReadOnlyDictionary<string, int> limits, IReadOnlyDictionary<string, long> used, int microversion)
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
            ["totalInstancesUsed"] = used["instances"],
            ["totalCoresUsed"] = used["cores"],
            ["totalRAMUsed"] = used["ram"],
            ["totalServerGroupsUsed"] = used["server_groups"],
        };
        if (microversion <= Microversions.LastProxy)
        {
            absolute["maxSecurityGroups"] = limits["security_groups"];
            absolute["maxSecurityGroupRules"] = limits["security_group_rules"];
            absolute["maxTotalFloatingIps"] = limits["floating_ips"];
            absolute["totalSecurityGroupsUsed"] = used["security_groups"];
            absolute["totalFloatingIpsUsed"] = used["floating_ips"];
        }

        if (microversion < NoImageMeta)
        {
            absolute["maxImageMeta"] = limits["metadata_items"];
        }

        return absolute;
    }
}
