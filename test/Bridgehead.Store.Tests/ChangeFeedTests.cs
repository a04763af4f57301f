using System.Collections.Concurrent;
using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Store.Tests;

public sealed class ChangeFeedTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Nothing_is_lost_with_many_writers_that_commit_out_of_order(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var (mine, other) = (await fresh.OpenAsync(), await fresh.OpenAsync());
        await using var feed = await mine.OpenFeedAsync(Cancel);
        var seen = new ConcurrentDictionary<string, int>();
        const int Total = 300;
        var reading = Task.Run(
            async () =>
            {
                while (seen.Count < Total)
                {
                    foreach (var change in (await feed.ReadAsync(Cancel)).Changes)
                    {
                        seen.AddOrUpdate(change.Key, 1, (_, n) => n + 1);
                    }
                }
            },
            Cancel);
        await Parallel.ForAsync(0, Total, new ParallelOptions { MaxDegreeOfParallelism = 12, CancellationToken = Cancel }, async (i, _) => await (i % 2 == 0 ? mine : other).WriteAsync(
            async s =>
            {
                await s.Changes.AddAsync("test", $"{i}", null, Cancel);
                await Task.Yield();
                for (var spin = 0; spin < i % 7; spin++)
                {
                    await s.Networks.ListAsync(Cancel);
                }

                return 0;
            },
            Cancel));
        await reading.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        seen.Should().HaveCount(Total);
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_commit_of_another_process_is_noticed(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var (mine, other) = (await fresh.OpenAsync(), await fresh.OpenAsync());
        await using var feed = await mine.OpenFeedAsync(Cancel);
        await other.WriteAsync(
            async s =>
            {
                await s.Changes.AddAsync("test", "x", "host1", Cancel);
                return 0;
            },
            Cancel);
        var batch = await feed.ReadAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        batch.Resync.Should().BeFalse();
        batch.Changes.Should().ContainSingle().Which.Should().Be(new Model.Change("test", "x", "host1"));
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Work_that_was_rolled_back_leaves_no_change(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await using var feed = await store.OpenFeedAsync(Cancel);
        await store.TryWriteAsync<int>(
            async s =>
            {
                await s.Changes.AddAsync("test", "refused", null, Cancel);
                return Model.Problem.Bad("no");
            },
            Cancel);
        await store.WriteAsync(
            async s =>
            {
                await s.Changes.AddAsync("test", "kept", null, Cancel);
                return 0;
            },
            Cancel);
        var batch = await feed.ReadAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        batch.Changes.Select(c => c.Key).Should().Equal("kept");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_database_of_a_newer_program_is_refused(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await store.WriteAsync(async s => await s.Services.BeatAsync("h", "nova-api", "nova", Cancel), Cancel);
        await fresh.ExecuteAsync("insert into schema_version (version, checksum, applied_at) values (99, 'x', 0)");
        var opening = async () => await fresh.OpenAsync();
        (await opening.Should().ThrowAsync<StoreException>()).Which.Message.Should().Contain("99");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_feed_that_missed_what_was_forgotten_is_told_and_others_go_on(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await using var late = await store.OpenFeedAsync(Cancel);
        await using var current = await store.OpenFeedAsync(Cancel);
        await ChangeAsync(store, "old");
        (await current.ReadAsync(Cancel)).Changes.Should().ContainSingle();
        await ChangeAsync(store, "seen");
        (await current.ReadAsync(Cancel)).Changes.Should().ContainSingle();
        await ForgetAsync(store, store.Now.AddHours(1));
        await ChangeAsync(store, "new");
        (await late.ReadAsync(Cancel)).Resync.Should().BeTrue();
        var batch = await current.ReadAsync(Cancel);
        if (batch.Resync && kind == "postgres")
        {
            // A transaction of any other database on the server holds the horizon back; what is forgotten at once, as here, may then look missed. The feed goes on from there.
            await ChangeAsync(store, "new");
            batch = await current.ReadAsync(Cancel);
        }

        batch.Changes.Select(c => c.Key).Should().Equal("new");

        await ForgetAsync(store, store.Now.AddHours(1));
        await using var fromNothing = await store.OpenFeedAsync(Cancel);
        await ChangeAsync(store, "after");
        (await fromNothing.ReadAsync(Cancel)).Changes.Select(c => c.Key).Should().Equal("after");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Whatever_else_is_written_at_that_moment_a_feed_that_missed_something_is_told(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await using var feed = await store.OpenFeedAsync(Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var told = 0;
        var reading = UntilStoppedAsync(async () => _ = (await feed.ReadAsync(stop.Token)).Resync ? Interlocked.Increment(ref told) : 0, stop.Token);
        var others = UntilStoppedAsync(() => ChangeAsync(store, "other"), stop.Token);
        var gaps = 0;
        for (var patience = 0; gaps < 150 && patience < 2000; gaps++)
        {
            var before = Volatile.Read(ref told);
            await store.WriteAsync(
                async s =>
                {
                    await s.Changes.AddAsync("test", "forgotten at once", null, Cancel);
                    await s.ForgetAsync(s.Now.AddHours(1), Cancel);
                    return 0;
                },
                Cancel);
            for (patience = 0; Volatile.Read(ref told) == before && patience < 2000; patience++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancel);
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(reading, others);
        gaps.Should().Be(150, "the feed is told of each");
    }

    /// <summary>On a thread of its own: SQLite does its work where it is asked.</summary>
    private static Task UntilStoppedAsync(Func<Task> work, CancellationToken stop) => Task.Run(
        async () =>
        {
            try
            {
                while (!stop.IsCancellationRequested)
                {
                    await work();
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The test is over.
            }
        },
        CancellationToken.None);

    private static Task ChangeAsync(Database store, string key) => store.WriteAsync(
        async s =>
        {
            await s.Changes.AddAsync("test", key, null, Cancel);
            return 0;
        },
        Cancel);

    private static Task ForgetAsync(Database store, DateTimeOffset before) => store.WriteAsync(
        async s =>
        {
            await s.ForgetAsync(before, Cancel);
            return 0;
        },
        Cancel);
}
