using System.Text.Json;
using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>Hypervisors.</summary>
internal static class HypervisorCommands
{
    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("hypervisor-list", "List hypervisors (administrators).", [P.Option("--matching", "<hostname>", "Only those whose name contains this.")], ListAsync),
        new("hypervisor-show", "Show details of a hypervisor (administrators).", [P.Argument("hypervisor", "Name or ID of the hypervisor.")], async call =>
            call.Terminal.Properties(Flat("", await call.Lookup.HypervisorAsync(call.Required("hypervisor"))))),
        new("hypervisor-stats", "Show the sums over all hypervisors (administrators).", [], async call =>
            call.Terminal.Properties((await call.Compute.GetAsync("os-hypervisors/statistics")).Member("hypervisor_statistics"))),
        new("hypervisor-servers", "List servers of hypervisors (administrators).", [P.Argument("hostname", "Part of the hypervisor's name.")], ServersAsync),
    ];

    private static async Task ListAsync(Call call)
    {
        var path = call["--matching"] is { } part ? $"os-hypervisors/{Uri.EscapeDataString(part)}/search" : "os-hypervisors";
        call.Terminal.List((await call.Compute.GetAsync(path)).Items("hypervisors"), "ID", "Hypervisor hostname", "State", "Status");
    }

    private static async Task ServersAsync(Call call)
    {
        var hypervisors = (await call.Compute.GetAsync($"os-hypervisors/{Uri.EscapeDataString(call.Required("hostname"))}/servers")).Items("hypervisors");
        var table = new Table("ID", "Name", "Hypervisor ID", "Hypervisor Hostname");
        foreach (var (hypervisor, server) in hypervisors.SelectMany(h => h.Items("servers").Select(s => (h, s))))
        {
            table.Add(Cell.Of(server.Member("uuid")), Cell.Of(server.Member("name")), Cell.Of(hypervisor.Member("id")), Cell.Of(hypervisor.Member("hypervisor_hostname")));
        }

        call.Terminal.Print(table);
    }

    /// <summary>Objects inside become rows of their own: <c>service_host</c>.</summary>
    private static IEnumerable<(string Name, Cell Value)> Flat(string prefix, JsonElement item) => item.Members().SelectMany(member =>
        member.Value.ValueKind == JsonValueKind.Object ? Flat($"{prefix}{member.Name}_", member.Value) : [($"{prefix}{member.Name}", Cell.Of(member.Value))]);
}
