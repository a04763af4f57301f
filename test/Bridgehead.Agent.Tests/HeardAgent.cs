using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Agent.Tests;

/// <summary>An agent whose feed is listened to: what it has handed over, and, at will, that it loses what it should hand over.</summary>
internal sealed class HeardAgent(IAgent agent) : IAgent
{
    /// <summary>The kind of changes that are only for this listener.</summary>
    public const string Mark = "mark";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource> _marks = new(StringComparer.Ordinal);
    private long _heard;
    private volatile TaskCompletionSource? _looked;

    public string Binary => agent.Binary;

    /// <summary>Changes that came by, marks left out.</summary>
    public long Heard => Interlocked.Read(ref _heard);

    /// <summary>The agent does not get what the feed hands over.</summary>
    public bool Deaf => _looked is { Task.IsCompleted: false };

    /// <summary>From here on it is deaf, until it looks at everything.</summary>
    public void Deafen() => _looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it hears again.</summary>
    public Task WhenLookedAsync() => _looked?.Task ?? Task.CompletedTask;

    public async Task ResyncAsync(CancellationToken cancel)
    {
        await agent.ResyncAsync(cancel);
        _looked?.TrySetResult();
    }

    public void Look(Change change)
    {
        if (change.Kind == Mark)
        {
            Of(change.Key).TrySetResult();
            return;
        }

        Interlocked.Increment(ref _heard);
        if (!Deaf)
        {
            agent.Look(change);
        }
    }

    public Func<Session, CancellationToken, Task> Report() => agent.Report();

    public Task WhenIdleAsync() => agent.WhenIdleAsync();

    /// <summary>Completes when the mark, and with it everything that was committed before it, has come by.</summary>
    public Task WhenHeardAsync(string mark) => Of(mark).Task;

    private TaskCompletionSource Of(string mark)
    {
        lock (_lock)
        {
            if (!_marks.TryGetValue(mark, out var source))
            {
                _marks.Add(mark, source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            return source;
        }
    }
}
