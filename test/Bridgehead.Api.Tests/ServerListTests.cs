using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Store;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>Twelve servers of two projects, in all kinds of states.</summary>
public sealed class CrowdedCloud : Cloud
{
    public string Member { get; private set; } = "";

    public string Project { get; private set; } = "";

    public Dictionary<string, Guid> Ids { get; } = [];

    protected override async Task InhabitAsync()
    {
        await NetworkAsync("crowd", "10.40.0.0/24");
        Member = await MemberAsync("crowd");
        foreach (var name in (string[])["alpha", "beta", "gamma", "web.one", "web-two", "delta"])
        {
            Ids[name] = await BootAsync(name, token: Member);
        }

        Ids["foreign"] = await BootAsync("foreign");
        await SetAsync("alpha", i => i with { VmState = VmState.Active, Locked = true });
        await SetAsync("beta", i => i with { VmState = VmState.Active, TaskState = TaskState.RebootingHard });
        await SetAsync("gamma", i => i with { VmState = VmState.Paused, PowerState = PowerState.Paused });
        await SetAsync("web.one", i => i with { VmState = VmState.Error });
        await WriteAsync(async s =>
        {
            Project = (await s.Instances.FindAsync(Ids["alpha"], default))!.ProjectId;
            await s.Tags.AddAsync(Ids["alpha"], "red", default);
            await s.Tags.AddAsync(Ids["alpha"], "blue", default);
            await s.Tags.AddAsync(Ids["beta"], "red", default);
            return default(Done);
        });
        (await SendAsync("DELETE", $"/compute/v2.1/servers/{Ids["delta"]}", null, Member)).Code.Should().Be(204);
        await WriteAsync(async s =>
        {
            await s.FinishDeleteAsync((await s.Instances.FindAsync(Ids["delta"], default))!, default);
            return default(Done);
        });
    }

    private Task SetAsync(string name, Func<Instance, Instance> change) => WriteAsync(async s =>
    {
        await s.Instances.SaveAsync(change((await s.Instances.FindAsync(Ids[name], default))! with { TaskState = null, BootedGeneration = 1 }), default);
        return default(Done);
    });
}

/// <summary>The list of servers: what it is narrowed by, sorted by and cut into.</summary>
public sealed class ServerListTests(CrowdedCloud cloud) : IClassFixture<CrowdedCloud>
{
    private const string Servers = "/compute/v2.1/servers";

    [Theory]
    [InlineData("", "alpha beta gamma web.one web-two")]
    [InlineData("name=a", "alpha beta gamma")]
    [InlineData("name=^be", "beta")]
    [InlineData("name=ta$", "beta")]
    [InlineData("name=^beta$", "beta")]
    [InlineData("name=BETA", "")]
    [InlineData("name=web.", "web.one web-two")]
    [InlineData("name=web%5C.", "web.one")]
    [InlineData("name=^(alpha|gamma)$", "alpha gamma")]
    [InlineData("name=", "alpha beta gamma web.one web-two")]
    [InlineData("status=ACTIVE", "alpha")]
    [InlineData("status=active&status=hard_reboot", "alpha beta")]
    [InlineData("status=PAUSED", "gamma")]
    [InlineData("status=ERROR", "web.one")]
    [InlineData("status=BUILD", "web-two")]
    [InlineData("status=SHELVED", "")]
    [InlineData("status=nonsense", "")]
    [InlineData("ip=10.40.0.", "alpha beta gamma web.one web-two")]
    [InlineData("ip=^10.40.0.3$", "beta")]
    [InlineData("ip=10%5C.40%5C.0%5C.[34]", "beta gamma")]
    [InlineData("ip=11.", "")]
    [InlineData("flavor=1&name=alpha", "alpha")]
    [InlineData("flavor=none", "")]
    [InlineData("image=00000000-0000-0000-0000-000000000000", "")]
    [InlineData("key_name=k", "")]
    [InlineData("nobody-knows=this", "alpha beta gamma web.one web-two")]
    [InlineData("host=elsewhere", "alpha beta gamma web.one web-two")]
    [InlineData("deleted=1", "alpha beta gamma web.one web-two")]
    [InlineData("vm_state=error", "alpha beta gamma web.one web-two")]
    [InlineData("limit=0", "")]
    [InlineData("changes-since=2020-01-01T00:00:00Z", "alpha beta gamma web.one web-two delta")]
    [InlineData("changes-since=2999-01-01T00:00:00Z", "")]
    [InlineData("changes-since=2999-01-01%2000:00", "")]
    [InlineData("changes-since=2999-01-01", "")]
    [InlineData("changes-since=2999-01-01T00:00:00.5%2B0100", "")]
    public async Task A_member_sees_what_the_query_asks_for(string query, string names) => (await NamesAsync(query, cloud.Member)).Should().BeEquivalentTo(Words(names));

