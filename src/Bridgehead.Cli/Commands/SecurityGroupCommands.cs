using System.Text.Json;
using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>Security groups.</summary>
internal static class SecurityGroupCommands
{
    private static readonly P Group = P.Argument("secgroup", "Name or ID of the security group.");
    private static readonly Column[] Columns = ["Id", "Name", "Description"];

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("secgroup-list", "List security groups.", [P.Toggle("--all-tenants", "Those of all projects (administrators).")], ListAsync),
        new("secgroup-show", "Show a security group.", [Group], async call => call.Terminal.Properties(await call.Lookup.SecurityGroupAsync(call.Required("secgroup")))),
        new("secgroup-create", "Create a security group.", [P.Argument("name", "Name."), P.Argument("description", "Description.", Takes.AtMostOne)], CreateAsync),
        new("secgroup-update", "Change a security group.", [Group, P.Argument("name", "Name."), P.Argument("description", "Description.")], UpdateAsync),
        new("secgroup-delete", "Delete a security group.", [Group], DeleteAsync),
    ];

    private static async Task ListAsync(Call call)
    {
        var all = call.Arguments.IsOn("--all-tenants");
        var groups = (await call.Compute.GetAsync($"os-security-groups{(all ? "?all_tenants=1" : "")}")).Items("security_groups");
        call.Terminal.List(groups, [.. Columns, .. all ? new Column[] { "Tenant_ID" } : []]);
    }

    private static async Task CreateAsync(Call call) =>
        Print(call, (await call.Compute.PostAsync("os-security-groups", w => Write(w, call, call["description"] ?? ""))).Member("security_group"));

    private static async Task UpdateAsync(Call call)
    {
        var id = (await call.Lookup.SecurityGroupAsync(call.Required("secgroup"))).Id();
        var answer = await call.Compute.PutAsync($"os-security-groups/{Uri.EscapeDataString(id)}", w => Write(w, call, call.Required("description")));
        Print(call, answer.Member("security_group"));
    }

    private static async Task DeleteAsync(Call call)
    {
        var group = await call.Lookup.SecurityGroupAsync(call.Required("secgroup"));
        await call.Compute.DeleteAsync($"os-security-groups/{Uri.EscapeDataString(group.Id())}");
        Print(call, group);
    }

    private static void Write(Utf8JsonWriter w, Call call, string description) => w.Object("security_group", () =>
    {
        w.WriteString("name", call.Required("name"));
        w.WriteString("description", description);
    });

    private static void Print(Call call, JsonElement group) => call.Terminal.List([group], Columns);
}
