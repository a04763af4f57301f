using Bridgehead.Model;
using Bridgehead.Netlink;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Host;

/// <summary>
/// Real packets under the kernel's trace, from its opening until it is disposed of. Needs the right to change nf_tables. Not thread-safe, except for <see cref="Wake"/>. A
/// <see cref="FirewallException"/> says what the kernel refused.
/// </summary>
public sealed class PacketTrace : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly Nftables _kernel;
    private readonly NftMonitor _monitor;
    private readonly TimeProvider _clock;
    private readonly WayCollector _ways;

    private PacketTrace(Nftables kernel, NftMonitor monitor, Func<DeviceName, bool> isBridge, TimeProvider clock)
    {
        (_kernel, _monitor, _clock) = (kernel, monitor, clock);
        _monitor.Except = kernel.PortId;
        _ways = new WayCollector(TraceMarker.TableOf(kernel.PortId), isBridge, (long)(Quiet.TotalSeconds * clock.TimestampFrequency));
    }

    /// <summary>Somebody changed rules since it was last set to false.</summary>
    public bool RulesChanged { get; set; } = true;

    /// <summary>How often the kernel dropped events, since they were not taken in time: the ways of some packets have gaps.</summary>
    public int Losses { get; private set; }

    /// <param name="filter">Which packets.</param>
    /// <param name="ipv6">IPv6 too.</param>
    /// <param name="isBridge">Whether a device is a bridge now.</param>
    /// <param name="clock">Tells when a packet's way has been quiet for long.</param>
    public static PacketTrace Open(TraceFilter filter, bool ipv6, Func<DeviceName, bool> isBridge, TimeProvider clock)
    {
        Nftables? kernel = null;
        NftMonitor? monitor = null;
        try
        {
            kernel = new Nftables();
            monitor = new NftMonitor(MonitorGroups.Changes | MonitorGroups.Traces);
            var trace = new PacketTrace(kernel, monitor, isBridge, clock);
            trace.Begin(filter, ipv6);
            return trace;
        }
        catch (Exception problem) when (problem is NetlinkException or FirewallException)
        {
            kernel?.Dispose();
            monitor?.Dispose();
            throw problem as FirewallException ?? new FirewallException($"nf_tables: {problem.Message}", problem);
        }
    }

    /// <summary>Waits until packets' ways are over, but no longer than a moment; gives those that are, in the order of their ends.</summary>
    public IReadOnlyList<PacketWay> Wait()
    {
        try
        {
            if (_monitor.Wait(Glance, Hear).Lost)
            {
                (Losses, RulesChanged) = (Losses + 1, true);
            }
        }
        catch (NetlinkException problem)
        {
            throw new FirewallException($"nf_tables: {problem.Message}", problem);
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

    private void Begin(TraceFilter filter, bool ipv6)
    {
        using var batch = new BatchWriter();
        new TraceTable(TraceMarker.TableOf(_kernel.PortId), filter, ipv6).Write(batch);
        if (_kernel.Commit(batch) is { IsCommitted: false } result)
        {
            throw new FirewallException($"nf_tables: {result}");
        }
    }

    private void Hear(NftEvent told)
    {
        if (told is NftEvent.Generation)
        {
            RulesChanged = true;
        }
        else if (told is NftEvent.Trace trace)
        {
            _ways.Add(EventReader.Read(trace), _clock.GetTimestamp());
        }
    }
}
