using System.Diagnostics;
using Bridgehead.Netlink;

namespace Bridgehead.Benchmarks;

/// <summary>Times requests until the kernel tells that the rule is in: its own notification, heard in the host's namespace, by one clock.</summary>
/// <param name="isRule">Whether a change is the rule's: an element or a rule where the group's rules are.</param>
internal sealed class RuleLatency(Func<NftEvent.Change, bool> isRule) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private readonly NftMonitor _monitor = new(MonitorGroups.Changes);
    private bool _changed;
    private bool _done;

    /// <summary>From the request's sending to the end of the commit that holds the change; in milliseconds.</summary>
    public async Task<double> MeasureAsync(Func<Task> request)
    {
        // What others told before is no part of this.
        while (_monitor.Wait(TimeSpan.Zero, _ => { }).Heard > 0)
        {
        }

        (_changed, _done) = (false, false);
        var clock = Stopwatch.StartNew();
        var sent = Task.Run(request);
        while (!_done)
        {
            if (_monitor.Wait(Longest, Hear) is { Lost: true } || clock.Elapsed > Longest)
            {
                throw new InvalidOperationException("the kernel did not tell of the rule");
            }
        }

        var time = clock.Elapsed.TotalMilliseconds;
        await sent;
        return time;
    }

    public void Dispose() => _monitor.Dispose();

    private void Hear(NftEvent told)
    {
        _changed |= told is NftEvent.Change change && isRule(change);
        _done |= _changed && told is NftEvent.Generation;
    }
}