    [Theory]
    [InlineData("host=compute1&all_tenants=1&name=alpha", "alpha")]
    [InlineData("host=elsewhere&all_tenants=1", "")]
    [InlineData("deleted=true&all_tenants=1", "delta")]
    [InlineData("status=DELETED&all_tenants=1", "delta")]
    [InlineData("all_tenants=1&vm_state=error", "web.one")]
    [InlineData("all_tenants=1&power_state=3", "gamma")]
    [InlineData("all_tenants=1&task_state=rebooting_hard", "beta")]
    [InlineData("all_tenants=1&locked=True", "alpha")]
    [InlineData("all_tenants=1&availability_zone=moon", "")]
    [InlineData("all_tenants=1&access_ip_v4=1.2.3.4", "")]
    [InlineData("name=foreign", "foreign")]
    [InlineData("name=alpha", "")]
    [InlineData("all_tenants=0&name=alpha", "")]
    [InlineData("all_tenants=&name=alpha", "alpha")]
    [InlineData("all_tenants=1&tenant_id=PROJECT&name=a", "alpha beta gamma")]
    [InlineData("tenant_id=PROJECT&name=a", "")]
    [InlineData("all_tenants=0&tenant_id=PROJECT&name=a", "")]
    [InlineData("all_tenants=1&project_id=PROJECT&name=^f", "")]
    [InlineData("all_tenants=1&uuid=ALPHA", "alpha")]
    [InlineData("all_tenants=1&launched_at=2020-01-01T00:00:00Z", "")]
    public async Task An_administrator_may_ask_for_more(string query, string names) =>
        (await NamesAsync(query.Replace("PROJECT", cloud.Project).Replace("ALPHA", $"{cloud.Ids["alpha"]}"), "admin")).Should().BeEquivalentTo(Words(names));

    [Theory]
    [InlineData("tags", "")]
    [InlineData("tags-any", "alpha beta")]
    [InlineData("not-tags", "alpha beta gamma web.one web-two")]
    [InlineData("not-tags-any", "gamma web.one web-two")]
    public async Task As_many_tags_may_be_asked_for_as_a_query_holds(string key, string names) =>
        (await NamesAsync($"{key}={string.Join(',', Enumerable.Range(0, 1500))},red", cloud.Member, "2.26")).Should().BeEquivalentTo(Words(names));

    [Theory]
    [InlineData("tags=red", "alpha beta")]
    [InlineData("tags=red,blue", "alpha")]
    [InlineData("tags-any=blue,green", "alpha")]
    [InlineData("not-tags=red,blue", "beta gamma web.one web-two")]
    [InlineData("not-tags-any=red,blue", "gamma web.one web-two")]
    public async Task Tags_narrow_from_2_26_on(string query, string names)
    {
        (await NamesAsync(query, cloud.Member, "2.26")).Should().BeEquivalentTo(Words(names));
        (await NamesAsync(query, cloud.Member, "2.25")).Should().HaveCount(5);
    }

    [Theory]
    [InlineData("limit=-1")]
    [InlineData("limit=x")]
    [InlineData("limit=")]
    [InlineData("marker=x")]
    [InlineData("marker=00000000-0000-0000-0000-000000000000")]
    [InlineData("changes-since=yesterday")]
    [InlineData("changes-since=5")]
    [InlineData("changes-since=2011/01/01")]
    [InlineData("changes-since=2011-01-01T")]
    [InlineData("changes-since=2011-13-01")]
    [InlineData("name=(")]
    [InlineData("name=(a)%5C1")]
    [InlineData("ip=[")]
    [InlineData("sort_key=colour")]
    [InlineData("sort_key=host&sort_dir=up")]
    [InlineData("sort_key=uuid&sort_dir=asc&sort_dir=desc")]
    [InlineData("all_tenants=maybe")]
    [InlineData("power_state=on")]
    [InlineData("created_at=never")]
    [InlineData("locked=perhaps")]
    public async Task A_query_that_cannot_be_meant_is_refused(string query) => RefusalTests.Check(await cloud.GetAsync($"{Servers}/detail?{query}"), 400);

