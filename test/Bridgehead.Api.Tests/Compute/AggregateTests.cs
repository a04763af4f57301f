using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Api.Tests.Compute;

/// <summary>Aggregates, and the zones that they make.</summary>
public sealed class AggregateTests(Cloud cloud) : IClassFixture<Cloud>
{
    private const string V = "/compute/v2.1/os-aggregates";

    [Fact]
    public async Task An_aggregate_is_made_shown_changed_and_deleted()
    {
        var made = await cloud.PostAsync(V, """{"aggregate":{"name":"walk","availability_zone":"walking"}}""");
        made.Code.Should().Be(200, made.Text);
        var aggregate = made.Json.GetProperty("aggregate");
        aggregate.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo("id", "name", "availability_zone", "created_at", "updated_at", "deleted", "deleted_at");
        var path = $"{V}/{aggregate.GetProperty("id").GetInt64()}";
        var shown = (await cloud.GetAsync(path)).Json.GetProperty("aggregate");
        shown.GetProperty("hosts").GetArrayLength().Should().Be(0);
        shown.GetProperty("metadata").GetRawText().Should().Be("""{"availability_zone":"walking"}""");
        shown.TryGetProperty("uuid", out _).Should().BeFalse();
        (await cloud.GetAsync(path, version: "2.41")).Json.GetProperty("aggregate").GetProperty("uuid").GetGuid().Should().NotBeEmpty();
        (await cloud.SendAsync("PUT", path, """{"aggregate":{"name":"run"}}""")).Json.GetProperty("aggregate").GetProperty("name").GetString().Should().Be("run");
        (await cloud.SendAsync("PUT", path, """{"aggregate":{"availability_zone":"running"}}""")).Json.GetProperty("aggregate").GetProperty("availability_zone").GetString().Should().Be("running");
        (await cloud.PostAsync($"{path}/action", """{"set_metadata":{"metadata":{"ssd":"true","gpu":"no"}}}""")).Code.Should().Be(200);
        (await cloud.PostAsync($"{path}/action", """{"set_metadata":{"metadata":{"gpu":null}}}""")).Json.GetProperty("aggregate").GetProperty("metadata").GetRawText()
            .Should().Be("""{"availability_zone":"running","ssd":"true"}""");
        (await cloud.GetAsync(V)).Text.Should().Contain("\"run\"");
        var gone = await cloud.SendAsync("DELETE", path, null);
        gone.Code.Should().Be(200);
        gone.Text.Should().BeEmpty();
        RefusalTests.Check(await cloud.GetAsync(path), 404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", path, null), 404);
    }

    [Fact]
    public async Task An_aggregates_zone_is_that_of_its_hosts_and_servers_are_placed_by_it()
    {
        await cloud.BeatAsync("placed", "nova");
        var path = await MadeAsync("placing", "placing");
        RefusalTests.Check(await BootAsync("placing"), 400);
        var with = await cloud.PostAsync($"{path}/action", """{"add_host":{"host":"placed"}}""");
        with.Json.GetProperty("aggregate").GetProperty("hosts")[0].GetString().Should().Be("placed");
        RefusalTests.Check(await cloud.PostAsync($"{path}/action", """{"add_host":{"host":"placed"}}"""), 409);
        (await cloud.GetAsync("/compute/v2.1/os-availability-zone")).Text.Should().Contain("\"placing\"");
        (await cloud.GetAsync("/compute/v2.1/os-services?host=placed")).Json.GetProperty("services")[0].GetProperty("zone").GetString().Should().Be("placing");
        RefusalTests.Check(await BootAsync("nova:placed"), 400);
        var id = (await BootAsync("placing")).Json.GetProperty("server").GetProperty("id").GetGuid();
        var server = (await cloud.GetAsync($"/compute/v2.1/servers/{id}")).Json.GetProperty("server");
        server.GetProperty("OS-EXT-SRV-ATTR:host").GetString().Should().Be("placed");
        server.GetProperty("OS-EXT-AZ:availability_zone").GetString().Should().Be("placing");

        // Servers do not change their zone.
        RefusalTests.Check(await cloud.SendAsync("PUT", path, """{"aggregate":{"availability_zone":"elsewhere"}}"""), 400);
        RefusalTests.Check(await cloud.PostAsync($"{path}/action", """{"set_metadata":{"metadata":{"availability_zone":"elsewhere"}}}"""), 400);
        RefusalTests.Check(await cloud.PostAsync($"{path}/action", """{"remove_host":{"host":"placed"}}"""), 409);
        RefusalTests.Check(await cloud.SendAsync("DELETE", path, null), 400);
        (await cloud.SendAsync("PUT", path, """{"aggregate":{"name":"placing still"}}""")).Code.Should().Be(200);
    }

    [Fact]
    public async Task A_host_is_in_one_zone_at_most_and_in_as_many_aggregates_as_one_likes()
    {
        await cloud.BeatAsync("shared", "nova");
        var (first, second, third) = (await MadeAsync("zone a", "a"), await MadeAsync("zone b", "b"), await MadeAsync("no zone", null));
        (await cloud.PostAsync($"{first}/action", """{"add_host":{"host":"shared"}}""")).Code.Should().Be(200);
        RefusalTests.Check(await cloud.PostAsync($"{second}/action", """{"add_host":{"host":"shared"}}"""), 409);
        (await cloud.PostAsync($"{third}/action", """{"add_host":{"host":"shared"}}""")).Code.Should().Be(200);
        RefusalTests.Check(await cloud.SendAsync("PUT", third, """{"aggregate":{"availability_zone":"b"}}"""), 400);
        (await cloud.SendAsync("PUT", third, """{"aggregate":{"availability_zone":"a"}}""")).Code.Should().Be(200);
        (await cloud.PostAsync($"{third}/action", """{"set_metadata":{"metadata":{"availability_zone":null}}}""")).Json.GetProperty("aggregate").GetProperty("metadata").GetRawText().Should().Be("{}");
        (await cloud.PostAsync($"{first}/action", """{"remove_host":{"host":"shared"}}""")).Json.GetProperty("aggregate").GetProperty("hosts").GetArrayLength().Should().Be(0);
        RefusalTests.Check(await cloud.PostAsync($"{first}/action", """{"remove_host":{"host":"shared"}}"""), 404);
        (await cloud.GetAsync("/compute/v2.1/os-services?host=shared")).Json.GetProperty("services")[0].GetProperty("zone").GetString().Should().Be("nova");
    }

    [Theory]
    [InlineData("POST", "", """{"aggregate":{"name":""}}""", 400)]
    [InlineData("POST", "", """{"aggregate":{"name":"   "}}""", 400)]
    [InlineData("POST", "", """{"aggregate":{"availability_zone":"z"}}""", 400)]
    [InlineData("POST", "", """{"aggregate":{"name":"a","availability_zone":"x:y"}}""", 400)]
    [InlineData("POST", "", """{"aggregate":{"name":"a","availability_zone":""}}""", 400)]
    [InlineData("POST", "", """{"aggregate":{"name":"a","hosts":["x"]}}""", 400)]
    [InlineData("POST", "", """{"aggregate":{"name":"taken"}}""", 409)]
    [InlineData("PUT", "/ID", """{"aggregate":{}}""", 400)]
    [InlineData("PUT", "/ID", """{"aggregate":{"name":"taken too"}}""", 409)]
    [InlineData("PUT", "/9999", """{"aggregate":{"name":"x"}}""", 404)]
    [InlineData("PUT", "/x", """{"aggregate":{"name":"x"}}""", 404)]
    [InlineData("POST", "/9999/action", """{"add_host":{"host":"compute1"}}""", 404)]
    [InlineData("POST", "/ID/action", """{"add_host":{"host":"none"}}""", 404)]
    [InlineData("POST", "/ID/action", """{"add_host":{}}""", 400)]
    [InlineData("POST", "/ID/action", """{"remove_host":{"host":"none"}}""", 404)]
    [InlineData("POST", "/ID/action", """{"set_metadata":{"metadata":{"":"x"}}}""", 400)]
    [InlineData("POST", "/ID/action", """{"set_metadata":{"metadata":{"a":1}}}""", 400)]
    [InlineData("POST", "/ID/action", """{"set_metadata":{}}""", 400)]
    [InlineData("POST", "/ID/action", """{"fly":{}}""", 400)]
    public async Task What_cannot_be_is_refused_and_changes_nothing(string method, string path, string body, int status)
    {
        await cloud.PostAsync(V, """{"aggregate":{"name":"taken"}}""");
        await cloud.PostAsync(V, """{"aggregate":{"name":"taken too"}}""");
        var before = await cloud.GetAsync(V);
        var id = before.Json.GetProperty("aggregates").EnumerateArray().First(a => a.GetProperty("name").GetString() == "taken").GetProperty("id").GetInt64();
        RefusalTests.Check(await cloud.SendAsync(method, V + path.Replace("ID", $"{id}"), body), status);
        (await cloud.GetAsync(V)).Text.Should().Be(before.Text);
    }

    private async Task<string> MadeAsync(string name, string? zone)
    {
        var made = await cloud.PostAsync(V, $$$"""{"aggregate":{"name":"{{{name}}}","availability_zone":{{{(zone is null ? "null" : $"\"{zone}\"")}}}}}""");
        made.Code.Should().Be(200, made.Text);
        return $"{V}/{made.Json.GetProperty("aggregate").GetProperty("id").GetInt64()}";
    }

    private Task<Answer> BootAsync(string zone) => cloud.PostAsync("/compute/v2.1/servers", cloud.ServerBody("zoned", $$""","availability_zone":"{{zone}}" """));
}
