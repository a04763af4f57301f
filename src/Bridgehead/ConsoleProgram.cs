using Bridgehead.Host;
using Bridgehead.Instances;
using Bridgehead.Manage;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead;

/// <summary><c>console SERVER COMMAND ...</c>: runs a command inside an instance of this host, for whoever may administer it. Its exit status is the command's.</summary>
internal static class ConsoleProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Length == 0 || args[0] is "-h" or "--help")
        {
            await Console.Error.WriteLineAsync("usage: console SERVER [COMMAND [ARGUMENT ...]]\n\nSERVER is a name or an id; without COMMAND it is a shell.");
            return args.Length == 0 ? 2 : 0;
        }

        if (!SettingsLoader.Load([]).Succeeded(out var loaded, out var problem))
        {
            return await ComplainAsync(problem.Message);
        }

        await using var store = await Database.OpenAsync(loaded.Settings.Connection, TimeProvider.System, CancellationToken.None);
        var found = await FindAsync(store, loaded.Settings.Host, args[0]);
        if (found.Count != 1)
        {
            return await ComplainAsync(found.Count == 0 ? $"there is no server '{args[0]}' on this host" : $"{found.Count} servers are named '{args[0]}': use an id");
        }

        string[] words = args.Length > 1 ? args[1..] : ["/bin/sh"];
        return NetnsConsole.CommandFor(loaded.Settings.StatePath, found[0].Uuid, words) is { } command
            ? Foreground.Run(command)
            : await ComplainAsync($"'{args[0]}' does not run");
    }

    private static Task<List<Instance>> FindAsync(Database store, string host, string server) => store.ReadAsync(
        async session =>
        {
            if (Guid.TryParse(server, out var uuid) && await session.Instances.FindAsync(uuid, CancellationToken.None) is { } instance)
            {
                return instance.Host == host ? [instance] : [];
            }

            return await session.Instances.ListAsync(new InstanceFilter().With(InstanceColumn.DisplayName, server).With(InstanceColumn.Host, host), null, 2, CancellationToken.None);
        },
        CancellationToken.None);

    private static async Task<int> ComplainAsync(string sentence)
    {
        await Console.Error.WriteLineAsync($"console: {sentence}");
        return 1;
    }
}
