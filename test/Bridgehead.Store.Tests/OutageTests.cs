using System.Data.Common;
using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Store.Tests;

/// <summary>A PostgreSQL server that goes away and comes back: errors are the database's, come soon, and the first thing that is asked afterwards is answered.</summary>
public sealed class OutageTests
{
    /// <summary>More than this is a hang.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("fast")]
    [InlineData("immediate")]
    public async Task A_server_that_is_stopped_and_started_is_used_again_at_once(string how)
    {
        await using var server = await PrivatePostgres.StartAsync();
        await using var store = await Database.OpenAsync(server.Connection, TimeProvider.System, Cancel);
        await FillPoolAsync(store);

        await server.StopAsync(how);
        for (var i = 0; i < 5; i++)
        {
            await ((Func<Task>)(() => BeatAsync(store))).Should().ThrowAsync<DbException>();
            await ((Func<Task>)(() => ListAsync(store))).Should().ThrowAsync<DbException>();
        }

        await server.StartAgainAsync();
        (await ListAsync(store)).Should().ContainSingle();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => ListAsync(store)));
        await BeatAsync(store);
    }

    /// <summary>Nobody used the connections while the server was away: all that the pool has are dead, and none of the callers notices.</summary>
    [Fact]
    public async Task A_restart_that_nobody_saw_is_noticed_by_nobody()
    {
        await using var server = await PrivatePostgres.StartAsync();
        await using var store = await Database.OpenAsync(server.Connection, TimeProvider.System, Cancel);
        await FillPoolAsync(store);
        await server.StopAsync("immediate");
        await server.StartAgainAsync();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? ListAsync(store) : BeatAsync(store)));
    }

    /// <summary>What was asked while it hung is answered late, and nothing is lost.</summary>
    [Fact]
    public async Task A_server_that_hangs_for_a_while_is_waited_for()
    {
        await using var server = await PrivatePostgres.StartAsync();
        await using var store = await Database.OpenAsync(server.Connection, TimeProvider.System, Cancel);
        await FillPoolAsync(store);
        await server.SignalAsync("STOP");
        var asked = Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? ListAsync(store) : BeatAsync(store)).ToList();
        asked.Should().NotContain(task => task.IsCompleted);
        await server.SignalAsync("CONT");
        await Task.WhenAll(asked);
    }

    /// <summary>As many connections as there is work at once, all of which stay in the pool.</summary>
    private static Task FillPoolAsync(Database store)
    {
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var there = 0;
        return Task.WhenAll(Enumerable.Range(0, 20).Select(i => store.ReadAsync(
            async session =>
            {
                if (Interlocked.Increment(ref there) == 20)
                {
                    all.SetResult();
                }

                await all.Task;
                return await session.Services.ListAsync(Cancel);
            },
            Cancel)).Append(BeatAsync(store)));
    }

    private static Task<List<Service>> ListAsync(Database store) => store.ReadAsync(s => s.Services.ListAsync(Cancel), Cancel).WaitAsync(Hang, Cancel);

    private static Task BeatAsync(Database store) => store.WriteAsync<Done>(
        async session =>
        {
            await session.Services.BeatAsync("host", Binaries.Compute, "nova", Cancel);
            return default;
        },
        Cancel).WaitAsync(Hang, Cancel);
}
