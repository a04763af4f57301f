using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Agent.Tests;

/// <summary>One life of nova-network and nova-compute on a machine: the real agents, loops and appliers, with programs that are not.</summary>
internal sealed class FakeDaemons : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Complaints _complaints = new();
    private readonly Database _store;
    private readonly HeardAgent[] _agents;
    private readonly TaskCompletionSource[] _ready;
    private readonly Task[] _running;

    private FakeDaemons(FakeMachine machine, Database store, NovaSettings settings)
    {
        _store = store;
        machine.Host.Killed = Die;
        _agents = [.. FakeParts.Agents(machine, store, settings, FakeHands.Real(machine, _complaints), _complaints, _stop.Token).Select(agent => new HeardAgent(agent))];
        _ready = [.. _agents.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        _running = [.. _agents.Select((agent, i) => new AgentLoop(agent, store, settings, TimeProvider.System, _complaints.For<AgentLoop>()).RunAsync(_ready[i], _stop.Token))];
    }

    /// <summary>Returns when both have brought the host about, or were killed at it.</summary>
    public static async Task<FakeDaemons> StartAsync(FakeMachine machine, Database store, NovaSettings settings)
    {
        var daemons = new FakeDaemons(machine, store, settings);
        foreach (var (ready, running) in daemons._ready.Zip(daemons._running))
        {
            var first = await Task.WhenAny(ready.Task, running).WaitAsync(Limit);
            if (!daemons.Killed)
            {
                await first;
            }
        }

        return daemons;
    }

    public bool Killed => _killed.Task.IsCompleted;

    /// <summary>What has failed in this life, though it may have succeeded later.</summary>
    public IReadOnlyCollection<string> Errors => _complaints.Errors;

    /// <summary>
    /// Waits until both have heard of everything that is in the store, and nothing is under way, or they are killed. A mark in the feed says that they have heard; when nothing but
    /// marks came between one that was followed by a pause of all work and the next, that work left nothing more to hear of.
    /// </summary>
    public async Task WhenQuietAsync()
    {
        await HearAgainAsync();
        for (var before = -1L; !Killed;)
        {
            var mark = $"{Guid.NewGuid()}";
            await _store.WriteAsync<Done>(
                async session =>
                {
                    await session.Changes.AddAsync(HeardAgent.Mark, mark, null, default);
                    return default;
                },
                default);
            await UnlessKilledAsync(Task.WhenAll(_agents.Select(agent => agent.WhenHeardAsync(mark))));
            var heard = _agents.Sum(agent => agent.Heard);
            if (heard == before)
            {
                return;
            }

            before = heard;
            await WhenIdleAsync();
        }
    }

    /// <summary>From here on the feeds lose what they should hand over.</summary>
    public void Deafen() => Array.ForEach(_agents, agent => agent.Deafen());

    /// <summary>The store forgets what it fed; the feeds notice that they may have lost something.</summary>
    private async Task HearAgainAsync()
    {
        if (_agents.Any(agent => agent.Deaf))
        {
            await _store.WriteAsync<Done>(
                async session =>
                {
                    await session.Changes.AddAsync(HeardAgent.Mark, "forgotten", null, default);
                    await session.ForgetAsync(session.Now + TimeSpan.FromDays(1), default);
                    return default;
                },
                default);
            await UnlessKilledAsync(Task.WhenAll(_agents.Select(agent => agent.WhenLookedAsync())));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var running in _running)
        {
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await WhenIdleAsync();
        _stop.Dispose();
    }

    private void Die()
    {
        _killed.TrySetResult();
        _stop.Cancel();
    }

    private async Task UnlessKilledAsync(Task task)
    {
        if (!await SoonAsync(Task.WhenAny(task, _killed.Task)))
        {
            throw new TimeoutException($"the daemons do not get there:\n{string.Join('\n', Errors)}");
        }
    }

    private static async Task<bool> SoonAsync(Task task) => await Task.WhenAny(task, Task.Delay(Limit)) == task;

    private async Task WhenIdleAsync()
    {
        foreach (var agent in _agents)
        {
            await agent.WhenIdleAsync().WaitAsync(Limit);
        }
    }
}
