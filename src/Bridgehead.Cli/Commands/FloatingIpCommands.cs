using System.Text.Json;
using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>A project's floating IPs.</summary>
internal static class FloatingIpCommands
{
    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("floating-ip-create", "Allocate a floating IP.", [P.Argument("floating-ip-pool", "Pool to take it from. Default: the cloud's.", Takes.AtMostOne)], CreateAsync),
        new("floating-ip-delete", "Give a floating IP back.", [P.Argument("address", "The floating IP.")], DeleteAsync),
        new("floating-ip-list", "List floating IPs.", [], async call => Print(call, (await call.Compute.GetAsync("os-floating-ips")).Items("floating_ips"))),
        new("floating-ip-pool-list", "List pools of floating IPs.", [], async call =>
            call.Terminal.List((await call.Compute.GetAsync("os-floating-ip-pools")).Items("floating_ip_pools"), "name")),
    ];

    private static async Task CreateAsync(Call call)
    {
        var answer = await call.Compute.PostAsync("os-floating-ips", w => w.WriteString("pool", call["floating-ip-pool"]));
        Print(call, [answer.Member("floating_ip")]);
    }

    private static async Task DeleteAsync(Call call)
    {
        var address = call.Required("address");
        var found = (await call.Compute.GetAsync("os-floating-ips")).Items("floating_ips").FirstOrDefault(floating => floating.Text("ip") == address);
        var id = found.ValueKind == JsonValueKind.Object ? found.Id() : throw new CommandException($"Floating IP {address} not found.");
        await call.Compute.DeleteAsync($"os-floating-ips/{Uri.EscapeDataString(id)}");
    }

    private static void Print(Call call, IEnumerable<JsonElement> list) => call.Terminal.List(list, "Id", new Column("IP", "ip"), new Column("Server Id", "instance_id"), "Fixed IP", "Pool");
}
