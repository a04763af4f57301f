using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>Networks.</summary>
internal static class NetworkCommands
{
    private static readonly P Network = P.Argument("network", "ID or label of the network.");

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("network-list", "List networks.", [P.Option("--fields", "<fields>", "Fields to show, with commas between them.")], ListAsync),
        new("network-show", "Show details of a network.", [Network], async call => call.Terminal.Properties(await call.Lookup.NetworkAsync(call.Required("network")))),
        new("network-delete", "Delete a network (administrators).", [Network], async call => await call.Compute.DeleteAsync($"os-networks/{await IdAsync(call)}")),
        new("network-associate-host", "Associate a network with a host (administrators).", [Network, P.Argument("host", "Name of the host.")], async call =>
            await call.Compute.PostAsync($"os-networks/{await IdAsync(call)}/action", w => w.WriteString("associate_host", call.Required("host")))),
        new("network-associate-project", "Associate a network with your project (administrators).", [Network], AssociateProjectAsync),
        new("network-disassociate", "Take a network from its host and project (administrators).",
            [P.Toggle("--host-only", "From its host only."), P.Toggle("--project-only", "From its project only."), Network], DisassociateAsync),
        new("scrub", "Take all networks from a project and delete its security groups (administrators).", [P.Argument("project_id", "ID of the project.")], ScrubAsync),
    ];

    private static async Task<string> IdAsync(Call call) => (await call.Lookup.NetworkAsync(call.Required("network"))).Id();

    private static async Task ListAsync(Call call)
    {
        var networks = (await call.Compute.GetAsync("os-networks")).Items("networks");
        var fields = (call["--fields"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(f => f != "id").ToList();
        IReadOnlyList<Column> columns = fields.Count == 0
            ? ["ID", "Label", "Cidr"]
            : ["ID", .. fields.Select(field => new Column(string.Join(' ', field.Split('_').Where(w => w.Length > 0).Select(w => char.ToUpperInvariant(w[0]) + w[1..])), field))];
        call.Terminal.List(networks, columns);
    }

    private static async Task AssociateProjectAsync(Call call)
    {
        var id = await IdAsync(call);
        await call.Compute.PostAsync("os-networks/add", w => w.WriteString("id", id));
    }

    private static async Task DisassociateAsync(Call call)
    {
        var action = call.Arguments.IsOn("--host-only") ? "disassociate_host" : call.Arguments.IsOn("--project-only") ? "disassociate_project" : "disassociate";
        await call.Compute.PostAsync($"os-networks/{await IdAsync(call)}/action", w => w.WriteNull(action));
    }

    private static async Task ScrubAsync(Call call)
    {
        var project = call.Required("project_id");
        foreach (var network in (await call.Compute.GetAsync("os-networks")).Items("networks").Where(n => n.Text("project_id") == project))
        {
            await call.Compute.PostAsync($"os-networks/{network.Id()}/action", w => w.WriteNull("disassociate"));
        }

        foreach (var group in (await call.Compute.GetAsync("os-security-groups?all_tenants=1")).Items("security_groups").Where(g => g.Text("tenant_id") == project && g.Text("name") != "default"))
        {
            await call.Compute.DeleteAsync($"os-security-groups/{Uri.EscapeDataString(group.Id())}");
        }
    }
}
