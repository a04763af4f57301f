using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>os-server-groups: servers that are wanted together, or apart.</summary>
internal static class ServerGroupsApi
{
    private const string Base = "/compute/v2.1/os-server-groups";
    private const int Owners = 13;
    private const int SoftPolicies = 15;

    public static void Map(Routes routes) => routes
        .Map("GET", Base, Access.User, ListAsync)
        .Doc("Lists server groups.", query: ["all_projects", "limit", "offset"])
        .Map("POST", Base, Access.User, CreateAsync)
        .Doc("Makes a server group, which servers join at boot by the hint group.", example: """{"server_group":{"name":"apart","policies":["anti-affinity"]}}""")
        .Map("GET", $"{Base}/{{id}}", Access.User, ShowAsync)
        .Doc("Shows a server group.")
        .Map("DELETE", $"{Base}/{{id}}", Access.User, async call => await call.DoneAsync(await call.Services.ServerGroups.DeleteAsync(call.Caller, ServersApi.Id(call), call.Cancel), 204))
        .Doc("Deletes a server group; its servers stay.", status: 204);

    private static async Task ListAsync(ApiCall call)
    {
        if (!Paging.Limit(call).Succeeded(out var limit, out var problem) || !Paging.Offset(call).Succeeded(out var offset, out problem))
        {
            await call.RefuseAsync(problem!);
            return;
        }

        var project = call.Caller.IsAdmin && call.Query("all_projects") is not null ? null : call.Caller.ProjectId;
        var (groups, members) = await call.Services.Store.ReadAsync(
            async s =>
            {
                var groups = await s.ServerGroups.ListAsync(project, limit, offset, call.Cancel);
                return (groups, await s.ServerGroups.MembersAsync([.. groups.Select(g => g.Uuid)], call.Cancel));
            },
            call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("server_groups");
            foreach (var group in groups)
            {
                w.WriteStartObject();
                Write(w, call, group, members[group.Uuid]);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task ShowAsync(ApiCall call)
    {
        var id = ServersApi.Id(call);
        var (group, members) = await call.Services.Store.ReadAsync(async s => (await s.ServerGroups.FindAsync(id, call.Cancel), await s.ServerGroups.MembersAsync([id], call.Cancel)), call.Cancel);
        await (group is null || (group.ProjectId != call.Caller.ProjectId && !call.Caller.IsAdmin)
            ? Errors.WriteAsync(call, 404, $"Instance group {call.Segment("id")} could not be found.")
            : AnswerAsync(call, group, members[id]));
    }

    private static async Task CreateAsync(ApiCall call, JsonBody body)
    {
        body.Only("server_group");
        var asked = body.Object("server_group");
        asked.Only("name", "policies");
        var (name, policies) = (asked.Text("name"), asked.TextList("policies"));
        string[] known = call.Microversion >= SoftPolicies
            ? [GroupPolicy.Affinity, GroupPolicy.AntiAffinity, GroupPolicy.SoftAffinity, GroupPolicy.SoftAntiAffinity]
            : [GroupPolicy.Affinity, GroupPolicy.AntiAffinity];
        if (asked.IsText("policies") || policies.Count != 1 || !known.Contains(policies[0]))
        {
            asked.Note($"Invalid input for field/attribute policies: it must be a list with one of {string.Join(", ", known)}.");
        }

        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var made = await call.Services.ServerGroups.CreateAsync(call.Caller, name, policies[0], call.Cancel);
        await (made.Succeeded(out var group, out var problem) ? AnswerAsync(call, group, []) : call.RefuseAsync(problem));
    }

    private static Task AnswerAsync(ApiCall call, ServerGroup group, IEnumerable<Guid> members) => call.AnswerAsync(200, w =>
    {
        w.WriteStartObject("server_group");
        Write(w, call, group, members);
        w.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter w, ApiCall call, ServerGroup group, IEnumerable<Guid> members)
    {
        w.WriteString("id", group.Uuid);
        w.WriteString("name", group.Name);
        Views.List(w, "policies", [group.Policy]);
        Views.List(w, "members", members.Select(member => member.ToString("D")));
        Views.Texts(w, "metadata", []);
        if (call.Microversion >= Owners)
        {
            w.WriteString("project_id", group.ProjectId);
            w.WriteString("user_id", group.UserId);
        }
    }
}
