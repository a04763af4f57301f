using AwesomeAssertions;
using Xunit;
using static Bridgehead.Api.Tests.IdentityCalls;

namespace Bridgehead.Api.Tests;

/// <summary>Things of the directory and the catalogue, looked up one by one.</summary>
public sealed class LookUpTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task A_service_and_its_endpoint_are_shown_and_the_endpoint_is_deleted()
    {
        var service = await cloud.NewAsync("service", "\"type\":\"dns\",\"name\":\"designate\"");
        (await cloud.GetAsync($"{V}/services/{service}")).Json.GetProperty("service").GetProperty("type").GetString().Should().Be("dns");
        var endpoint = await cloud.NewAsync("endpoint", $"\"service_id\":\"{service}\",\"interface\":\"public\",\"url\":\"http://192.0.2.1\"");
        (await cloud.GetAsync($"{V}/endpoints/{endpoint}")).Json.GetProperty("endpoint").GetProperty("service_id").GetString().Should().Be(service);
        (await cloud.SendAsync("DELETE", $"{V}/endpoints/{endpoint}", null)).Code.Should().Be(204);
        RefusalTests.Check(await cloud.GetAsync($"{V}/endpoints/{endpoint}"), 404);
    }

    [Fact]
    public async Task A_group_is_shown_listed_and_has_its_users()
    {
        var (group, user, other) = (await cloud.NewAsync("group", $"\"name\":\"{Unique("g")}\",\"domain_id\":\"default\""), await cloud.NewUserAsync(), await cloud.NewUserAsync());
        (await cloud.SendAsync("PUT", $"{V}/groups/{group}/users/{user}", null)).Code.Should().Be(204);
        (await cloud.GetAsync($"{V}/groups/{group}")).Json.GetProperty("group").GetProperty("id").GetString().Should().Be(group);
        (await cloud.GetAsync($"{V}/groups")).Json.GetProperty("groups").EnumerateArray().Select(g => g.GetProperty("id").GetString()).Should().Contain(group);
        (await cloud.SendAsync("HEAD", $"{V}/groups/{group}/users/{user}", null)).Code.Should().Be(204);
        (await cloud.SendAsync("HEAD", $"{V}/groups/{group}/users/{other}", null)).Code.Should().Be(404);
        (await cloud.GetAsync($"{V}/groups/{group}/users/{user}")).Code.Should().Be(204);
    }

    [Fact]
    public async Task A_project_is_asked_for_a_tag()
    {
        var project = await cloud.NewProjectAsync();
        (await cloud.SendAsync("PUT", $"{V}/projects/{project}/tags/blue", null)).Code.Should().Be(201);
        (await cloud.SendAsync("HEAD", $"{V}/projects/{project}/tags/blue", null)).Code.Should().Be(204);
        (await cloud.GetAsync($"{V}/projects/{project}/tags/blue")).Code.Should().Be(204);
        (await cloud.SendAsync("HEAD", $"{V}/projects/{project}/tags/red", null)).Code.Should().Be(404);
    }
}
