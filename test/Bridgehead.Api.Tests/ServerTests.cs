using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>A server's way through the API, as clients walk it.</summary>
public sealed class ServerTests(Cloud cloud) : IClassFixture<Cloud>
{
    private const string Servers = "/compute/v2.1/servers";

    [Fact]
    public async Task A_server_is_booted_listed_shown_and_deleted()
    {
        await cloud.NetworkAsync("walk", "10.1.0.0/24");
        var id = await cloud.BootAsync("walk");
        (await cloud.GetAsync(Servers)).Text.Should().Contain($"{id}");

        var shown = (await cloud.GetAsync($"{Servers}/{id}")).Json.GetProperty("server");
        shown.GetProperty("status").GetString().Should().Be("BUILD");
        shown.GetProperty("addresses").GetProperty("walk")[0].GetProperty("addr").GetString().Should().StartWith("10.1.0.");

        await cloud.ActivateAsync(id);
        (await cloud.GetAsync($"{Servers}/detail?name=walk")).Json.GetProperty("servers")[0].GetProperty("status").GetString().Should().Be("ACTIVE");
        (await cloud.SendAsync("DELETE", $"{Servers}/{id}", null)).Code.Should().Be(204);
        await cloud.WriteAsync(async s => await s.Services.ListAsync(default));
    }

    [Fact]
    public async Task What_has_the_empty_id_is_not_there()
    {
        foreach (var path in new[] { "/image/v2/images/", "/compute/v2.1/os-simple-tenant-usage/", "/compute/v2.1/servers/", "/compute/v2.1/flavors/", "/compute/v2.1/images/" })
        {
            RefusalTests.Check(await cloud.GetAsync(path), 404);
        }

        foreach (var path in new[] { "/image/v2/", "/compute/v2.1/", "/identity/v3/", "/identity/v3/users/" })
        {
            (await cloud.GetAsync(path)).Code.Should().Be(200, path);
        }
    }

    [Theory]
    [InlineData("/v2.1/servers")]
    [InlineData("/compute//v2.1///servers")]
    [InlineData("/compute/v2/servers")]
    [InlineData("/v2/servers")]
    public async Task The_list_has_all_the_paths_that_clients_know(string path) => (await cloud.GetAsync(path)).Code.Should().Be(200);
}
