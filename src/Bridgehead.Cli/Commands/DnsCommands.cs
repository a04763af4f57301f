using System.Text.Json;
using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>Names of floating IPs.</summary>
internal static class DnsCommands
{
    private static readonly P Domain = P.Argument("domain", "DNS domain.");
    private static readonly Column[] Entry = ["ip", "name", "domain"];

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("dns-domains", "List DNS domains.", [], async call =>
            call.Terminal.List((await call.Compute.GetAsync("os-floating-ip-dns")).Items("domain_entries"), "domain", "scope", "project", "availability_zone")),
        new("dns-list", "List DNS entries by address or name.", [P.Option("--ip", "<ip>", "The address."), P.Option("--name", "<name>", "The name."), Domain], ListAsync),
        new("dns-create", "Create a DNS entry for a domain, name and address.",
            [P.Option("--type", "<type>", "Type of the entry. Default: A."), P.Argument("ip", "The address."), P.Argument("name", "The name."), Domain], CreateAsync),
        new("dns-delete", "Delete a DNS entry.", [Domain, P.Argument("name", "The name.")], call =>
            call.Compute.DeleteAsync($"{Path(call)}/entries/{Uri.EscapeDataString(call.Required("name"))}")),
        new("dns-create-private-domain", "Create a domain of an availability zone.",
            [P.Option("--availability-zone", "<availability-zone>", "Only servers of this zone are in it."), Domain], call => SaveAsync(call, "private", "availability_zone", "--availability-zone")),
        new("dns-create-public-domain", "Create a domain for floating IPs.",
            [P.Option("--project", "<project>", "Only this project may use it."), Domain], call => SaveAsync(call, "public", "project", "--project")),
        new("dns-delete-domain", "Delete a domain.", [Domain], call => call.Compute.DeleteAsync(Path(call))),
    ];

    /// <summary>Dots are escaped twice: the last part of a path may not look like a file's ending to old servers.</summary>
    private static string Path(Call call) => $"os-floating-ip-dns/{Uri.EscapeDataString(Uri.EscapeDataString(call.Required("domain")).Replace(".", "%2E", StringComparison.Ordinal))}";

    private static async Task ListAsync(Call call)
    {
        var key = call["--ip"] ?? call["--name"] ?? throw new CommandException("You must specify either --ip or --name");
        var answer = await call.Compute.GetAsync($"{Path(call)}/entries/{Uri.EscapeDataString(key)}");
        IEnumerable<JsonElement> entries = answer.Member("dns_entry") is { ValueKind: JsonValueKind.Object } one ? [one] : answer.Items("dns_entries");
        call.Terminal.List(entries, Entry);
    }

    private static Task CreateAsync(Call call) => call.Compute.PutAsync($"{Path(call)}/entries/{Uri.EscapeDataString(call.Required("name"))}", w => w.Object("dns_entry", () =>
    {
        w.WriteString("ip", call.Required("ip"));
        w.WriteString("dns_type", call["--type"] ?? "A");
    }));

    private static Task SaveAsync(Call call, string scope, string field, string option) => call.Compute.PutAsync(Path(call), w => w.Object("domain_entry", () =>
    {
        w.WriteString("scope", scope);
        w.Optional(field, call[option]);
    }));
}
