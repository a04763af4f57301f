using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>Fixed IPs.</summary>
internal static class FixedIpCommands
{
    private static readonly P Address = P.Argument("fixed_ip", "The address.");

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("fixed-ip-get", "Show a fixed IP (administrators).", [Address], GetAsync),
        new("fixed-ip-reserve", "Keep a fixed IP from being given away (administrators).", [Address], call => ActAsync(call, "reserve")),
        new("fixed-ip-unreserve", "Let a fixed IP be given away again (administrators).", [Address], call => ActAsync(call, "unreserve")),
    ];

    private static string Path(Call call) => $"os-fixed-ips/{Uri.EscapeDataString(call.Required("fixed_ip"))}";

    private static async Task GetAsync(Call call)
    {
        var found = (await call.Compute.GetAsync(Path(call))).Member("fixed_ip");
        Column[] reserved = found.Members().Any(m => m.Name == "reserved") ? ["reserved"] : [];
        call.Terminal.List([found], ["address", "cidr", "hostname", "host", .. reserved]);
    }

    private static Task ActAsync(Call call, string action) => call.Compute.PostAsync($"{Path(call)}/action", w => w.WriteNull(action));
}
