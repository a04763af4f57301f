using Bridgehead.Rules.Tracing;

namespace Bridgehead.Manage;

/// <summary><c>nova-manage explain</c>: a packet's way through this host, rule by rule, and why.</summary>
internal static class ExplainAction
{
    public static ManageAction Action { get; } = new(
        "explain", "tell the way of a packet through this host: the rules that it meets, why they exist, and what becomes of it", [
            new Parameter("from", $"where it comes from: an address, a server's name or id, or '{PacketQuestion.ThisHost}'") { Required = true },
            new Parameter("to", $"where it goes: an address, a server's name or id, or '{PacketQuestion.ThisHost}'") { Required = true },
            new Parameter("proto", "tcp, udp or icmp; else tcp"),
            new Parameter("port", "its destination port"),
            new Parameter("via", "the interface by which it comes in, or a server or its port; else where such a packet usually comes from"),
            new Parameter("icmp_type", "its ICMP type, or type and code as 3/4; else 8, a ping"),
            new Parameter("source_port", "its source port; else any high one"),
            new Parameter("state", "new, established, related or invalid: what connection tracking says of it; else new"),
            new Parameter("all", "show also the rules that do not match") { Boolean = true },
            new Parameter("json", "for programs") { Boolean = true },
        ],
        RunAsync);

    private static async Task<int> RunAsync(ManageCall call)
    {
        if (call.Inspection is not { } inspection)
        {
            return call.Refuse("This program cannot look at the host.");
        }

        var (settings, store) = (call.Settings, await call.StoreAsync());
        try
        {
            var cloud = await CloudView.ReadAsync(settings, store, call.Cancel);
            var picture = await inspection.LookAsync(settings, store, call.Cancel);
            var host = picture.Host with { Bridges = cloud.Bridges };
            if (!new PacketQuestion(cloud, picture, host).Of(call).Succeeded(out var packet, out var problem))
            {
                return call.Refuse(problem.Message, 2);
            }

            PacketTracer Tracer(HostPolicies policies) => new(policies.Rules(settings, picture.Saved), host, policies.Guard(settings));
            var explanation = Explanation.Of(cloud, picture, Tracer(picture.Policies).Trace(packet), Tracer);
            foreach (var line in call.Has("json") ? [StoryJson.Of(cloud, explanation)] : new Story(cloud, explanation, call.Has("all")).Lines())
            {
                await call.Output.WriteLineAsync(line);
            }

            return 0;
        }
        catch (TraceException unknown)
        {
            return call.Refuse($"{unknown.Message}.", 2);
        }
        catch (InspectionException problem)
        {
            return call.Refuse(problem.Message);
        }
    }
}
