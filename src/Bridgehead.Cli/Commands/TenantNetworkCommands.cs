using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>Networks as projects manage them.</summary>
internal static class TenantNetworkCommands
{
    private const string Resource = "os-tenant-networks";
    private static readonly P Network = P.Argument("network_id", "ID or label of the network.");

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("tenant-network-list", "List your project's networks.", [], async call =>
            call.Terminal.List((await call.Compute.GetAsync(Resource)).Items("networks"), "ID", "Label", "CIDR")) { Aliases = ["net-list"] },
        new("tenant-network-show", "Show a network of your project.", [Network], async call =>
            call.Terminal.Properties(await call.Lookup.NetworkAsync(call.Required("network_id"), Resource))) { Aliases = ["net"] },
        new("tenant-network-create", "Create a network for your project.", [P.Argument("network_label", "Label."), P.Argument("cidr", "Range of its addresses.")], CreateAsync)
        {
            Aliases = ["net-create"],
        },
        new("tenant-network-delete", "Delete a network of your project.", [Network], async call =>
            await call.Compute.DeleteAsync($"{Resource}/{(await call.Lookup.NetworkAsync(call.Required("network_id"), Resource)).Id()}")) { Aliases = ["net-delete"] },
    ];

    private static async Task CreateAsync(Call call)
    {
        var answer = await call.Compute.PostAsync(Resource, w => w.Object("network", () =>
        {
            w.WriteString("label", call.Required("network_label"));
            w.WriteString("cidr", call.Required("cidr"));
        }));
        call.Terminal.Properties(answer.Member("network"));
    }
}
