using Bridgehead.Manage;
using Bridgehead.Model;
using Bridgehead.Rules.Tracing;
using Bridgehead.Testing;

namespace Bridgehead.Store.Tests.Manage;

/// <summary>A kernel that tells of recorded packets, one at each wait, and then of none.</summary>
internal sealed class RecordedTrace(IReadOnlyList<Recording> packets, Func<DeviceName, bool> isBridge) : IPacketTrace
{
    private readonly Queue<Recording> _packets = new(packets);

    public string? Blind => null;

    public int Losses => _packets.Count == 0 ? 2 : 0;

    public bool RulesChanged { get; set; }

    public IReadOnlyList<PacketWay> Wait()
    {
        if (!_packets.TryDequeue(out var packet))
        {
            return [];
        }

        var collector = new WayCollector(packet.Table, isBridge, quiet: 1);
        foreach (var told in packet.Events)
        {
            collector.Add(told, 0);
        }

        return [.. collector.TakeAll()];
    }

    public IReadOnlyList<PacketWay> Rest() => [];

    public void Wake()
    {
    }

    public void Dispose()
    {
    }
}
