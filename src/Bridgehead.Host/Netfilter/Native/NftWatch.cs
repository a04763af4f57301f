using Bridgehead.Netlink;

namespace Bridgehead.Host;

/// <summary>Listens to nf_tables on a thread of its own, and calls when a commit that matters is complete, or when it cannot know.</summary>
internal sealed class NftWatch : IDisposable
{
    private readonly NftMonitor _monitor = new(MonitorGroups.Changes);
    private readonly Func<NftEvent.Change, bool> _matters;
    private readonly Action _disturbed;
    private readonly Thread _thread;
    private volatile bool _stop;
    private bool _pending;

    /// <param name="matters">Whether a change is of what is ours.</param>
    /// <param name="disturbed">Called on the watch's thread.</param>
    public NftWatch(Func<NftEvent.Change, bool> matters, Action disturbed)
    {
        (_matters, _disturbed) = (matters, disturbed);
        _thread = new Thread(Run) { IsBackground = true, Name = "nf_tables" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop = true;
        _monitor.Wake();
        _thread.Join();
        _monitor.Dispose();
    }

    private void Run()
    {
        while (!_stop)
        {
            if (_monitor.Wait(Timeout.InfiniteTimeSpan, Hear).Lost)
            {
                _disturbed();
            }
        }
    }

    /// <summary>Changes come before the generation that their commit made.</summary>
    private void Hear(NftEvent told)
    {
        switch (told)
        {
            case NftEvent.Change change:
                _pending |= _matters(change);
                break;
            case NftEvent.Generation:
                if (_pending)
                {
                    _disturbed();
                }

                _pending = false;
                break;
        }
    }
}
