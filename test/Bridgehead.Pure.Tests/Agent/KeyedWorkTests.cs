using System.Collections.Concurrent;
using AwesomeAssertions;
using Bridgehead.Agent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Bridgehead.Pure.Tests.Agent;

public sealed class KeyedWorkTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task One_key_never_runs_twice_at_once_and_a_request_during_work_is_not_lost()
    {
        using var stop = new CancellationTokenSource();
        var gate = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        var (runs, inside, most) = (0, 0, 0);
        var work = new KeyedWork(
            async (_, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref inside));
                Interlocked.Increment(ref runs);
                started.TrySetResult();
                await gate.Task;
                Interlocked.Decrement(ref inside);
            },
            _clock,
            NullLogger.Instance,
            stop.Token);
        work.Ask("a");
        await started.Task.WaitAsync(Limit);
        for (var i = 0; i < 50; i++)
        {
            work.Ask("a");
        }

        gate.SetResult();
        await work.WhenIdleAsync().WaitAsync(Limit);
        most.Should().Be(1);
        runs.Should().Be(2, "fifty requests during one run need exactly one more");
    }

    [Fact]
    public async Task Different_keys_run_side_by_side()
    {
        using var stop = new CancellationTokenSource();
        using var both = new CountdownEvent(2);
        var met = new TaskCompletionSource();
        var work = new KeyedWork(
            async (_, _) =>
            {
                if (both.Signal())
                {
                    met.SetResult();
                }

                await met.Task;
            },
            _clock,
            NullLogger.Instance,
            stop.Token);
        work.Ask("a");
        work.Ask("b");
        await work.WhenIdleAsync().WaitAsync(Limit);
        met.Task.IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task Failed_work_is_repeated_until_it_succeeds()
    {
        using var stop = new CancellationTokenSource();
        var tries = new ConcurrentQueue<int>();
        var failedOnce = new SemaphoreSlim(0);
        var work = new KeyedWork(
            (_, _) =>
            {
                tries.Enqueue(0);
                failedOnce.Release();
                return tries.Count < 3 ? Task.FromException(new InvalidOperationException("not yet")) : Task.CompletedTask;
            },
            _clock,
            NullLogger.Instance,
            stop.Token);
        work.Ask("a");
        while (!work.WhenIdleAsync().IsCompleted)
        {
            await failedOnce.WaitAsync(TimeSpan.FromMilliseconds(20));
            _clock.Advance(TimeSpan.FromSeconds(31));
        }

        tries.Should().HaveCount(3);
    }
}
