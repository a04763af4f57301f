using Bridgehead.Rules.Tracing;

namespace Bridgehead.Manage;

/// <summary>A packet's way, what became of it in words, and what would change it.</summary>
/// <param name="Change">The one change that lets a dropped packet pass, or why there is none; null when it passes.</param>
/// <param name="Remark">What else is worth knowing.</param>
internal sealed record Explanation(Trace Trace, string Verdict, string? Change, string? Remark)
{
    /// <param name="cloud">The cloud's entities.</param>
    /// <param name="picture">The host.</param>
    /// <param name="trace">The packet's way.</param>
    /// <param name="tracerFor">A tracer for a host with other policies, to try changes.</param>
    public static Explanation Of(CloudView cloud, HostPicture picture, Trace trace, Func<HostPolicies, PacketTracer> tracerFor) =>
        new(trace, VerdictOf(cloud, trace), trace.Passes ? null : new OneChange(cloud, picture, tracerFor).For(trace), RemarkOf(cloud, trace));

    /// <inheritdoc cref="Of(CloudView, HostPicture, Trace, Func{HostPolicies, PacketTracer})"/>
    public static Explanation Of(CloudView cloud, Trace trace, string change) => new(trace, VerdictOf(cloud, trace), change, RemarkOf(cloud, trace));

    private static string VerdictOf(CloudView cloud, Trace trace) => trace.Fate switch
    {
        Fate.Sent => $"passes: {trace.Final} leaves by {trace.Output}{(cloud.At(trace.Final.Destination) is var (server, _) ? $" to server {server.Instance.DisplayName}" : "")}",
        Fate.Delivered => $"passes: this host takes {trace.Final}",
        Fate.Dropped => $"dropped: {DecisionOf(cloud, trace)}",
        _ => $"lost: {trace.Steps[^1].Text}",
    };

    private static string DecisionOf(CloudView cloud, Trace trace) => trace.Steps.LastOrDefault(step => step.Decided) is { Kind: TraceKind.Rule } step
        ? $"{cloud.WhyOf(step)} ({step.Chain})"
        : trace.Steps[^1] is { Kind: TraceKind.Foreign } foreign ? $"a rule of somebody else's: {foreign.Text} ({foreign.Chain})" : trace.Steps[^1].Text;

    private static string? RemarkOf(CloudView cloud, Trace trace)
    {
        if (cloud.Floating(trace.Final.Destination) is { FixedAddress: null } unused)
        {
            return $"{unused.Address} is a floating address that no server has, so this host does not answer for it: nova add-floating-ip SERVER {unused.Address}";
        }

        var foreign = trace.Steps.Count(step => step is { Kind: TraceKind.Foreign, Matched: false });
        return foreign == 0 ? null : foreign == 1 ? "1 rule of somebody else's stands on its way and was not tried" : $"{foreign} rules of somebody else's stand on its way and were not tried";
    }
}
