using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Store.Tests;

public sealed class FixedIpTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task The_first_instance_of_a_24_gets_address_2(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        var network = await NetworkAsync(store, "10.10.10.0/24");
        (await AllocateAsync(store, network)).Should().Be("10.10.10.2");
        (await AllocateAsync(store, network)).Should().Be("10.10.10.3");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Many_processes_allocating_at_once_never_give_an_address_twice(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var first = await fresh.OpenAsync();
        var stores = new[] { first, await fresh.OpenAsync(), await fresh.OpenAsync() };
        var network = await NetworkAsync(first, "10.9.0.0/26");
        var given = await Task.WhenAll(Enumerable.Range(0, 90).Select(i => AllocateAsync(stores[i % 3], network)));
        given.Where(a => a is not null).Should().OnlyHaveUniqueItems().And.HaveCount(61, "64 addresses less base, gateway and broadcast");
        given.Count(a => a is null).Should().Be(29);
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Released_addresses_come_again_oldest_first_once_the_rest_is_used(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        var network = await NetworkAsync(store, "10.9.0.0/29");
        for (var i = 0; i < 5; i++)
        {
            await AllocateAsync(store, network);
        }

        await ReleaseAsync(store, "10.9.0.4");
        await ReleaseAsync(store, "10.9.0.3");
        (await AllocateAsync(store, network)).Should().Be("10.9.0.4");
        (await AllocateAsync(store, network)).Should().Be("10.9.0.3");
        (await AllocateAsync(store, network)).Should().BeNull();
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_leased_address_is_kept_until_its_time_is_up(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        var network = await NetworkAsync(store, "10.9.0.0/30");
        (await AllocateAsync(store, network)).Should().Be("10.9.0.2");
        await store.WriteAsync(
            async s =>
            {
                var row = await s.FixedIps.FindAsync(Ip.Parse("10.9.0.2"), Cancel);
                await s.FixedIps.SetLeasedAsync(row!.Id, true, Cancel);
                await s.FixedIps.ReleaseAsync(row.Id, Cancel);
                return 0;
            },
            Cancel);
        (await AllocateAsync(store, network, DateTimeOffset.UtcNow.AddMinutes(-10))).Should().BeNull();
        (await AllocateAsync(store, network, DateTimeOffset.UtcNow.AddMinutes(10))).Should().Be("10.9.0.2");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_network_of_16_million_addresses_has_no_more_rows_than_a_small_one(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await NetworkAsync(store, "10.0.0.0/8");
        (await store.ReadAsync(s => s.FixedIps.ListAsync(Cancel), Cancel)).Should().BeEmpty();
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task An_address_asked_for_is_given_once_and_skipped_by_the_rest(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        var network = await NetworkAsync(store, "10.9.0.0/24");
        (await TakeAsync(store, network, "10.9.0.3")).Should().BeTrue();
        (await TakeAsync(store, network, "10.9.0.3")).Should().BeFalse();
        (await TakeAsync(store, network, "10.9.0.1")).Should().BeFalse("the gateway is not for instances");
        (await TakeAsync(store, network, "10.8.0.9")).Should().BeFalse("it is outside");
        (await AllocateAsync(store, network)).Should().Be("10.9.0.2");
        (await AllocateAsync(store, network)).Should().Be("10.9.0.4");
    }

    internal static async Task<Network> NetworkAsync(Database store, string cidr)
    {
        var range = Cidr.Parse(cidr);
        var network = new Network
        {
            Id = 0,
            Uuid = Guid.NewGuid(),
            Label = "n",
            Cidr = range,
            Gateway = range.At(1),
            DhcpServer = range.At(1),
            Bridge = DeviceName.Parse("br100"),
            Bottom = 2,
            Top = (long)range.Size() - 2,
        };
        var id = await store.WriteAsync(s => s.Networks.AddAsync(network, Cancel), Cancel);
        return (await store.ReadAsync(s => s.Networks.FindAsync(id, Cancel), Cancel))!;
    }

    private static Task<string?> AllocateAsync(Database store, Network network, DateTimeOffset? before = null) => store.WriteAsync(
        async s =>
        {
            var nic = await s.VirtualInterfaces.AddAsync(network.Id, Guid.NewGuid(), Cancel);
            return (await s.FixedIps.AllocateAsync(network, nic!.Id, nic.InstanceUuid, before ?? DateTimeOffset.UtcNow, Cancel))?.ToString();
        },
        Cancel);

    private static Task<bool> TakeAsync(Database store, Network network, string address) => store.WriteAsync(
        async s =>
        {
            var nic = await s.VirtualInterfaces.AddAsync(network.Id, Guid.NewGuid(), Cancel);
            return await s.FixedIps.TakeAsync(network, Ip.Parse(address), nic!.Id, nic.InstanceUuid, Cancel);
        },
        Cancel);

    private static Task<int> ReleaseAsync(Database store, string address) => store.WriteAsync(
        async s =>
        {
            await s.FixedIps.ReleaseAsync((await s.FixedIps.FindAsync(Ip.Parse(address), Cancel))!.Id, Cancel);
            return 0;
        },
        Cancel);
}
