namespace Bridgehead.Rules.Tracing;

/// <summary>Tells a real packet's way as <see cref="PacketTracer"/> tells that of a supposed one. Pure.</summary>
/// <param name="book">The rules that the kernel's events name.</param>
/// <param name="host">Tells why the host's routing loses a packet.</param>
public sealed class WayTracer(RuleBook book, TracedHost host)
{
    public Trace Trace(PacketWay way) => new WayWalk(book, host, way).Run();
}
