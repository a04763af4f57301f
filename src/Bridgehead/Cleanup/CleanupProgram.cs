using Bridgehead.Agent;
using Bridgehead.Host;
using Bridgehead.Manage;
using Bridgehead.Model;
using Bridgehead.Rules.Nftables;

namespace Bridgehead;

/// <summary><c>bridgehead cleanup</c>: shows what is ours on this host, asks, and takes it away.</summary>
internal static class CleanupProgram
{
    private const string Yes = "--yes";

    private const string Help =
        """
        usage: bridgehead cleanup [--config-file FILE ...] [--OPTION VALUE ...] [--dry-run | --yes]

        Takes everything of Bridgehead's off this host, and nothing else: instances, DHCP servers, rules of both netfilter back ends, addresses,
        bridges, files under state_path. A physical interface on a bridge gets its addresses and routes back. The daemons of this host must be
        stopped. What would go is shown, and then asked about; --dry-run only shows it, --yes does not ask.

        The store and the administrator's password stay: servers of this host are found shut down when the daemons start again. Kernel settings
        that were switched on (forwarding, br_netfilter) stay too, since others may need them by now.

        Options are those of the daemons; state_path, iptables_variant and connection matter.
        Exit status: 0 when nothing of ours is left; 1 when something is, or nothing was done.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Contains("--help") || args.Contains("-h"))
        {
            await Console.Out.WriteLineAsync(Help);
            return 0;
        }

        string[] own = [DryRunProgram.Flag, Yes];
        if (!SettingsLoader.Load([.. args.Where(argument => !own.Contains(argument))]).Succeeded(out var loaded, out var problem))
        {
            return await ComplainAsync(problem.Message, 2);
        }

        ProgramPath.AddSystemFolders();
        try
        {
            return await RunAsync(loaded.Settings, args.Contains(DryRunProgram.Flag), args.Contains(Yes));
        }
        catch (Exception failure) when (failure is CommandFailedException or FirewallException or IOException or UnauthorizedAccessException)
        {
            return await ComplainAsync(failure.Message, 1);
        }
    }

    private static async Task<int> RunAsync(NovaSettings settings, bool dry, bool sure)
    {
        string[] missing = [.. HostChecks.Permission(), .. ProgramPath.Missing(["ip"])];
        if (missing.Length > 0)
        {
            return await ComplainAsync(string.Join('\n', missing), 1);
        }

        // Where there is no state folder, no daemon runs.
        using var places = new DaemonPlaces(settings.StatePath);
        if (!dry && Directory.Exists(settings.StatePath))
        {
            places.TakeAll();
        }

        var hands = new DryRunHands();
        var staying = await CleanAsync(settings, hands);
        var changes = await hands.ChangesAsync(CancellationToken.None);
        await Console.Out.WriteAsync(DryRunText.Of(changes));
        foreach (var sentence in staying)
        {
            await Console.Out.WriteLineAsync(sentence);
        }

        if (changes.Count > 0 && (dry || !(sure || await IsSureAsync())))
        {
            await Console.Out.WriteLineAsync($"nothing was changed{(dry ? "" : $": add {Yes} to do it")}");
            return dry ? 0 : 1;
        }

        if (changes.Count > 0)
        {
            using var logs = Logs.Create(settings.LogLevel);
            staying = await CleanAsync(settings, new HostHands(logs));
        }

        return await EndAsync(changes.Count > 0, staying.Count > 0, places);
    }

    private static async Task<int> EndAsync(bool some, bool left, DaemonPlaces places)
    {
        await Console.Out.WriteLineAsync((some, left) switch
        {
            (true, false) => "done: nothing of ours is left",
            (false, false) => "there is nothing of ours on this host",
            (true, true) => "done, but for what is named above",
            (false, true) => "there is nothing to be done",
        });
        if (!left)
        {
            places.Forget();
        }

        return left ? 1 : 0;
    }

    private static async Task<IReadOnlyList<string>> CleanAsync(NovaSettings settings, IHostHands hands)
    {
        var appliers = new HostAppliers(settings, hands);
        using var native = new NftablesBackend(new WholeLayout());
        return await new HostCleanup(
            settings.StatePath,
            new CleanupAppliers(
                appliers.Files,
                appliers.NewLinks(),
                appliers.Bridges,
                appliers.NewDhcp(""),
                appliers.Conntrack,
                appliers.Floating,
                appliers.Gateways,
                appliers.Services,
                [appliers.Driver("netns"), appliers.Driver("tap")],
                [native, .. appliers.Iptables.AreInstalled ? [new IptablesRemoval(appliers.Iptables, appliers.Files, appliers.IptablesLock, [Binaries.Network, Binaries.Compute, Binaries.Api])] : Array.Empty<IRetirement>()]),
            hands.RetireAsync).RunAsync(CancellationToken.None);
    }

    private static async Task<bool> IsSureAsync()
    {
        if (Console.IsInputRedirected)
        {
            return false;
        }

        await Console.Out.WriteAsync("Take all this away? [y/N] ");
        return await Console.In.ReadLineAsync() is "y" or "Y" or "yes";
    }

    private static async Task<int> ComplainAsync(string sentence, int code)
    {
        await Console.Error.WriteLineAsync($"bridgehead: {sentence}");
        return code;
    }
}
