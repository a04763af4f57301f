using System.Text.Json;
using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Store;
using Xunit;

namespace Bridgehead.Api.Tests.Compute;

/// <summary>What projects used: hours of servers that run and of servers that are gone.</summary>
public sealed class UsageTests(Cloud cloud) : IClassFixture<Cloud>
{
    private const string V = "/compute/v2.1/os-simple-tenant-usage";
    private const string Day = "start=2024-03-02T00:00:00&end=2024-03-03T00:00:00";
    private static readonly DateTimeOffset Noon = new(2024, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Hours_are_counted_within_the_period_also_of_deleted_servers()
    {
        var (member, project) = await ProjectAsync("counted");
        var running = await ServerAsync("running", member, Noon, null);
        await ServerAsync("ended", member, Noon.AddDays(-2), Noon.AddHours(-6));
        await ServerAsync("before", member, Noon.AddDays(-5), Noon.AddDays(-4));
        await ServerAsync("after", member, Noon.AddDays(5), null);

        var usage = (await cloud.GetAsync($"{V}/{project}?{Day}", member)).Json.GetProperty("tenant_usage");
        usage.GetProperty("tenant_id").GetString().Should().Be(project);
        usage.GetProperty("start").GetString().Should().Be("2024-03-02T00:00:00.000000");
        usage.GetProperty("stop").GetString().Should().Be("2024-03-03T00:00:00.000000");
        usage.GetProperty("total_hours").GetDouble().Should().BeApproximately(18, 1e-6);
        usage.GetProperty("total_vcpus_usage").GetDouble().Should().BeApproximately(18, 1e-6);
        usage.GetProperty("total_memory_mb_usage").GetDouble().Should().BeApproximately(18 * 512, 1e-6);
        usage.GetProperty("total_local_gb_usage").GetDouble().Should().BeApproximately(18, 1e-6);
        var servers = usage.GetProperty("server_usages").EnumerateArray().ToList();
        servers.Select(s => s.GetProperty("name").GetString()).Should().Equal("running", "ended");
        servers[0].GetProperty("instance_id").GetGuid().Should().Be(running);
        servers[0].GetProperty("state").GetString().Should().Be("active");
        servers[0].GetProperty("flavor").GetString().Should().Be("m1.tiny");
        servers[0].GetProperty("ended_at").ValueKind.Should().Be(JsonValueKind.Null);
        servers[1].GetProperty("state").GetString().Should().Be("terminated");
        servers[1].GetProperty("hours").GetDouble().Should().BeApproximately(6, 1e-6);
        servers[1].GetProperty("uptime").GetInt64().Should().Be(42 * 3600);

        var all = (await cloud.GetAsync($"{V}?{Day}")).Json.GetProperty("tenant_usages").EnumerateArray().First(u => u.GetProperty("tenant_id").GetString() == project);
        all.GetProperty("total_hours").GetDouble().Should().BeApproximately(18, 1e-6);
        all.GetProperty("total_memory_mb_usage").GetDouble().Should().BeApproximately(18 * 512, 1e-6);
        all.TryGetProperty("server_usages", out _).Should().BeFalse();
        var detailed = (await cloud.GetAsync($"{V}?{Day}&detailed=1")).Json.GetProperty("tenant_usages").EnumerateArray().First(u => u.GetProperty("tenant_id").GetString() == project);
        detailed.GetProperty("server_usages").GetArrayLength().Should().Be(2);
        detailed.GetProperty("total_hours").GetDouble().Should().BeApproximately(18, 1e-6);
    }

    [Fact]
    public async Task From_2_40_on_usage_has_pages()
    {
        var (member, project) = await ProjectAsync("paged");
        foreach (var name in new[] { "a", "b", "c" })
        {
            await ServerAsync(name, member, Noon, null);
        }

        var seen = new List<string?>();
        var next = $"{V}/{project}?{Day}&limit=2";
        while (next is not null)
        {
            var page = (await cloud.GetAsync(next, member, "2.40")).Json;
            seen.AddRange(page.GetProperty("tenant_usage").TryGetProperty("server_usages", out var servers) ? servers.EnumerateArray().Select(s => s.GetProperty("name").GetString()) : []);
            next = page.TryGetProperty("tenant_usage_links", out var links) ? new Uri(links[0].GetProperty("href").GetString()!).PathAndQuery : null;
        }

        seen.Should().Equal("a", "b", "c");
        (await cloud.GetAsync($"{V}/{project}?{Day}&limit=2", member, "2.39")).Json.GetProperty("tenant_usage").GetProperty("server_usages").GetArrayLength().Should().Be(3);
        (await cloud.GetAsync($"{V}?{Day}&limit=1", version: "2.40")).Json.GetProperty("tenant_usages_links")[0].GetProperty("href").GetString().Should().Contain("&limit=1&marker=");
        RefusalTests.Check(await cloud.GetAsync($"{V}/{project}?{Day}&marker={Guid.NewGuid()}", member, "2.40"), 400);
        RefusalTests.Check(await cloud.GetAsync($"{V}/{project}?{Day}&marker=x", member, "2.40"), 400);
    }

    [Fact]
    public async Task What_is_still_to_come_was_not_used()
    {
        var (member, project) = await ProjectAsync("early");
        var now = cloud.Store.Now;
        await ServerAsync("young", member, now.AddHours(-1), null);
        var usage = (await cloud.GetAsync($"{V}/{project}?start={now.AddDays(-1):yyyy-MM-ddTHH:mm:ss}&end={now.AddDays(1):yyyy-MM-ddTHH:mm:ss}", member)).Json.GetProperty("tenant_usage");
        usage.GetProperty("total_hours").GetDouble().Should().BeInRange(1, 1.5);
        (await cloud.GetAsync($"{V}/{project}?start={now.AddDays(1):yyyy-MM-ddTHH:mm:ss}&end={now.AddDays(2):yyyy-MM-ddTHH:mm:ss}", member)).Text.Should().Be("""{"tenant_usage":{}}""");
    }

    [Fact]
    public async Task A_project_that_used_nothing_has_an_empty_usage() => (await cloud.GetAsync($"{V}/nobody")).Text.Should().Be("""{"tenant_usage":{}}""");

    [Theory]
    [InlineData("start=x")]
    [InlineData("end=yesterday")]
    [InlineData("start=2024-03-03T00:00:00&end=2024-03-02T00:00:00")]
    [InlineData("start=2024-03-03T00:00:00&end=2024-03-03T00:00:00")]
    public async Task A_period_that_is_none_is_refused(string query)
    {
        RefusalTests.Check(await cloud.GetAsync($"{V}?{query}"), 400);
        RefusalTests.Check(await cloud.GetAsync($"{V}/p?{query}"), 400);
    }

    [Fact]
    public async Task The_usage_of_others_is_an_administrators()
    {
        var (member, _) = await ProjectAsync("nosy");
        RefusalTests.Check(await cloud.GetAsync(V, member), 403);
        RefusalTests.Check(await cloud.GetAsync($"{V}/other", member), 403);
    }

    private async Task<Guid> ServerAsync(string name, string token, DateTimeOffset launched, DateTimeOffset? ended)
    {
        var id = await cloud.BootAsync(name, token: token);
        await cloud.WriteAsync(async s =>
        {
            var instance = (await s.Instances.FindAsync(id, default))!;
            if (ended is not null)
            {
                await s.FinishDeleteAsync(instance, default);
            }

            await s.Instances.SaveAsync(
                instance with { VmState = ended is null ? VmState.Active : VmState.Deleted, TaskState = null, LaunchedAt = launched, TerminatedAt = ended }, default);
            return default(Done);
        });
        return id;
    }

    private async Task<(string Token, string Project)> ProjectAsync(string name)
    {
        var token = await cloud.MemberAsync(name);
        return (token, (await cloud.Store.ReadAsync(s => s.Identities.ProjectByNameAsync("default", name, default), default))!.Id);
    }
}
