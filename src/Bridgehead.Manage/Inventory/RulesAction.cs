using Bridgehead.Rules.Inventory;

namespace Bridgehead.Manage;

/// <summary><c>nova-manage rules</c>: what is in the kernel, why, what it counted, and what differs from what is desired.</summary>
internal static class RulesAction
{
    private const int Different = 1;
    private const int NotKnown = 2;

    /// <summary>A change on its way, from the store to the kernel, is no difference.</summary>
    private static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(300);

    public static ManageAction Action { get; } = new(
        "rules",
        "list what this host's packet filter holds, with each rule's counters and reason, and what differs from what is desired. "
        + "Marks: - missing, + not desired, ~ out of place, ! declared otherwise, ? somebody else's. "
        + "Exit status 0; with --diff 1 when something differs, and 2 when it is not known",
        [
            new Parameter("chain", "only this chain, set or map; '*' stands for any letters"),
            new Parameter("table", "only this table, such as nat, 'ip6tables filter' or bridgehead"),
            new Parameter("server", "only what concerns this server: a name or id"),
            new Parameter("diff", "only what differs") { Boolean = true },
            new Parameter("all", "also other people's chains, and all of their rules between ours") { Boolean = true },
            new Parameter("json", "for programs") { Boolean = true },
        ],
        RunAsync);

    private static async Task<int> RunAsync(ManageCall call)
    {
        if (call.Inspection is not { } inspection)
        {
            return call.Refuse("This program cannot look at the host.", NotKnown);
        }

        try
        {
            var store = await call.StoreAsync();
            var cloud = await CloudView.ReadAsync(call.Settings, store, call.Cancel);
            if (!RulesFilter.Of(call, cloud).Succeeded(out var filter, out var problem))
            {
                return call.Refuse(problem.Message, NotKnown);
            }

            var listing = await inspection.ListAsync(call.Settings, store, call.Cancel);
            if (listing.Differs)
            {
                await Task.Delay(SecondLook, call.Clock, call.Cancel);
                listing = await inspection.ListAsync(call.Settings, store, call.Cancel);
            }

            return await TellAsync(call, cloud, filter, listing);
        }
        catch (InspectionException problem)
        {
            return call.Refuse(problem.Message, NotKnown);
        }
    }

    private static async Task<int> TellAsync(ManageCall call, CloudView cloud, RulesFilter filter, Listing listing)
    {
        if (!filter.Of(listing).Succeeded(out var wanted, out var problem))
        {
            return call.Refuse(problem.Message, NotKnown);
        }

        var shown = filter.OnlyDifferent ? RulesFilter.Different(wanted) : wanted;
        await call.Output.WriteAsync(call.Has("json") ? RulesJson.Of(cloud, shown, wanted) + "\n" : new RulesText(cloud, shown, wanted, filter).Of(call.Columns));
        return filter.OnlyDifferent && wanted.Differs ? Different : 0;
    }
}
