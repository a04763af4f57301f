namespace Bridgehead.Rules.Tracing;

/// <summary>All that the kernel told of one packet, in order; its table is the tracing one of this program. A frame that a bridge sends out by several ports is a way for each.</summary>
public sealed record PacketWay(string TracingTable, IReadOnlyList<TraceEvent> Events)
{
    /// <summary>What chain of the tracing table the event is of; null for other people's.</summary>
    internal TraceMarker? MarkerOf(TraceEvent told) => told.Table == TracingTable ? TraceMarker.Of(told.Chain) : null;
}
