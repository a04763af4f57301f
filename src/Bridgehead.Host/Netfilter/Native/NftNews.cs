using Bridgehead.Netlink;

namespace Bridgehead.Host;

/// <param name="Ours">Something that matters may have changed.</param>
/// <param name="Lost">Something was told and not heard.</param>
/// <param name="Commits">How many commits with something that matters were told.</param>
/// <param name="Newest">The generation that the last of them made.</param>
internal readonly record struct News(bool Ours, bool Lost, int Commits, uint? Newest);

/// <summary>
/// What others committed since we last looked: which generation the kernel is at, and whether they touched what matters. <see cref="NftWatch"/>, on a thread of its own, tells at once; this is asked.
/// </summary>
internal sealed class NftNews(Func<NftEvent.Change, bool> matters) : IDisposable
{
    private readonly NftMonitor _monitor = new(MonitorGroups.Changes);
    private News _news;

    /// <summary>Something that matters was told of a commit that is not told to its end.</summary>
    private bool _pending;

    /// <summary>The socket whose commits are our own, and not told.</summary>
    public uint Except
    {
        set => _monitor.Except = value;
    }

    /// <summary>Takes what there is; waits for nothing.</summary>
    public News Take()
    {
        _news = default;
        MonitorResult result;
        do
        {
            result = _monitor.Wait(TimeSpan.Zero, Hear);
            if (result.Lost)
            {
                _news = _news with { Ours = true, Lost = true };
            }
        }
        while (result.Heard > 0);

        return _news;
    }

    public void Dispose() => _monitor.Dispose();

    private void Hear(NftEvent told)
    {
        switch (told)
        {
            case NftEvent.Generation generation:
                _news = _news with { Commits = _news.Commits + (_pending ? 1 : 0), Newest = generation.Id };
                _pending = false;
                break;
            case NftEvent.Change change when matters(change):
                _pending = true;
                _news = _news with { Ours = true };
                break;
        }
    }
}
