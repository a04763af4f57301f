using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>What a way's marks say of the packet as a whole.</summary>
internal sealed class WayFacts
{
    private const string Bridge = "bridge";

    public WayFacts(PacketWay way, TracedHost host)
    {
        var first = way.Events[0];
        var marks = way.Events.Select(told => (Told: told, Marker: way.MarkerOf(told))).Where(entry => entry.Marker is not null).ToList();
        var port = first.Family == Bridge ? first.Input : null;
        var routed = marks.Find(entry => entry.Told is { IsFirst: true, Family: not Bridge }).Told;
        var words = marks.Where(entry => entry.Marker is { Kind: MarkerKind.State }).Select(entry => entry.Told.Target).ToHashSet();
        Bridged = marks.Any(entry => entry is { Told.Family: Bridge, Marker.Hook: NftHook.Forward });
        Packet = first.Headers!.ToPacket() with
        {
            Input = first.Input is null ? null : routed?.Input ?? (port is { } at ? host.BridgeOf(at) ?? port : port),
            Port = port,
            State = StateOf(words),
            DestinationTranslated = words.Contains(TraceMarker.Translated),
        };
    }

    /// <summary>The packet as it came.</summary>
    public Packet Packet { get; }

    /// <summary>From one port of a bridge to another.</summary>
    public bool Bridged { get; }

    private static ConnectionState StateOf(IReadOnlySet<string?> words) => words.Contains(TraceMarker.Invalid) ? ConnectionState.Invalid
        : words.Contains(TraceMarker.Established) ? ConnectionState.Established
        : words.Contains(TraceMarker.Related) ? ConnectionState.Related
        : ConnectionState.New;
}
