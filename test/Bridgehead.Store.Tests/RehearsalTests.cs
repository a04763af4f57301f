using AwesomeAssertions;
using Bridgehead.Control;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Store.Tests;

/// <summary>A store in which nothing that is written stays.</summary>
public sealed class RehearsalTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task What_is_written_is_seen_by_the_rehearsal_and_by_nobody_else(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await using (var rehearsal = await Database.RehearseAsync(fresh.Connection, TimeProvider.System, Cancel))
        {
            await BeatAsync(rehearsal);
            await rehearsal.WriteAsync(session => ChangeAsync(session, 7), Cancel);
            (await HostsAsync(rehearsal)).Should().Equal("h");
            (await rehearsal.TakeRehearsedAsync(Cancel)).Should().Equal(new Change(ChangeKind.Network, "7", null));
            (await rehearsal.TakeRehearsedAsync(Cancel)).Should().BeEmpty();
            (await HostsAsync(store)).Should().BeEmpty();
        }

        (await HostsAsync(store)).Should().BeEmpty();
        await BeatAsync(store);
        (await HostsAsync(store)).Should().Equal("h");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Work_that_fails_or_is_refused_leaves_no_trace_and_the_next_goes_on(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        await fresh.OpenAsync();
        await using var rehearsal = await Database.RehearseAsync(fresh.Connection, TimeProvider.System, Cancel);
        await FluentActions.Awaiting(() => rehearsal.WriteAsync<Done>(
            async session =>
            {
                await session.Services.BeatAsync("lost", Binaries.Network, "nova", Cancel);
                throw new InvalidOperationException("no");
            },
            Cancel)).Should().ThrowAsync<InvalidOperationException>();
        await rehearsal.TryWriteAsync<Done>(
            async session =>
            {
                await ChangeAsync(session, 7);
                await session.Services.BeatAsync("refused", Binaries.Network, "nova", Cancel);
                return Problem.Bad("no");
            },
            Cancel);
        await BeatAsync(rehearsal);
        (await HostsAsync(rehearsal)).Should().Equal("h");
        (await rehearsal.TakeRehearsedAsync(Cancel)).Should().BeEmpty();
    }

    /// <summary>On a machine where nobody started a daemon yet.</summary>
    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_store_that_is_not_there_is_not_made(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var settings = new NovaSettings { Host = "h", MyIp = Ip.Parse("192.0.2.1"), StatePath = "/none", Connection = fresh.Connection, MetadataHost = Ip.Parse("192.0.2.1") };
        await using (var rehearsal = await Database.RehearseAsync(fresh.Connection, TimeProvider.System, Cancel))
        {
            (await new Seed(rehearsal, settings).RunAsync(Cancel)).Should().NotBeNull();
            (await rehearsal.ReadAsync(session => session.Identities.UsersAsync(new UserFilter(), Page.All, Cancel), Cancel)).Should().ContainSingle();
        }

        if (kind == "sqlite")
        {
            Database.IsThere(fresh.Connection).Should().BeFalse();
            Directory.GetFiles(Path.GetDirectoryName(fresh.Connection["sqlite:///".Length..])!).Should().BeEmpty();
        }

        var store = await fresh.OpenAsync();
        (await store.ReadAsync(session => session.Identities.UsersAsync(new UserFilter(), Page.All, Cancel), Cancel)).Should().BeEmpty();
    }

    private static Task<Done> BeatAsync(Database store) => store.WriteAsync(
        async session =>
        {
            await session.Services.BeatAsync("h", Binaries.Network, "nova", Cancel);
            return default(Done);
        },
        Cancel);

    private static async Task<Done> ChangeAsync(Session session, long network)
    {
        await session.Changes.NetworkAsync(network, Cancel);
        return default;
    }

    private static async Task<IEnumerable<string>> HostsAsync(Database store) => (await store.ReadAsync(session => session.Services.ListAsync(Cancel), Cancel)).Select(service => service.Host);
}
