using AwesomeAssertions;
using Bridgehead.Control;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Store.Tests;

public sealed class SeedTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Daemons_that_start_together_seed_a_new_cloud_once(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var settings = new NovaSettings { Host = "h", MyIp = Ip.Parse("192.0.2.1"), StatePath = "/none", Connection = fresh.Connection, MetadataHost = Ip.Parse("192.0.2.1") };
        var stores = new[] { await fresh.OpenAsync(), await fresh.OpenAsync(), await fresh.OpenAsync(), await fresh.OpenAsync() };
        var passwords = await Task.WhenAll(stores.Select(store => Task.Run(() => new Seed(store, settings).RunAsync(Cancel), Cancel)));
        passwords.Should().ContainSingle(password => password != null);
        (await stores[0].ReadAsync(s => s.Identities.UsersAsync(new UserFilter(), Page.All, Cancel), Cancel)).Should().ContainSingle();
        (await stores[0].ReadAsync(s => s.Images.ListAsync("", Cancel), Cancel)).Should().ContainSingle();
    }
}
