using Microsoft.Extensions.Logging;

namespace Bridgehead.Agent;

/// <summary>
/// Work by entity: one run at a time for a key, different keys side by side, and a key that is asked for while its work runs is run once more afterwards.
/// Work that throws is logged and repeated with back-off (0.2 s doubling to 30 s), so nothing that was asked for is forgotten while the process lives.
/// </summary>
public sealed partial class KeyedWork(Func<string, CancellationToken, Task> work, TimeProvider clock, ILogger log, CancellationToken stop)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private TaskCompletionSource _idle = Finished();

    /// <summary>Asks that the key be looked at; returns at once.</summary>
    public void Ask(string key)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var running))
            {
                running.Again = true;
                running.Nudge.TrySetResult();
                return;
            }

            if (_entries.Count == 0)
            {
                _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            var entry = new Entry();
            _entries.Add(key, entry);
            _ = Task.Run(() => RunAsync(key, entry), CancellationToken.None);
        }
    }

    /// <summary>Asks that everything under way be looked at once more: it may have begun before something that nobody will tell of.</summary>
    public void AskAgain()
    {
        lock (_lock)
        {
            foreach (var running in _entries.Values)
            {
                running.Again = true;
                running.Nudge.TrySetResult();
            }
        }
    }

    /// <summary>Completes when nothing is running or waiting to be repeated.</summary>
    public Task WhenIdleAsync()
    {
        lock (_lock)
        {
            return _idle.Task;
        }
    }

    private async Task RunAsync(string key, Entry entry)
    {
        var pause = First;
        while (!stop.IsCancellationRequested)
        {
            Begin(entry);
            try
            {
                await work(key, stop);
                pause = First;
                if (Finish(key, entry))
                {
                    return;
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception problem)
            {
                Failed(log, key, pause.TotalSeconds, problem.Message, problem);
                await PauseAsync(entry, pause);
                pause = pause * 2 > Longest ? Longest : pause * 2;
            }
        }

        Forget(key);
    }

    /// <summary>From here on, a request asks for another run. Under the lock, so that the mark is down before the work's first look, and never wipes out a later request's.</summary>
    private void Begin(Entry entry)
    {
        lock (_lock)
        {
            entry.Again = false;
        }
    }

    /// <summary>Waits for the back-off, or less when the entity changes meanwhile.</summary>
    private async Task PauseAsync(Entry entry, TimeSpan pause)
    {
        var nudge = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (entry.Again)
            {
                // Asked for while the work that failed was running: it failed on an older state of things.
                return;
            }

            entry.Nudge = nudge;
        }

        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(nudge.Task, Task.Delay(pause, clock, timer.Token));
        await timer.CancelAsync();
    }

    /// <summary>Ends the key's work unless it was asked for again meanwhile.</summary>
    private bool Finish(string key, Entry entry)
    {
        lock (_lock)
        {
            if (entry.Again)
            {
                return false;
            }

            Forget(key);
            return true;
        }
    }

    private void Forget(string key)
    {
        lock (_lock)
        {
            _entries.Remove(key);
            if (_entries.Count == 0)
            {
                _idle.TrySetResult();
            }
        }
    }

    private static TaskCompletionSource Finished()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    [LoggerMessage(EventId = 100, Level = LogLevel.Error, Message = "{Key} could not be brought about, next try in {Seconds} s: {Reason}")]
    private static partial void Failed(ILogger log, string key, double seconds, string reason, Exception problem);

    private sealed class Entry
    {
        public bool Again;
        public TaskCompletionSource Nudge = Finished();
    }
}
