using Bridgehead.Model;
using Bridgehead.Rules.Tracing;
using Bridgehead.Store;

namespace Bridgehead.Manage;

/// <summary>The cloud, the host and its rules, as a packet's way is told from; read again when somebody changed rules.</summary>
internal sealed class LiveView(ManageCall call, IHostInspection inspection, Database store)
{
    private RuleBook? _rules;

    public CloudView Cloud { get; private set; } = null!;

    public TracedHost Host { get; private set; } = null!;

    private HostPicture Picture { get; set; } = null!;

    /// <summary>The cloud and the host without its rules.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        Cloud = await CloudView.ReadAsync(call.Settings, store, cancel);
        Picture = await inspection.LookAsync(call.Settings, store, cancel);
        Host = Picture.Host with { Bridges = Cloud.Bridges };
    }

    public bool IsBridge(DeviceName device) => Host.Ports.Values.Contains(device) || Host.Bridges.Any(bridge => bridge.Device == device);

    /// <summary>Rules that are told of have the numbers that they had when the packet met them.</summary>
    public async Task ReadRulesAsync(IPacketTrace trace, CancellationToken cancel)
    {
        if (_rules is not null && !trace.RulesChanged)
        {
            return;
        }

        trace.RulesChanged = false;
        await LookAsync(cancel);
        _rules = await inspection.RulesAsync(call.Settings, store, Picture, _rules, cancel);
    }

    /// <param name="way">What the kernel told.</param>
    /// <param name="isBlind">The host has rules of which the kernel does not tell: one of them may have dropped it.</param>
    public Explanation Explain(PacketWay way, bool isBlind)
    {
        var told = new WayTracer(_rules!, Host).Trace(way);
        if (isBlind && told.Fate == Fate.Unroutable)
        {
            return Explanation.Of(Cloud, told, "not known, since rules of this host are not told: ask 'nova-manage explain' for such a packet");
        }

        PacketTracer Tracer(HostPolicies policies) => new(policies.Rules(call.Settings, Picture.Saved), Host, policies.Guard(call.Settings));
        try
        {
            var isForeign = told.Steps.LastOrDefault(step => step.Decided) is { Kind: TraceKind.Foreign };
            return !told.Passes && !isForeign && Tracer(Picture.Policies).Trace(told.Packet).Passes
                ? Explanation.Of(Cloud, told, "none in the cloud, whose rules let such a packet pass now: 'nova-manage rules' shows what differs on this host")
                : Explanation.Of(Cloud, Picture, told, Tracer);
        }
        catch (TraceException unknown)
        {
            // What became of it was seen; what would change it is only supposed, and here cannot be.
            return Explanation.Of(Cloud, told, $"not known: {unknown.Message}");
        }
    }
}
