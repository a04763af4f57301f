using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary><c>POST /servers/ID/action</c>: one key in the body says what to do.</summary>
internal static class ServerActionsApi
{
    private static readonly Dictionary<string, Func<ApiCall, JsonBody, Task>> Actions = new(
        [.. PowerActions.All, .. RebuildActions.All, .. AddressActions.All, .. HostActions.All, .. CopyActions.All, .. MissingActions.All], StringComparer.Ordinal);

    public static void Map(Routes routes) => routes
        .Map("POST", "/compute/v2.1/servers/{id}/action", Access.User, RunAsync)
        .Doc(
            "Does something to a server: one key says what, such as reboot, os-stop, pause, rebuild, resize, addFloatingIp, addSecurityGroup, os-getConsoleOutput.",
            status: 202,
            example: """{"reboot":{"type":"HARD"}}""");

    private static async Task RunAsync(ApiCall call, JsonBody body)
    {
        var keys = body.Keys.ToList();
        if (keys.Count != 1 || !Actions.TryGetValue(keys[0], out var action))
        {
            await Errors.WriteAsync(call, 400, keys.Count == 1 ? $"There is no such action: {keys[0]}" : "Malformed request body: it must have one action.");
            return;
        }

        await action(call, body.Has(keys[0]) && !body.IsText(keys[0]) ? body.Object(keys[0]) : body);
    }

    /// <summary>Answers without a body, or with what is wrong: in the body, or else with the change.</summary>
    public static async Task ChangeAsync<T>(ApiCall call, JsonBody body, int status, Func<Caller, Guid, Task<Outcome<T>>> change) =>
        await (body.Wrong is { } wrong ? call.RefuseAsync(wrong) : call.DoneAsync(await change(call.Caller, ServersApi.Id(call)), status));

    /// <summary>What only administrators may do.</summary>
    public static Task AdminAsync(ApiCall call, string rule, Func<Task> work) => call.Caller.IsAdmin
        ? work()
        : Errors.WriteAsync(call, 403, $"Policy doesn't allow os_compute_api:{rule} to be performed.");
}
