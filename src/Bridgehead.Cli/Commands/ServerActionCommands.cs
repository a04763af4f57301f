using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>start, stop, reboot, and the other actions that are one word.</summary>
internal static class ServerActionCommands
{
    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("start", "Start servers.", [ServerCommands.Many()], call => EachAsync(call, "start", "os-start")),
        new("stop", "Stop servers.", [ServerCommands.Many()], call => EachAsync(call, "stop", "os-stop")),
        new("reboot", "Reboot servers.",
            [P.Switch("--hard", "Cut the power instead of asking the operating system."), P.Switch("--poll", "Wait until the servers run again."), ServerCommands.Many()], RebootAsync),
        OneWord("pause", "Pause a server.", "pause"),
        OneWord("unpause", "Let a paused server run.", "unpause"),
        OneWord("suspend", "Suspend a server.", "suspend"),
        OneWord("resume", "Let a suspended server run.", "resume"),
        OneWord("lock", "Lock a server against changes by its users.", "lock"),
        OneWord("unlock", "Unlock a server.", "unlock"),
        OneWord("force-delete", "Delete a server whatever its state.", "forceDelete"),
        new("reset-state", "Set the state of servers (administrators).",
            [P.Switch("--active", "Set it to active instead of error."), ServerCommands.Many()], ResetAsync),
    ];

    private static Verb OneWord(string name, string summary, string action) => new(name, summary, [P.Argument("server", "Name or ID of the server.")], async call =>
        await call.Compute.ActionAsync(await call.Lookup.ServerIdAsync(call.Required("server")), action));

    private static Task EachAsync(Call call, string verb, string action) =>
        ServerCommands.EachAsync(call, verb, async name => await call.Compute.ActionAsync(await call.Lookup.ServerIdAsync(name), action));

    private static async Task RebootAsync(Call call)
    {
        var type = call.Arguments.Has("--hard") ? "HARD" : "SOFT";
        var ids = new List<string>();
        await ServerCommands.EachAsync(call, "reboot", async name =>
        {
            var id = await call.Lookup.ServerIdAsync(name);
            await call.Compute.ActionAsync(id, "reboot", w => w.WriteString("type", type));
            ids.Add(id);
        });
        foreach (var id in call.Arguments.Has("--poll") ? ids : [])
        {
            await Polling.WaitAsync(call, id, "rebooting", ServerStatus.Active);
        }
    }

    private static Task ResetAsync(Call call) => ServerCommands.EachAsync(call, "reset the state of", async name =>
        await call.Compute.ActionAsync(await call.Lookup.ServerIdAsync(name), "os-resetState", w => w.WriteString("state", call.Arguments.Has("--active") ? ServerStatus.Active : ServerStatus.Error)));
}
