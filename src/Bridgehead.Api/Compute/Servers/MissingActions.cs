using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>
/// Actions that no driver here can do. Each is checked as nova checks it (server, lock, state, body) and then refused as nova refuses what its driver cannot: 501, or 400 for a console that there is not, or
/// 409 for leaving a state that no server here is ever in.
/// </summary>
internal static class MissingActions
{
    private static readonly string[] Running = [VmState.Active];

    public static readonly KeyValuePair<string, Func<ApiCall, JsonBody, Task>>[] All =
    [
        new("restore", (call, _) => NeverAsync(call, "restore")),
        new("unrescue", (call, _) => NeverAsync(call, "unrescue")),
        new("unshelve", (call, _) => NeverAsync(call, "unshelve")),
        new("shelveOffload", (call, _) => ServerActionsApi.AdminAsync(call, "os-shelve:shelve_offload", () => NeverAsync(call, "shelveOffload"))),
        new("shelve", (call, _) => CannotAsync(call, "shelve", [VmState.Active, VmState.Stopped, VmState.Paused, VmState.Suspended], "shelve servers; stop it instead")),
        new("rescue", (call, _) => CannotAsync(call, "rescue", [VmState.Active, VmState.Stopped, VmState.Error], "rescue servers")),
        new("changePassword", (call, body) =>
        {
            body.Text("adminPass");
            return body.Wrong is { } wrong ? call.RefuseAsync(wrong) : CannotAsync(call, "changePassword", Running, "set a password inside a server");
        }),
        new("trigger_crash_dump", (call, _) => call.Microversion < 17 ? Errors.WriteAsync(call, 404, "The resource could not be found.") : CannotAsync(call, "trigger_crash_dump", Running, "send an interrupt to servers")),
        new("migrate", (call, _) => ServerActionsApi.AdminAsync(call, "os-migrate-server:migrate", () => CannotAsync(call, "migrate", [VmState.Active, VmState.Stopped], "move servers to other hosts"))),
        new("os-migrateLive", (call, _) => ServerActionsApi.AdminAsync(call, "os-migrate-server:migrate_live", () => CannotAsync(call, "os-migrateLive", Running, "move servers to other hosts"))),
        new("evacuate", (call, _) => ServerActionsApi.AdminAsync(call, "os-evacuate", () => CannotAsync(call, "evacuate", [VmState.Active, VmState.Stopped, VmState.Error], "rebuild servers on other hosts"))),
        new("os-getVNCConsole", (call, body) => ConsoleAsync(call, body, "novnc", "xvpvnc")),
        new("os-getSPICEConsole", (call, body) => ConsoleAsync(call, body, "spice-html5")),
        new("os-getRDPConsole", (call, body) => ConsoleAsync(call, body, "rdp-html5")),
        new("os-getSerialConsole", (call, body) => ConsoleAsync(call, body, "serial")),
    ];

    private const int LastConsoleActions = 5;

    /// <summary>The answer of every kind of console: there is none, but for the log.</summary>
    private static Task UnavailableAsync(ApiCall call, string type) =>
        ServersApi.WithAsync(call, _ => Errors.WriteAsync(call, 400, $"Unavailable console type {type}. A server's output is to be had by os-getConsoleOutput."));

    private static Task ConsoleAsync(ApiCall call, JsonBody body, params string[] types)
    {
        if (call.Microversion > LastConsoleActions)
        {
            return Errors.WriteAsync(call, 404, "The resource could not be found.");
        }

        var type = body.Text("type");
        body.TryOneOf("type", types);
        return body.Wrong is { } wrong ? call.RefuseAsync(wrong) : UnavailableAsync(call, type);
    }

    private static Task NeverAsync(ApiCall call, string action) => RefuseAsync(call, action, [], "");

    private static Task CannotAsync(ApiCall call, string action, IReadOnlyList<string> states, string what) => RefuseAsync(call, action, states, what);

    private static async Task RefuseAsync(ApiCall call, string action, IReadOnlyList<string> states, string what)
    {
        var found = await call.Services.Servers.CheckAsync(call.Caller, ServersApi.Id(call), action, states, call.Cancel);
        await call.RefuseAsync(found.Problem ?? new Problem(ProblemKind.NotImplemented, $"The drivers of this cloud cannot {what}."));
    }
}
