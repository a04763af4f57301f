using Bridgehead.Agent;
using Bridgehead.Control;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Store;
using Microsoft.Extensions.Logging;

namespace Bridgehead;

/// <summary>
/// <c>--dry-run</c>: the daemons' agents look at store and host as at a start, and what they would change is printed. Nothing is changed: not the host, and of what they write into the store
/// nothing is kept. It may run beside daemons.
/// </summary>
internal static class DryRunProgram
{
    public const string Flag = "--dry-run";

    /// <summary>Work that fails is repeated for ever: when it does not get there in this time, what was logged says why.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Exit code 0 whatever would change; 1 when something cannot be brought about.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> binaries, NovaSettings settings, ILoggerFactory logs, CancellationToken cancel)
    {
        var hands = new DryRunHands();
        NoteStore(settings, hands);
        await using var store = await Database.RehearseAsync(settings.Connection, TimeProvider.System, cancel);
        await new Seed(store, settings).RunAsync(cancel);
        var whole = await LookAsync(binaries, new HostParts(settings, store, logs, hands, cancel), settings, store, cancel);
        var changes = await hands.ChangesAsync(cancel);
        await Console.Out.WriteAsync(DryRunText.Of(changes));
        await Console.Out.WriteLineAsync(changes.Count switch
        {
            0 => "nothing would change on this host",
            1 => "1 change; nothing was changed",
            var count => $"{count} changes; nothing was changed",
        });
        return whole ? 0 : await IncompleteAsync();
    }

    private static async Task<bool> LookAsync(IReadOnlyList<string> binaries, HostParts parts, NovaSettings settings, Database store, CancellationToken cancel)
    {
        try
        {
            await DryRunAgents.StartAsync([.. binaries.OrderByDescending(binary => binary == Binaries.Compute).Select(parts.Agent)], store, settings, Patience, cancel);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static void NoteStore(NovaSettings settings, DryRunHands hands)
    {
        if (!Database.IsThere(settings.Connection))
        {
            hands.Note(new HostChange(HostArea.Store, ChangeSign.Comes, $"{Database.PlaceOf(settings.Connection)}, with the administrator {settings.AdminUser}"));
        }
    }

    private static async Task<int> IncompleteAsync()
    {
        await Console.Error.WriteLineAsync("bridgehead: not everything could be looked at: see the messages above");
        return 1;
    }
}
