using Bridgehead.Model;

namespace Bridgehead.Manage;

/// <summary><c>nova-manage trace</c>: the ways of real packets through this host, as the kernel tells them.</summary>
internal static class TraceAction
{
    private const int UsualCount = 10;

    public static ManageAction Action { get; } = new(
        "trace", "follow real packets through this host and tell their ways as explain does, while they come", [
            new Parameter("from", $"where they come from: an address, a prefix, a server's name or id, or '{PacketQuestion.ThisHost}'"),
            new Parameter("to", $"where they go, before translation: an address, a prefix, a server's name or id (all its addresses), or '{PacketQuestion.ThisHost}'"),
            new Parameter("proto", "tcp, udp, icmp or icmpv6"),
            new Parameter("port", "their destination port"),
            new Parameter("via", "the interface by which they come in, or a server or its port"),
            new Parameter("icmp_type", "their ICMP type, or type and code as 3/4"),
            new Parameter("count", $"ends after so many packets; else {UsualCount}"),
            new Parameter("seconds", "ends after so many seconds; else only the count and Ctrl-C do"),
            new Parameter("replies", "the answers too") { Boolean = true },
            new Parameter("all", "every packet of this host") { Boolean = true },
            new Parameter("json", "for programs: one object a packet, each on a line") { Boolean = true },
        ],
        RunAsync);

    private static async Task<int> RunAsync(ManageCall call)
    {
        if (call.Inspection is not { } inspection)
        {
            return call.Refuse("This program cannot look at the host.");
        }

        if (!Whole(call, "count").Succeeded(out var count, out var problem) || !Whole(call, "seconds").Succeeded(out var seconds, out problem))
        {
            return call.Refuse(problem.Message, 2);
        }

        try
        {
            var view = new LiveView(call, inspection, await call.StoreAsync());
            await view.LookAsync(call.Cancel);
            if (!new FilterQuestion(view.Cloud, view.Host).Of(call).Succeeded(out var filter, out problem))
            {
                return call.Refuse(problem.Message, 2);
            }

            using var trace = inspection.Trace(call.Settings, filter, view.IsBridge);
            await new TraceSession(call, trace, view).RunAsync(count ?? UsualCount, seconds);
            return 0;
        }
        catch (InspectionException refused)
        {
            return call.Refuse(refused.Message);
        }
    }

    private static Outcome<int?> Whole(ManageCall call, string name) => call.Number(name).Succeeded(out var number, out var problem)
        ? number is null or > 0 ? number : Problem.Bad($"--{name} must be more than 0.")
        : problem;
}
