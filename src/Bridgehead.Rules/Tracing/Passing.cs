using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules.Tracing;

/// <summary>A packet at a hook: as it is now, with what the hook knows of interfaces.</summary>
internal sealed class Passing(Packet packet, TracedHost host)
{
    public TracedHost Host => host;

    public Packet Packet { get; private set; } = packet;

    /// <summary>Null where the hook knows none.</summary>
    public DeviceName? Input { get; set; }

    public DeviceName? Output { get; set; }

    public uint Mark { get; set; }

    public bool HasSource { get; private set; }

    /// <summary>The connection's destination is translated: by this packet, or by one before it.</summary>
    public bool HasDestination { get; private set; } = packet.DestinationTranslated;

    public void SetDestination(IPAddress address, int? port)
    {
        Packet = Packet with { Destination = address, DestinationPort = port is { } number ? (ushort)number : Packet.DestinationPort };
        HasDestination = true;
    }

    public void SetSource(IPAddress address)
    {
        Packet = Packet with { Source = address };
        HasSource = true;
    }
}
