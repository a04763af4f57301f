using System.Text.Json;
using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>show, delete, update, rename, meta, console-log.</summary>
internal static class ServerCommands
{
    private static readonly P Server = P.Argument("server", "Name or ID of the server.");

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("show", "Show details of a server.", [P.Switch("--minimal", "Do not look up the names of flavor and image."), Server], ShowAsync),
        new("delete", "Delete servers at once.", [P.Toggle("--all-tenants", "Find servers of other projects by name too (administrators)."), Many()], DeleteAsync),
        new("update", "Change a server's name or description.",
            [P.Option("--name", "<name>", "The new name."), P.Option("--description", "<description>", "The new description; needs version 2.19 or later."), Server], UpdateAsync),
        new("rename", "Rename a server.", [Server, P.Argument("name", "The new name.")], call => ChangeAsync(call, call.Required("name"), null)),
        new("meta", "Set or delete metadata of a server.",
            [Server, P.Argument("action", "set or delete."), P.Argument("key=value", "Items to set, or keys to delete.", Takes.Many)], MetaAsync),
        new("console-log", "Print what a server wrote to its console.",
            [P.Option("--length", "<length>", "Only this many lines from the end."), Server], ConsoleAsync),
        new("get-password", "Print a server's administrator password, encrypted as the server left it.", [Server], PasswordAsync),
        new("instance-action-list", "List what was done to a server.", [Server], ActionsAsync),
        new("instance-action", "Show one thing that was done to a server.", [Server, P.Argument("request_id", "ID of the request.")], ActionAsync),
    ];

    public static P Many() => P.Argument("server", "Names or IDs of servers.", Takes.Many);

    /// <summary>Does the same to each; one that fails is reported and the others still done.</summary>
    public static async Task EachAsync(Call call, string verb, Func<string, Task> work)
    {
        var failed = false;
        foreach (var name in call.Arguments.Values("server"))
        {
            try
            {
                await work(name);
                call.Terminal.Say($"Request to {verb} server {name} has been accepted.");
            }
            catch (ApiException problem) when (problem.Status != 401)
            {
                call.Terminal.Complain(problem.Sentence);
                failed = true;
            }
            catch (CommandException problem) when (problem.Kind == "CommandError")
            {
                call.Terminal.Complain(problem.Message);
                failed = true;
            }
        }

        if (failed)
        {
            throw new CommandException($"Unable to {verb} the specified server(s).");
        }
    }

    private static async Task ShowAsync(Call call) =>
        await ServerView.PrintAsync(call, await call.Lookup.ServerAsync(call.Required("server")), minimal: call.Arguments.Has("--minimal"));

    private static async Task DeleteAsync(Call call)
    {
        if (call.Arguments.Values("server") is [var only])
        {
            // One alone fails with its own reason.
            await DeleteAsync(call, only);
            call.Terminal.Say($"Request to delete server {only} has been accepted.");
            return;
        }

        await EachAsync(call, "delete", name => DeleteAsync(call, name));
    }

    private static async Task DeleteAsync(Call call, string name) =>
        await call.Compute.DeleteAsync($"servers/{(await call.Lookup.ServerAsync(name, call.Arguments.IsOn("--all-tenants"))).Id()}");

    private static Task UpdateAsync(Call call) => call.Arguments.Has("--name") || call.Arguments.Has("--description")
        ? ChangeAsync(call, call["--name"], call["--description"])
        : throw new CommandException("Give --name or --description.");

    private static async Task ChangeAsync(Call call, string? name, string? description)
    {
        var id = await call.Lookup.ServerIdAsync(call.Required("server"));
        await call.Compute.PutAsync($"servers/{id}", w => w.Object("server", () =>
        {
            w.Optional("name", name);
            w.Optional("description", description);
        }));
    }

    private static async Task MetaAsync(Call call)
    {
        var (action, items) = (call.Required("action"), call.Arguments.Values("key=value"));
        var path = action is "set" or "delete"
            ? $"servers/{await call.Lookup.ServerIdAsync(call.Required("server"))}/metadata"
            : throw new UsageException($"argument <action>: invalid choice: '{action}' (choose from 'set', 'delete')");
        if (action == "set")
        {
            var pairs = items.Select(Arguments.Pair).GroupBy(pair => pair.Key, StringComparer.Ordinal).ToList();
            await call.Compute.PostAsync(path, w => w.Object("metadata", () => pairs.ForEach(pair => w.WriteString(pair.Key, pair.Last().Value))));
            return;
        }

        foreach (var item in items)
        {
            await call.Compute.DeleteAsync($"{path}/{Uri.EscapeDataString(item.Split('=')[0])}");
        }
    }

    private static async Task ConsoleAsync(Call call)
    {
        var length = call.Arguments.Int("--length");
        var answer = await call.Compute.ActionAsync(await call.Lookup.ServerIdAsync(call.Required("server")), "os-getConsoleOutput", w =>
        {
            if (length is { } lines)
            {
                w.WriteNumber("length", lines);
            }
        });
        call.Terminal.Show(answer.Text("output") ?? "");
    }

    private static async Task PasswordAsync(Call call) =>
        call.Terminal.Say((await call.Compute.GetAsync($"servers/{await call.Lookup.ServerIdAsync(call.Required("server"))}/os-server-password")).Text("password") ?? "");

    private static async Task ActionsAsync(Call call)
    {
        var answer = await call.Compute.GetAsync($"servers/{await call.Lookup.ServerIdAsync(call.Required("server"))}/os-instance-actions");
        call.Terminal.List(answer.Items("instanceActions"), 3, ["Action", "Request_ID", "Message", "Start_Time"]);
    }

    private static async Task ActionAsync(Call call)
    {
        var id = await call.Lookup.ServerIdAsync(call.Required("server"));
        JsonElement answer = await call.Compute.GetAsync($"servers/{id}/os-instance-actions/{Uri.EscapeDataString(call.Required("request_id"))}");
        call.Terminal.Properties(answer.Member("instanceAction"));
    }
}
