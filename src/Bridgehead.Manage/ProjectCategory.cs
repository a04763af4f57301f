using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Manage;

/// <summary><c>nova-manage project</c>, also called <c>account</c>.</summary>
internal static class ProjectCategory
{
    private static readonly int[] Widths = [36, 10, 10, 10];
    private static readonly Parameter Project = new("project", "the project, by id or name") { Required = true, Aliases = ["--project_id"] };

    public static ManageCategory Category { get; } = new("project", "projects",
    [
        new ManageAction(
            "quota", "show a project's limits, or set one",
            [Project, new Parameter("user", "not there: limits are per project"), new Parameter("key", "the limit, such as floating_ips"), new Parameter("value", "a number, or unlimited")], QuotaAsync),
        new ManageAction("scrub", "take a project's networks and unused security groups away", [Project], ScrubAsync),
    ])
    { Alias = "account" };

    private static async Task<int> QuotaAsync(ManageCall call)
    {
        if (call.Has("user"))
        {
            return call.Refuse("Limits are per project: leave out --user.", 2);
        }

        if (!(await call.ProjectAsync("project")).Succeeded(out var project, out var problem))
        {
            return call.Refuse(problem.Message);
        }

        if (call["key"] is { } key)
        {
            if (!QuotaLimits.Defaults(call.Settings).ContainsKey(key) || !Limit(call["value"]).Succeeded(out var limit, out problem))
            {
                return call.Refuse($"{key} {call["value"]} is not a limit: give a key from the list and a number of at least -1, or unlimited.", 2);
            }

            await (await call.StoreAsync()).WriteAsync(
                async s =>
                {
                    await s.Quotas.SetAsync(project!, key, limit, call.Cancel);
                    return default(Done);
                },
                call.Cancel);
        }

        await PrintAsync(call, project!);
        return 0;
    }

    private static Outcome<int> Limit(string? text) =>
        text == "unlimited" ? -1 : int.TryParse(text, out var number) && number >= -1 ? number : Problem.Bad("not a limit");

    private static async Task PrintAsync(ManageCall call, string project)
    {
        var (limits, used) = await call.ReadAsync(async s => (await QuotaLimits.OfAsync(s, call.Settings, project, call.Cancel), await UsageAsync(s, project, call.Cancel)));
        await call.Output.WriteLineAsync(Layout.Blanks(Widths, "Quota", "Limit", "In Use", "Reserved"));
        foreach (var (name, limit) in limits)
        {
            await call.Output.WriteLineAsync(Layout.Blanks(Widths, name, limit < 0 ? "unlimited" : limit, used.GetValueOrDefault(name), 0));
        }
    }

    private static async Task<Dictionary<string, long>> UsageAsync(Store.Session session, string project, CancellationToken cancel)
    {
        var (instances, cores, ram) = await session.Instances.UsageAsync(project, cancel);
        return new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["instances"] = instances,
            ["cores"] = cores,
            ["ram"] = ram,
            ["fixed_ips"] = await session.FixedIps.CountOfProjectAsync(project, cancel),
            ["floating_ips"] = await session.FloatingIps.CountOfProjectAsync(project, cancel),
            ["security_groups"] = await session.SecurityGroups.CountAsync(project, cancel),
        };
    }

    /// <summary>Groups that instances are in stay; so does the default group, which every project has.</summary>
    private static async Task<int> ScrubAsync(ManageCall call)
    {
        if (!(await call.ProjectAsync("project")).Succeeded(out var project, out var problem))
        {
            return call.Refuse(problem.Message);
        }

        var (networks, groups) = await call.ReadAsync(async s => (await s.Networks.ForProjectAsync(project!, call.Cancel), await s.SecurityGroups.ListAsync(project, call.Cancel)));
        var store = await call.StoreAsync();
        var code = 0;
        foreach (var network in networks.Where(n => n.ProjectId is not null))
        {
            code = Math.Max(code, call.End(await new NetworkActions(store).SetProjectAsync(network.Uuid, null, call.Cancel)));
        }

        foreach (var group in groups.Where(g => g.Name != SecurityGroup.DefaultName))
        {
            var deleted = await new SecurityGroupActions(store, call.Settings).DeleteAsync(Caller.Operator, group.Id, call.Cancel);
            code = Math.Max(code, deleted.Problem is { } wrong ? call.Refuse($"group {group.Name}: {wrong.Message}.") : 0);
        }

        return code;
    }
}