    [Theory]
    [InlineData("all_tenants=1")]
    [InlineData("status=DELETED")]
    [InlineData("sort_key=host")]
    public async Task Only_administrators_ask_for_some_things(string query) => RefusalTests.Check(await cloud.GetAsync($"{Servers}?{query}", cloud.Member), 403);

    [Fact]
    public async Task A_status_that_is_none_is_refused_from_2_38_on()
    {
        RefusalTests.Check(await cloud.GetAsync($"{Servers}?status=nonsense", version: "2.38"), 400);
        (await cloud.GetAsync($"{Servers}?status=nonsense", version: "2.37")).Code.Should().Be(200);
        (await cloud.GetAsync($"{Servers}?status=SHELVED", version: "2.38")).Code.Should().Be(200);
    }

    [Fact]
    public async Task Another_projects_server_is_no_marker() =>
        RefusalTests.Check(await cloud.GetAsync($"{Servers}?marker={cloud.Ids["foreign"]}", cloud.Member), 400);

    [Theory]
    [InlineData("", "web-two web.one gamma beta alpha")]
    [InlineData("sort_dir=asc", "alpha beta gamma web.one web-two")]
    [InlineData("sort_key=display_name&sort_dir=asc", "alpha beta gamma web-two web.one")]
    [InlineData("sort_key=display_name&sort_dir=desc", "web.one web-two gamma beta alpha")]
    [InlineData("sort_key=vm_state&sort_key=display_name&sort_dir=asc", "alpha beta web-two web.one gamma")]
    [InlineData("sort_key=task_state&sort_key=display_name&sort_dir=desc&sort_dir=asc", "web-two beta alpha gamma web.one")]
    [InlineData("sort_key=key_name&sort_dir=asc", "alpha beta gamma web.one web-two")]
    public async Task Servers_come_in_the_order_asked_for_whole_and_in_pages(string query, string names)
    {
        (await NamesAsync(query, cloud.Member)).Should().Equal(Words(names));
        var walked = new List<string>();
        var next = $"{Servers}/detail?limit=2&{query}";
        while (next is not null)
        {
            var page = (await cloud.GetAsync(next, cloud.Member)).Json;
            walked.AddRange(page.GetProperty("servers").EnumerateArray().Select(s => s.GetProperty("name").GetString()!));
            next = page.TryGetProperty("servers_links", out var links) ? links[0].GetProperty("href").GetString() : null;
        }

        walked.Should().Equal(Words(names));
    }

    [Fact]
    public async Task The_next_page_is_asked_the_same_question()
    {
        var page = (await cloud.GetAsync($"{Servers}?limit=1&name=^.*a&status=ACTIVE&status=PAUSED&sort_key=display_name&sort_dir=asc", cloud.Member)).Json;
        var next = page.GetProperty("servers_links")[0].GetProperty("href").GetString()!;
        next.Should().StartWith($"http://{cloud.Server.Api}{Servers}?").And.EndWith($"marker={cloud.Ids["alpha"]}");
        var second = (await cloud.GetAsync(next, cloud.Member)).Json.GetProperty("servers");
        second.EnumerateArray().Select(s => s.GetProperty("name").GetString()).Should().Equal("gamma");
    }

    [Fact]
    public async Task A_pattern_that_asks_for_a_huge_automaton_is_answered_soon()
    {
        foreach (var pattern in (string[])["(((a{100}){100}){100}){100}", "^(a|a|a)*$", "(.*a){25}", "^(([a-z])+.)+[A-Z]([a-z])+$", new string('(', 120) + new string(')', 120), new string('a', 300)])
        {
            var answer = await cloud.GetAsync($"{Servers}?all_tenants=1&name={Uri.EscapeDataString(pattern)}");
            answer.Code.Should().BeOneOf([200, 400], pattern);
        }
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private async Task<List<string>> NamesAsync(string query, string token, string? version = null)
    {
        var answer = await cloud.GetAsync($"{Servers}?{query}", token, version);
        answer.Code.Should().Be(200, answer.Text);
        return [.. answer.Json.GetProperty("servers").EnumerateArray().Select(s => s.GetProperty("name").GetString()!)];
    }
}
