using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Store.Tests;

/// <summary>Two equal stamps say that what was read between them is still so.</summary>
public sealed class StampTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task They_stay_the_same_while_nobody_commits(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var database = await fresh.OpenAsync();
        using var stamps = Stamps.Of(database);

        // A PostgreSQL counts the commits of its other databases, too, which other tests make meanwhile: then another look is needed.
        for (var look = 1; ; look++)
        {
            var before = await stamps.NowAsync(Cancel);
            await database.ReadAsync(s => s.Networks.ListAsync(Cancel), Cancel);
            var after = await stamps.NowAsync(Cancel);
            if (after == before)
            {
                return;
            }

            (kind == "postgres" && look < 1000).Should().BeTrue($"nobody committed between {before} and {after}");
        }
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Whoever_commits_makes_another_one(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var (one, other) = (await fresh.OpenAsync(), await fresh.OpenAsync());
        using var stamps = Stamps.Of(one);
        var seen = new HashSet<Stamp> { await stamps.NowAsync(Cancel) };
        foreach (var database in new[] { one, other, one })
        {
            await FixedIpTests.NetworkAsync(database, $"10.0.{seen.Count}.0/24");
            seen.Add(await stamps.NowAsync(Cancel)).Should().BeTrue();
        }

        await fresh.ExecuteAsync("delete from networks");
        seen.Add(await stamps.NowAsync(Cancel)).Should().BeTrue("another program's writing is a commit too");
    }

    /// <summary>What was written but not committed is not seen; so the stamp of that time must not be the one of afterwards.</summary>
    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task One_taken_while_somebody_writes_ends_with_the_commit(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var database = await fresh.OpenAsync();
        using var stamps = Stamps.Of(database);
        var during = default(Stamp);
        await database.WriteAsync(
            async s =>
            {
                await s.Services.BeatAsync("elsewhere", "nova-api", "internal", Cancel);
                during = await stamps.NowAsync(Cancel);
                return (await database.ReadAsync(other => other.Services.ListAsync(Cancel), Cancel)).Should().BeEmpty();
            },
            Cancel);
        (await stamps.NowAsync(Cancel)).Should().NotBe(during);
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Many_at_once_never_trust_what_a_writer_has_changed(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var database = await fresh.OpenAsync();
        using var stamps = Stamps.Of(database);
        var committed = 0;
        var readers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var (stamp, count) = (default(Stamp), 0);
            while (Volatile.Read(ref committed) < 40)
            {
                var least = Volatile.Read(ref committed);
                var now = await stamps.NowAsync(Cancel);
                if (now != stamp)
                {
                    (stamp, count) = (now, (await database.ReadAsync(s => s.Networks.ListAsync(Cancel), Cancel)).Count);
                }

                count.Should().BeGreaterThanOrEqualTo(least);
            }
        }, Cancel)).ToList();
        for (var number = 0; number < 40; number++)
        {
            await FixedIpTests.NetworkAsync(database, $"10.0.{number}.0/24");
            Interlocked.Increment(ref committed);
        }

        await Task.WhenAll(readers);
    }
}
