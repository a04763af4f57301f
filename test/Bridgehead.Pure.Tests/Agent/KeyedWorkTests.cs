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
    public async Task What_is_under_way_can_be_asked_to_look_once_more_and_nothing_else_runs()
    {
        using var stop = new CancellationTokenSource();
        var gate = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        var runs = new ConcurrentQueue<string>();
        var work = new KeyedWork(
            async (key, _) =>
            {
                runs.Enqueue(key);
                if (key == "a")
                {
                    started.TrySetResult();
                    await gate.Task;
                }
            },
            _clock,
            NullLogger.Instance,
            stop.Token);
        work.Ask("done");
        await work.WhenIdleAsync().WaitAsync(Limit);
        work.Ask("a");
        await started.Task.WaitAsync(Limit);
        work.AskAgain();
        gate.SetResult();
        await work.WhenIdleAsync().WaitAsync(Limit);
        runs.Should().Equal("done", "a", "a");
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

    [Fact]
    public async Task A_request_made_while_failing_work_runs_does_not_wait_for_the_back_off()
    {
        using var stop = new CancellationTokenSource();
        var tries = 0;
        KeyedWork? work = null;
        work = new KeyedWork(
            (_, _) =>
            {
                if (Interlocked.Increment(ref tries) > 1)
                {
                    return Task.CompletedTask;
                }

                work!.Ask("a");
                return Task.FromException(new InvalidOperationException("the state of before"));
            },
            _clock,
            NullLogger.Instance,
            stop.Token);
        work.Ask("a");
        await work.WhenIdleAsync().WaitAsync(Limit);
        tries.Should().Be(2, "the clock never moved");
    }

    [Fact]
    public async Task A_request_during_the_back_off_ends_it()
    {
        using var stop = new CancellationTokenSource();
        using var tried = new SemaphoreSlim(0);
        var fail = true;
        var work = new KeyedWork(
            (_, _) =>
            {
                tried.Release();
                return fail ? Task.FromException(new InvalidOperationException("not yet")) : Task.CompletedTask;
            },
            _clock,
            NullLogger.Instance,
            stop.Token);
        work.Ask("a");
        await tried.WaitAsync(Limit);
        fail = false;
        work.Ask("a");
        await work.WhenIdleAsync().WaitAsync(Limit);
    }

    /// <summary>Changes made before a request are seen by a run that begins after it, however requests and runs fall together.</summary>
    [Fact]
    public async Task No_request_is_lost_in_a_crowd()
    {
        using var stop = new CancellationTokenSource();
        var (wanted, done) = (new int[4], new int[4]);
        var work = new KeyedWork(
            (key, _) =>
            {
                var i = key[0] - '0';
                Volatile.Write(ref done[i], Volatile.Read(ref wanted[i]));
                return Task.CompletedTask;
            },
            _clock,
            NullLogger.Instance,
            stop.Token);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() =>
        {
            for (var n = 1; n <= 20_000; n++)
            {
                Volatile.Write(ref wanted[i], n);
                work.Ask($"{i}");
            }
        })));
        await work.WhenIdleAsync().WaitAsync(Limit);
        done.Should().Equal(wanted);
    }

    [Fact]
    public async Task Work_that_is_told_to_stop_leaves_nothing_behind()
    {
        using var stop = new CancellationTokenSource();
        var work = new KeyedWork((_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, _clock, cancel), _clock, NullLogger.Instance, stop.Token);
        work.Ask("a");
        work.Ask("b");
        await stop.CancelAsync();
        await work.WhenIdleAsync().WaitAsync(Limit);
        work.Ask("c");
        await work.WhenIdleAsync().WaitAsync(Limit);
    }
}
