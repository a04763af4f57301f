using Bridgehead.Model;
using Bridgehead.Store;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Agent;

/// <summary>
/// Follows the change feed for one agent. The feed is opened before the first full look, so that a change made during it is seen again afterwards.
/// A store that is away is waited for; what was asked of the agent meanwhile goes on.
/// </summary>
public sealed partial class AgentLoop(IAgent agent, Database store, NovaSettings settings, TimeProvider clock, ILogger<AgentLoop> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The feed lost something, and not everything has been looked at since.</summary>
    private bool _missed;

    /// <summary>Runs until cancelled. <paramref name="ready"/> completes after the first full look.</summary>
    public async Task RunAsync(TaskCompletionSource ready, CancellationToken cancel)
    {
        await using var feed = await store.OpenFeedAsync(cancel);
        await agent.ResyncAsync(cancel);

        // Only now is the host fit for work: the scheduler chooses among daemons that have reported.
        await BeatOnceAsync(cancel);
        ready.TrySetResult();
        var beats = BeatAsync(cancel);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await NextAsync(feed, cancel);
            }
            catch (Exception problem) when (!cancel.IsCancellationRequested)
            {
                FeedFailed(log, agent.Binary, problem.Message, problem);
                await Task.Delay(Pause, clock, cancel);
            }
        }

        await beats;
    }

    private async Task NextAsync(ChangeFeed feed, CancellationToken cancel)
    {
        if (_missed)
        {
            await agent.ResyncAsync(cancel);
            _missed = false;
        }

        var batch = await feed.ReadAsync(cancel);
        _missed = batch.Resync;
        foreach (var change in batch.Changes)
        {
            if (change.Host is null || change.Host == settings.Host)
            {
                agent.Look(change);
            }
        }
    }

    private Task BeatOnceAsync(CancellationToken cancel)
    {
        var report = agent.Report();
        return store.WriteAsync<Done>(
            async session =>
            {
                await session.Services.BeatAsync(settings.Host, agent.Binary, settings.DefaultAvailabilityZone, cancel);
                await report(session, cancel);
                return default(Done);
            },
            cancel);
    }

    private async Task BeatAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(settings.ReportInterval), clock, cancel);
                await BeatOnceAsync(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                BeatFailed(log, agent.Binary, problem.Message, problem);
            }
        }
    }

    [LoggerMessage(EventId = 101, Level = LogLevel.Error, Message = "{Binary} cannot read the change feed, trying again: {Reason}")]
    private static partial void FeedFailed(ILogger log, string binary, string reason, Exception problem);

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "{Binary} cannot report that it lives: {Reason}")]
    private static partial void BeatFailed(ILogger log, string binary, string reason, Exception problem);
}
