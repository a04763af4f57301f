using Bridgehead.Model;
using Bridgehead.Netlink;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Host;

/// <summary>
/// Real packets under the kernel's trace, from its opening until it is disposed of. Needs the right to change nf_tables. Not thread-safe, except for <see cref="Wake"/>. A
/// <see cref="NetlinkException"/> or <see cref="FirewallException"/> says what the kernel refused.
/// </summary>
public sealed class PacketTrace : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly Nftables _kernel = new();
    private readonly NftMonitor _monitor = new(MonitorGroups.Changes | MonitorGroups.Traces);
    private readonly TimeProvider _clock;
    private readonly WayCollector _ways;

    /// <param name="isBridge">Whether a device is a bridge now.</param>
    public PacketTrace(TraceFilter filter, bool ipv6, Func<DeviceName, bool> isBridge, TimeProvider clock)
    {
        _clock = clock;
        _monitor.Except = _kernel.PortId;
        var table = TraceMarker.TableOf(_kernel.PortId);
        _ways = new WayCollector(table, isBridge, (long)(Quiet.TotalSeconds * clock.TimestampFrequency));
        try
        {
            using var batch = new BatchWriter();
            new TraceTable(table, filter, ipv6).Write(batch);
            if (_kernel.Commit(batch) is { IsCommitted: false } result)
            {
                throw new FirewallException($"nf_tables: {result}");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Somebody changed rules since it was last set to false.</summary>
    public bool RulesChanged { get; set; } = true;

    /// <summary>How often the kernel dropped events, since they were not taken in time: the ways of some packets have gaps.</summary>
    public int Losses { get; private set; }

    /// <summary>Waits until packets' ways are over, but no longer than a moment; gives those that are, in the order of their ends.</summary>
    public IReadOnlyList<PacketWay> Wait()
    {
        if (_monitor.Wait(Glance, Hear).Lost)
        {
            (Losses, RulesChanged) = (Losses + 1, true);
        }

        return [.. _ways.Take(_clock.GetTimestamp())];
    }

    /// <summary>What is not over, as far as it was told.</summary>
    public IReadOnlyList<PacketWay> Rest() => [.. _ways.TakeAll()];

    /// <summary>Ends a wait. Any thread may call it.</summary>
    public void Wake() => _monitor.Wake();

    public void Dispose()
    {
        _kernel.Dispose();
        _monitor.Dispose();
    }

    private void Hear(NftEvent told)
    {
        if (told is NftEvent.Generation)
        {
            RulesChanged = true;
        }
        else if (told is NftEvent.Trace trace && EventReader.Read(trace) is { } packet)
        {
            _ways.Add(packet, _clock.GetTimestamp());
        }
    }
}
