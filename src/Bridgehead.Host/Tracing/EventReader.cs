using Bridgehead.Model;
using Bridgehead.Netlink;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Host;

/// <summary>The kernel's trace notifications in the tracer's words.</summary>
internal static class EventReader
{
    public static TraceEvent Read(NftEvent.Trace trace)
    {
        var verdict = trace switch
        {
            { Policy: { } policy } => VerdictOf(policy),
            { RuleHandle: > 0, Verdict: { } said } => VerdictOf(said.Code),
            _ => EventVerdict.Return,
        };
        return new TraceEvent(trace.PacketId, FamilyOf(trace.Table.Family), trace.Table.Name, trace.Chain, trace.RuleHandle == 0 ? null : trace.RuleHandle, verdict)
        {
            Target = trace.Verdict?.Chain,
            Headers = trace.NetworkHeader.IsEmpty ? null : new PacketHeaders(trace.LinkHeader, trace.NetworkHeader, trace.TransportHeader),
            Input = DeviceOf(trace.Input),
            Output = DeviceOf(trace.Output),
        };
    }

    public static string FamilyOf(NftFamily family) => family.ToString().ToLowerInvariant();

    private static DeviceName? DeviceOf(int number) => DeviceName.TryParse(InterfaceName.Of(number), out var name) ? name : null;

    private static EventVerdict VerdictOf(VerdictCode code) => code switch
    {
        VerdictCode.Drop => EventVerdict.Drop,
        VerdictCode.Accept => EventVerdict.Accept,
        VerdictCode.Jump => EventVerdict.Jump,
        VerdictCode.Goto => EventVerdict.Goto,
        VerdictCode.Return => EventVerdict.Return,
        VerdictCode.Continue or VerdictCode.Break => EventVerdict.Continue,

        // To a queue of a program, or stolen by a target of iptables.
        _ => EventVerdict.Handed,
    };
}
