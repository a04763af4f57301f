using Bridgehead.Model;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>
/// Sorts the kernel's events by packet. Only packets that the tracing table put under trace are taken; other people's traces are not. Time is given in whatever unit the quiet time has.
/// </summary>
/// <param name="table">The tracing table.</param>
/// <param name="isBridge">Whether a device is a bridge.</param>
/// <param name="quiet">After so long without an event a packet's way is believed to be over.</param>
public sealed class WayCollector(string table, Func<DeviceName, bool> isBridge, long quiet)
{
    /// <summary>Oldest first. Complete ones stay for the quiet time, since a bridge's copies of a frame come after one another.</summary>
    private readonly List<OpenWay> _ways = [];
    private readonly Dictionary<uint, OpenWay> _byId = [];
    private readonly Queue<PacketWay> _done = new();

    public void Add(TraceEvent told, long now)
    {
        if (TraceMarker.IsTable(told.Table) && told.Table != table)
        {
            return;
        }

        TraceMarker? marker = told.Table == table ? TraceMarker.Of(told.Chain) : null;
        var way = told.IsFirst ? WayTo(told, marker) : _byId.GetValueOrDefault(told.PacketId);
        if (way is null || way.IsComplete)
        {
            _byId.Remove(told.PacketId);
            return;
        }

        _byId[told.PacketId] = way;
        way.Add(told, marker, now, isBridge);
        if (way.IsComplete)
        {
            Finish(way);
        }
    }

    /// <summary>The ways that are over, in the order of their ends.</summary>
    public IEnumerable<PacketWay> Take(long now)
    {
        foreach (var way in _ways.Where(way => now - way.HeardAt >= quiet).ToList())
        {
            _ways.Remove(way);
            if (!way.IsComplete)
            {
                Finish(way);
            }
        }

        while (_done.TryDequeue(out var way))
        {
            yield return way;
        }
    }

    /// <summary>What is still open, as far as it was told.</summary>
    public IEnumerable<PacketWay> TakeAll() => Take(long.MaxValue);

    private OpenWay? WayTo(TraceEvent first, TraceMarker? marker)
    {
        if (!first.Headers!.IsIp)
        {
            return null;
        }

        if (_byId.GetValueOrDefault(first.PacketId) is { } known && known.LeadsTo(first, marker))
        {
            return known;
        }

        var identity = first.Headers.Identity();
        if (_ways.Find(way => way.Identity == identity && way.LeadsTo(first, marker)) is { } same)
        {
            return same;
        }

        return IsAskedFor(first, marker) ? Begin(new OpenWay())
            : first.Family == "bridge" && marker is { Kind: MarkerKind.Begin, Hook: NftHook.Input or NftHook.Forward } && _ways.Find(way => way.CanBranch(identity)) is { } trunk ? Begin(trunk.Branch())
            : null;
    }

    /// <summary>A packet that somebody else has under trace already shows the jump that leads to where it would be put under trace.</summary>
    private static bool IsAskedFor(TraceEvent first, TraceMarker? marker) => marker is { Kind: MarkerKind.Follow } || (marker is { Kind: MarkerKind.Begin } && first.Verdict == EventVerdict.Jump);

    private OpenWay Begin(OpenWay way)
    {
        _ways.Add(way);
        return way;
    }

    private void Finish(OpenWay way)
    {
        foreach (var id in _byId.Where(entry => entry.Value == way).Select(entry => entry.Key).ToList())
        {
            _byId.Remove(id);
        }

        _done.Enqueue(new PacketWay(table, [.. way.Events]));
    }
}
