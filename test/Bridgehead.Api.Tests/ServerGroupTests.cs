using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>Server groups, and where servers go that are booted into one or with other hints.</summary>
public sealed class ServerGroupTests(Cloud cloud) : IClassFixture<Cloud>
{
    private const string Groups = "/compute/v2.1/os-server-groups";
    private const string Servers = "/compute/v2.1/servers";

    [Fact]
    public async Task A_group_is_made_shown_listed_and_deleted()
    {
        var member = await cloud.MemberAsync("grouper");
        var made = await cloud.PostAsync(Groups, """{"server_group":{"name":"apart","policies":["anti-affinity"]}}""", member);
        made.Code.Should().Be(200, made.Text);
        var group = made.Json.GetProperty("server_group");
        group.EnumerateObject().Select(p => p.Name).Should().Equal("id", "name", "policies", "members", "metadata");
        var path = $"{Groups}/{group.GetProperty("id").GetString()}";
        (await cloud.GetAsync(path, member, "2.13")).Json.GetProperty("server_group").TryGetProperty("user_id", out _).Should().BeTrue();
        (await cloud.GetAsync(Groups, member)).Json.GetProperty("server_groups").GetArrayLength().Should().Be(1);
        (await cloud.GetAsync($"{Groups}?limit=0", member)).Json.GetProperty("server_groups").GetArrayLength().Should().Be(0);
        (await cloud.GetAsync($"{Groups}?offset=1", member)).Json.GetProperty("server_groups").GetArrayLength().Should().Be(0);
        (await cloud.GetAsync($"{Groups}?all_projects=1")).Text.Should().Contain("apart");
        (await cloud.GetAsync($"{Groups}?all_projects=1", await cloud.MemberAsync("all-grouper"))).Text.Should().NotContain("apart");

        var stranger = await cloud.MemberAsync("no-grouper");
        RefusalTests.Check(await cloud.GetAsync(path, stranger), 404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", path, null, stranger), 404);
        (await cloud.SendAsync("DELETE", path, null, member)).Code.Should().Be(204);
        RefusalTests.Check(await cloud.GetAsync(path, member), 404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", path, null, member), 404);
    }

    [Theory]
    [InlineData("""{"server_group":{"name":"","policies":["affinity"]}}""")]
    [InlineData("""{"server_group":{"policies":["affinity"]}}""")]
    [InlineData("""{"server_group":{"name":"g"}}""")]
    [InlineData("""{"server_group":{"name":"g","policies":[]}}""")]
    [InlineData("""{"server_group":{"name":"g","policies":"affinity"}}""")]
    [InlineData("""{"server_group":{"name":"g","policies":["affinity","anti-affinity"]}}""")]
    [InlineData("""{"server_group":{"name":"g","policies":["soft-affinity"]}}""")]
    [InlineData("""{"server_group":{"name":"g","policies":["luck"]}}""")]
    [InlineData("""{"server_group":{"name":"g","policies":["affinity"],"rules":{}}}""")]
    public async Task A_group_that_cannot_be_is_refused(string body) => RefusalTests.Check(await cloud.PostAsync(Groups, body), 400);

    [Theory]
    [InlineData("limit=x")]
    [InlineData("offset=-1")]
    public async Task A_page_of_groups_that_is_none_is_refused(string query) => RefusalTests.Check(await cloud.GetAsync($"{Groups}?{query}"), 400);

    [Fact]
    public async Task Groups_and_their_members_have_quotas()
    {
        var member = await cloud.MemberAsync("quota-grouper");
        var group = await GroupAsync("affinity", member);
        var project = (await cloud.Store.ReadAsync(s => s.ServerGroups.FindAsync(group, default), default))!.ProjectId;
        await cloud.WriteAsync(async s =>
        {
            await s.Quotas.SetAsync(project, "server_groups", 1, default);
            await s.Quotas.SetAsync(project, "server_group_members", 2, default);
            return default(Done);
        });
        RefusalTests.Check(await cloud.PostAsync(Groups, """{"server_group":{"name":"g","policies":["affinity"]}}""", member), 403);
        (await cloud.PostAsync(Servers, Hinted($"\"group\":\"{group}\"", ""","min_count":2,"max_count":2"""), member)).Code.Should().Be(202);
        RefusalTests.Check(await cloud.PostAsync(Servers, Hinted($"\"group\":\"{group}\"", ""","min_count":1"""), member), 403);
        (await cloud.GetAsync($"{Groups}/{group}", member)).Json.GetProperty("server_group").GetProperty("members").GetArrayLength().Should().Be(2);
    }

    [Fact]
    public async Task Servers_of_a_group_go_where_its_policy_says()
    {
        await HostsAsync("g1", "g2", "g3");
        var together = await GroupAsync("affinity");
        var first = await HostOfAsync(Hinted($"\"group\":\"{together}\""));
        (await HostOfAsync(Hinted($"\"group\":\"{together}\""))).Should().Be(first);

        var apart = await GroupAsync("anti-affinity");
        var hosts = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            hosts.Add(await HostOfAsync(Hinted($"\"group\":\"{apart}\"")));
        }

        hosts.Should().OnlyHaveUniqueItems().And.NotContainNulls();
        (await HostOfAsync(Hinted($"\"group\":\"{apart}\""))).Should().BeNull("every host of the zone has one");
        var soft = await GroupAsync("soft-anti-affinity");
        var placed = new List<string?>();
        for (var i = 0; i < 4; i++)
        {
            placed.Add(await HostOfAsync(Hinted($"\"group\":\"{soft}\"")));
        }

        placed.Take(3).Should().OnlyHaveUniqueItems();
        placed[3].Should().NotBeNull();
        var near = await GroupAsync("soft-affinity");
        var chosen = await HostOfAsync(Hinted($"\"group\":\"{near}\""));
        (await HostOfAsync(Hinted($"\"group\":\"{near}\""))).Should().Be(chosen);
    }

    [Fact]
    public async Task Servers_go_to_the_host_of_others_or_away_from_it()
    {
        await HostsAsync("g1", "g2", "g3");
        var one = await BootedAsync(Hinted("\"unknown\":\"hint\""));
        var host = await HostAsync(one);
        (await HostOfAsync(Hinted($"\"same_host\":\"{one}\""))).Should().Be(host);
        (await HostOfAsync(Hinted($"\"different_host\":[\"{one}\"]"))).Should().NotBe(host).And.NotBeNull();
        (await HostOfAsync(Hinted($"\"same_host\":\"{one}\",\"different_host\":\"{one}\""))).Should().BeNull();
    }

    [Theory]
    [InlineData("\"group\":\"x\"")]
    [InlineData("\"group\":1")]
    [InlineData("\"group\":\"00000000-0000-0000-0000-000000000000\"")]
    [InlineData("\"same_host\":\"x\"")]
    [InlineData("\"different_host\":[1]")]
    [InlineData("\"different_host\":{}")]
    public async Task A_hint_that_cannot_be_is_refused(string hint)
    {
        await HostsAsync("g1", "g2", "g3");
        var refused = await cloud.PostAsync(Servers, Hinted(hint));
        RefusalTests.Check(refused, 400);
        refused.Text.Should().ContainAny("group", "same_host", "different_host");
    }

    [Fact]
    public async Task Another_projects_group_is_none()
    {
        var group = await GroupAsync("affinity");
        RefusalTests.Check(await cloud.PostAsync(Servers, cloud.ServerBody("x").TrimEnd('}') + "}, \"os:scheduler_hints\":{\"group\":\"" + group + "\"}}", await cloud.MemberAsync("group-thief")), 400);
    }

    private Task HostsAsync(params string[] hosts) => cloud.WriteAsync(async s =>
    {
        foreach (var host in hosts)
        {
            await s.Services.BeatAsync(host, Binaries.Compute, "groups", default);
        }

        return default(Done);
    });

    private string Hinted(string hints, string more = "") =>
        $$$"""{"server":{"name":"hinted","imageRef":"{{{cloud.Image}}}","flavorRef":"1"{{{(more.Length > 0 ? more : ",\"availability_zone\":\"groups\"")}}}},"os:scheduler_hints":{{{{hints}}}}}""";

    private async Task<Guid> GroupAsync(string policy, string token = "admin")
    {
        var made = await cloud.PostAsync(Groups, $$$"""{"server_group":{"name":"g","policies":["{{{policy}}}"]}}""", token, "2.15");
        made.Code.Should().Be(200, made.Text);
        return made.Json.GetProperty("server_group").GetProperty("id").GetGuid();
    }

    private async Task<string?> HostOfAsync(string body) => await HostAsync(await BootedAsync(body));

    private async Task<Guid> BootedAsync(string body)
    {
        var made = await cloud.PostAsync(Servers, body);
        made.Code.Should().Be(202, made.Text);
        return made.Json.GetProperty("server").GetProperty("id").GetGuid();
    }

    private async Task<string?> HostAsync(Guid id) => (await cloud.GetAsync($"{Servers}/{id}")).Json.GetProperty("server").GetProperty("OS-EXT-SRV-ATTR:host").GetString();
}
