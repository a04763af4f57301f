namespace Bridgehead.Rules.Tracing;

/// <summary>Follows packets through a host's rules as the kernel would. Pure; what it does not know it says, with a <see cref="TraceException"/>.</summary>
/// <param name="rules">The packet filter.</param>
/// <param name="host">Where packets go.</param>
/// <param name="guard">The port guard, for packets that come from an instance's port.</param>
public sealed class PacketTracer(Ruleset rules, TracedHost host, Ruleset? guard = null)
{
    public Trace Trace(Packet packet) => packet switch
    {
        { IsV4: var v4 } when (packet.Source.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork) != v4 => throw new TraceException("both addresses must be of one family"),
        _ when TracedHost.IsMulticast(packet.Destination) => throw new TraceException($"{packet.Destination} is a multicast address: its way is not followed"),
        _ => new PacketWalk(rules, guard, host, packet).Run(),
    };
}
