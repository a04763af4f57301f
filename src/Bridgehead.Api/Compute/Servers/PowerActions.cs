namespace Bridgehead.Api;

/// <summary>Actions on whether a server runs, is held still, may be changed, or is there at all.</summary>
internal static class PowerActions
{
    public static readonly KeyValuePair<string, Func<ApiCall, JsonBody, Task>>[] All =
    [
        new("os-start", (call, body) => ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.Servers.StartAsync(caller, id, call.Cancel))),
        new("os-stop", (call, body) => ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.Servers.StopAsync(caller, id, call.Cancel))),
        new("reboot", RebootAsync),
        new("pause", (call, body) => ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.ServerStates.PauseAsync(caller, id, call.Cancel))),
        new("unpause", (call, body) => ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.ServerStates.UnpauseAsync(caller, id, call.Cancel))),
        new("suspend", (call, body) => ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.ServerStates.SuspendAsync(caller, id, call.Cancel))),
        new("resume", (call, body) => ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.ServerStates.ResumeAsync(caller, id, call.Cancel))),
        new("lock", (call, body) => ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.Servers.LockAsync(caller, id, true, call.Cancel))),
        new("unlock", (call, body) => ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.Servers.LockAsync(caller, id, false, call.Cancel))),
        new("forceDelete", (call, body) => ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.Servers.DeleteAsync(caller, id, call.Cancel))),
        new("os-resetState", (call, body) => ServerActionsApi.AdminAsync(call, "os-admin-actions:reset_state", () =>
        {
            var state = body.Text("state");
            return ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.ServerStates.ResetAsync(caller, id, state, call.Cancel));
        })),
        new("resetNetwork", (call, body) => ServerActionsApi.AdminAsync(call, "os-admin-actions:reset_network", () => LookAgainAsync(call, body))),
        new("injectNetworkInfo", (call, body) => ServerActionsApi.AdminAsync(call, "os-admin-actions:inject_network_info", () => LookAgainAsync(call, body))),
    ];

    private static async Task RebootAsync(ApiCall call, JsonBody body)
    {
        var type = body.Text("type").ToUpperInvariant();
        if (type is not ("SOFT" or "HARD"))
        {
            body.Note("Argument 'type' for reboot is not HARD or SOFT");
        }

        await ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.Servers.RebootAsync(caller, id, type == "HARD", call.Cancel));
    }

    /// <summary>The host compares the server's filter and guard with what the store wants.</summary>
    private static Task LookAgainAsync(ApiCall call, JsonBody body) =>
        ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.Servers.LookAgainAsync(caller, id, call.Cancel));
}
