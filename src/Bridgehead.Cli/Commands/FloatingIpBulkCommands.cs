using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>The administrator's ranges of floating IPs.</summary>
internal static class FloatingIpBulkCommands
{
    private static readonly P Range = P.Argument("range", "An address, or a range such as 192.168.1.232/30.");

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("floating-ip-bulk-list", "List all floating IPs (administrators).", [P.Option("--host", "<host>", "Only those on this host.")], ListAsync),
        new("floating-ip-bulk-create", "Create floating IPs (administrators).",
            [P.Option("--pool", "<pool>", "Pool they belong to."), P.Option("--interface", "<interface>", "Device they appear on."), Range], CreateAsync),
        new("floating-ip-bulk-delete", "Delete floating IPs (administrators).", [Range], async call =>
            await call.Compute.PutAsync("os-floating-ips-bulk/delete", w => w.WriteString("ip_range", call.Required("range")))),
    ];

    private static async Task ListAsync(Call call)
    {
        var answer = await call.Compute.GetAsync($"os-floating-ips-bulk{(call["--host"] is { } host ? $"/{Uri.EscapeDataString(host)}" : "")}");
        call.Terminal.List(answer.Items("floating_ip_info"), 1, ["project_id", "address", "instance_uuid", "pool", "interface"]);
    }

    private static Task CreateAsync(Call call) => call.Compute.PostAsync("os-floating-ips-bulk", w => w.Object("floating_ips_bulk_create", () =>
    {
        w.WriteString("ip_range", call.Required("range"));
        w.Optional("pool", call["--pool"]);
        w.Optional("interface", call["--interface"]);
    }));
}
