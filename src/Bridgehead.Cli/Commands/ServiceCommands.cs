using System.Text.Json;
using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>The cloud's services.</summary>
internal static class ServiceCommands
{
    private static readonly P Host = P.Argument("hostname", "Name of the host.");
    private static readonly P Binary = P.Argument("binary", "Name of the service. Default: nova-compute.", Takes.AtMostOne);

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("service-list", "List services (administrators).",
            [P.Option("--host", "<hostname>", "Only those on this host."), P.Option("--binary", "<binary>", "Only those of this name.")], ListAsync),
        new("service-enable", "Enable a service (administrators).", [Host, Binary], call => SetAsync(call, "enable", null)),
        new("service-disable", "Disable a service (administrators).", [P.Option("--reason", "<reason>", "Why."), Host, Binary], call =>
            SetAsync(call, call.Arguments.Has("--reason") ? "disable-log-reason" : "disable", call["--reason"])),
    ];

    private static async Task ListAsync(Call call)
    {
        var query = string.Join('&', new[] { "host", "binary" }.Where(name => call[$"--{name}"] is not null).Select(name => $"{name}={Uri.EscapeDataString(call[$"--{name}"]!)}"));
        var services = (await call.Compute.GetAsync($"os-services{(query.Length == 0 ? "" : "?")}{query}")).Items("services").ToList();
        bool Shown(string field) => services.Exists(service => service.Member(field).ValueKind != JsonValueKind.Undefined);
        Column[] forced = Shown("forced_down") ? ["Forced down"] : [];
        call.Terminal.List(services, ["Id", "Binary", "Host", "Zone", "Status", "State", "Updated_at", "Disabled Reason", .. forced]);
    }

    private static async Task SetAsync(Call call, string action, string? reason)
    {
        var answer = await call.Compute.PutAsync($"os-services/{action}", w =>
        {
            w.WriteString("host", call.Required("hostname"));
            w.WriteString("binary", call["binary"] ?? "nova-compute");
            w.Optional("disabled_reason", reason);
        });
        Column[] why = reason is null ? [] : ["Disabled Reason"];
        call.Terminal.List([answer.Member("service")], ["Host", "Binary", "Status", .. why]);
    }
}
