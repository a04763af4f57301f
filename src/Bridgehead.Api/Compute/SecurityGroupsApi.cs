using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>os-security-groups and os-security-group-rules.</summary>
internal static class SecurityGroupsApi
{
    private const string Groups = "/compute/v2.1/os-security-groups";
    private const string Rules = "/compute/v2.1/os-security-group-rules";
    private const int Last = Microversions.LastProxy;

    private const string GroupBody = """{"security_group":{"name":"g","description":"d"}}""";

    public static void Map(Routes routes) => routes
        .Map("GET", Groups, Access.User, ListAsync, Last)
        .Doc("Lists the project's security groups with their rules.", query: ["limit", "offset", "all_tenants"])
        .Map("POST", Groups, Access.User, (call, body) => SaveAsync(call, body, (name, description) => call.Services.SecurityGroups.CreateAsync(call.Caller, name, description, call.Cancel)), Last)
        .Doc("Makes a security group.", example: GroupBody)
        .Map("GET", $"{Groups}/{{id}}", Access.User, ShowAsync, Last)
        .Doc("Shows a security group.")
        .Map("PUT", $"{Groups}/{{id}}", Access.User, (call, body) => WithIdAsync(call, id =>
            SaveAsync(call, body, (name, description) => call.Services.SecurityGroups.UpdateAsync(call.Caller, id, name, description, call.Cancel))), Last)
        .Doc("Changes a security group's name and description.", example: GroupBody)
        .Map("DELETE", $"{Groups}/{{id}}", Access.User, call => WithIdAsync(call, async id =>
            await call.DoneAsync(await call.Services.SecurityGroups.DeleteAsync(call.Caller, id, call.Cancel), 202)), Last)
        .Doc("Deletes a security group that no server is in, and the rules that name it.", status: 202)
        .Map("POST", Rules, Access.User, AddRuleAsync, Last)
        .Doc("Adds a rule: what it names may come in.", example: """{"security_group_rule":{"parent_group_id":GROUP,"ip_protocol":"tcp","from_port":1,"to_port":2,"cidr":"0.0.0.0/0","group_id":null}}""")
        .Map("DELETE", $"{Rules}/{{id}}", Access.User, call => WithIdAsync(call, async id =>
            await call.DoneAsync(await call.Services.SecurityGroups.DeleteRuleAsync(call.Caller, id, call.Cancel), 202)), Last)
        .Doc("Removes a rule.", status: 202);

    public static Task OfServerAsync(ApiCall call) => ServersApi.WithAsync(call, async details => await AnswerListAsync(call, details.Groups));

    private static async Task ListAsync(ApiCall call)
    {
        if (!Paging.Limit(call, int.MaxValue).Succeeded(out var limit, out var problem) || !Paging.Offset(call).Succeeded(out var offset, out problem))
        {
            await call.RefuseAsync(problem!);
            return;
        }

        var project = call.Caller.ProjectId;
        var all = call.Caller.IsAdmin && call.Query("all_tenants") is "1" or "True" or "true";
        if (await call.Services.Store.ReadAsync(s => s.SecurityGroups.FindAsync(project, SecurityGroup.DefaultName, call.Cancel), call.Cancel) is null)
        {
            await call.Services.Store.WriteAsync<Done>(
                async s =>
                {
                    await SecurityGroupActions.EnsureDefaultAsync(s, project, call.Cancel);
                    return default(Done);
                },
                call.Cancel);
        }

        await AnswerListAsync(call, await call.Services.Store.ReadAsync(s => s.SecurityGroups.PageAsync(all ? null : project, offset, limit, call.Cancel), call.Cancel));
    }

    private static async Task AnswerListAsync(ApiCall call, IReadOnlyList<SecurityGroup> groups)
    {
        var sources = await SourcesAsync(call, groups);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("security_groups");
            foreach (var group in groups)
            {
                w.WriteStartObject();
                Write(w, group, sources);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static Task ShowAsync(ApiCall call) => WithIdAsync(call, async id =>
    {
        var group = await call.Services.Store.ReadAsync(s => s.SecurityGroups.FindAsync(id, call.Cancel), call.Cancel);
        await (group is not null && (group.ProjectId == call.Caller.ProjectId || call.Caller.IsAdmin)
            ? AnswerAsync(call, group)
            : Errors.WriteAsync(call, 404, $"Security group {id} not found."));
    });

    private static async Task AnswerAsync(ApiCall call, SecurityGroup group)
    {
        var sources = await SourcesAsync(call, [group]);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("security_group");
            Write(w, group, sources);
            w.WriteEndObject();
        });
    }

    private static async Task SaveAsync(ApiCall call, JsonBody body, Func<string, string, Task<Outcome<SecurityGroup>>> save)
    {
        var g = body.Object("security_group");
        var (name, description) = (g.Text("name"), g.Text("description"));
        if (body.Wrong is { } wrong || !(await save(name, description)).Succeeded(out var group, out wrong))
        {
            await call.RefuseAsync(wrong!);
            return;
        }

        await AnswerAsync(call, group);
    }

    private static async Task AddRuleAsync(ApiCall call, JsonBody body)
    {
        var r = body.Object("security_group_rule");
        long Number(string? text, string name)
        {
            if (long.TryParse(text, out var number))
            {
                return number;
            }

            r.Note($"Invalid {name}: it must be the number of a security group.");
            return 0;
        }

        var parent = Number(r.TryId("parent_group_id"), "parent_group_id");
        var source = r.TryId("group_id") is { Length: > 0 } text ? Number(text, "group_id") : (long?)null;
        var protocol = r.TryText("ip_protocol") is { Length: > 0 } given ? given : null;
        var request = new RuleRequest(parent, protocol, r.TryInt("from_port"), r.TryInt("to_port"), r.TryText("cidr") is { Length: > 0 } cidr ? cidr : null, source);
        if (body.Wrong is { } wrong || !(await call.Services.SecurityGroups.AddRuleAsync(call.Caller, request, call.Cancel)).Succeeded(out var rule, out wrong))
        {
            await call.RefuseAsync(wrong!);
            return;
        }

        var named = source is null ? null : await call.Services.Store.ReadAsync(s => s.SecurityGroups.FindAsync(source.Value, call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("security_group_rule");
            Write(w, rule, named);
            w.WriteEndObject();
        });
    }

    private static Task WithIdAsync(ApiCall call, Func<long, Task> work) =>
        long.TryParse(call.Segment("id"), out var id) ? work(id) : Errors.WriteAsync(call, 400, "Security group id should be integer");

    private static Task<GroupRules> SourcesAsync(ApiCall call, IReadOnlyList<SecurityGroup> groups) => call.Services.Store.ReadAsync(
        async s =>
        {
            var rules = await s.SecurityGroups.RulesOfAsync([.. groups.Select(g => g.Id)], call.Cancel);
            var names = await s.SecurityGroups.WithIdsAsync([.. rules.Select(r => r.SourceGroupId).OfType<long>().Distinct()], call.Cancel);
            return new GroupRules(rules.ToLookup(r => r.ParentGroupId), names.ToDictionary(g => g.Id));
        },
        call.Cancel);

    private static void Write(Utf8JsonWriter w, SecurityGroup group, GroupRules rules)
    {
        w.WriteNumber("id", group.Id);
        w.WriteString("name", group.Name);
        w.WriteString("description", group.Description);
        w.WriteString("tenant_id", group.ProjectId);
        w.WriteStartArray("rules");
        foreach (var rule in rules.Rules[group.Id])
        {
            w.WriteStartObject();
            Write(w, rule, rule.SourceGroupId is { } source ? rules.Names.GetValueOrDefault(source) : null);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter w, SecurityGroupRule rule, SecurityGroup? source)
    {
        w.WriteNumber("id", rule.Id);
        w.WriteNumber("parent_group_id", rule.ParentGroupId);
        w.WriteString("ip_protocol", rule.ProtocolText);
        Number(w, "from_port", rule.FromPort);
        Number(w, "to_port", rule.ToPort);
        w.WriteStartObject("ip_range");
        if (rule.CidrText is { } cidr)
        {
            w.WriteString("cidr", cidr);
        }

        w.WriteEndObject();
        w.WriteStartObject("group");
        if (source is not null)
        {
            w.WriteString("name", source.Name);
            w.WriteString("tenant_id", source.ProjectId);
        }

        w.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter w, string name, int? value)
    {
        if (value is { } number)
        {
            w.WriteNumber(name, number);
        }
        else
        {
            w.WriteNull(name);
        }
    }

    private sealed record GroupRules(ILookup<long, SecurityGroupRule> Rules, Dictionary<long, SecurityGroup> Names);
}
