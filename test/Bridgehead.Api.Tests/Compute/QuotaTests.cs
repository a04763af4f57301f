using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Api.Tests.Compute;

/// <summary>Limits and quotas: what is shown under which microversion, what can be set, and that it holds.</summary>
public sealed class QuotaTests(Cloud cloud) : IClassFixture<Cloud>
{
    private const string V = "/compute/v2.1/os-quota-sets";
    private const string Classes = "/compute/v2.1/os-quota-class-sets";

    private static readonly string[] All =
    [
        "cores", "instances", "ram", "fixed_ips", "floating_ips", "metadata_items", "key_pairs", "security_groups", "security_group_rules", "server_groups", "server_group_members",
        "injected_files", "injected_file_content_bytes", "injected_file_path_bytes",
    ];

    [Fact]
    public async Task A_project_has_every_limit_with_what_is_used()
    {
        var (member, project) = await ProjectAsync("user of things");
        await cloud.BootAsync("used", token: member);
        var shown = (await cloud.GetAsync($"{V}/{project}", member)).Json.GetProperty("quota_set");
        shown.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo([.. All, "id"]);
        shown.GetProperty("id").GetString().Should().Be(project);
        var detail = (await cloud.GetAsync($"{V}/{project}/detail", member)).Json.GetProperty("quota_set");
        detail.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo([.. All, "id"]);
        detail.GetProperty("ram").GetRawText().Should().Be("""{"in_use":512,"limit":-1,"reserved":0}""");
        detail.GetProperty("instances").GetProperty("in_use").GetInt32().Should().Be(1);
        detail.GetProperty("cores").GetProperty("in_use").GetInt32().Should().Be(1);
        detail.GetProperty("security_groups").GetProperty("in_use").GetInt32().Should().Be(1);
        var absolute = (await cloud.GetAsync("/compute/v2.1/limits", member)).Json.GetProperty("limits").GetProperty("absolute");
        absolute.GetProperty("totalRAMUsed").GetInt32().Should().Be(512);
        absolute.GetProperty("totalInstancesUsed").GetInt32().Should().Be(1);
        absolute.GetProperty("totalSecurityGroupsUsed").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task From_2_36_on_networks_have_no_limits()
    {
        string[] network = ["fixed_ips", "floating_ips", "security_groups", "security_group_rules"];
        foreach (var path in new[] { $"{V}/p", $"{V}/p/defaults", $"{V}/p/detail" })
        {
            Names(await cloud.GetAsync(path, version: "2.36"), "quota_set").Should().BeEquivalentTo([.. All.Except(network), "id"]);
        }

        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/p", """{"quota_set":{"floating_ips":5}}""", version: "2.36"), 400);
        Names(await cloud.GetAsync($"{Classes}/default", version: "2.36"), "quota_class_set").Should().NotContain(network);
    }

    [Theory]
    [InlineData("2.35", true, true)]
    [InlineData("2.36", false, true)]
    [InlineData("2.38", false, true)]
    [InlineData("2.39", false, false)]
    public async Task Limits_lose_names_with_microversions(string version, bool network, bool images)
    {
        var names = (await cloud.GetAsync("/compute/v2.1/limits?reserved=1", version: version)).Json.GetProperty("limits").GetProperty("absolute").EnumerateObject().Select(p => p.Name).ToList();
        foreach (var name in new[] { "maxSecurityGroups", "maxSecurityGroupRules", "maxTotalFloatingIps", "totalFloatingIpsUsed", "totalSecurityGroupsUsed" })
        {
            names.Contains(name).Should().Be(network, name);
        }

        names.Contains("maxImageMeta").Should().Be(images);
        names.Should().Contain(["maxServerGroups", "maxServerGroupMembers", "totalServerGroupsUsed", "maxTotalKeypairs", "maxPersonality", "maxPersonalitySize", "maxServerMeta"]);
    }

    [Fact]
    public async Task Limits_are_set_shown_and_taken_back()
    {
        var set = await cloud.SendAsync("PUT", $"{V}/somebody", """{"quota_set":{"cores":"7","ram":-1,"server_groups":3}}""");
        set.Code.Should().Be(200, set.Text);
        Names(set, "quota_set").Should().BeEquivalentTo(All);
        (await LimitAsync("somebody", "cores")).Should().Be(7);
        (await cloud.GetAsync($"{V}/somebody/defaults")).Json.GetProperty("quota_set").GetProperty("cores").GetInt32().Should().Be(100);
        (await cloud.SendAsync("DELETE", $"{V}/somebody", null)).Code.Should().Be(202);
        (await LimitAsync("somebody", "cores")).Should().Be(100);
    }

    [Theory]
    [InlineData("""{"quota_set":{"cores":-2}}""")]
    [InlineData("""{"quota_set":{"cores":"x"}}""")]
    [InlineData("""{"quota_set":{"cores":null}}""")]
    [InlineData("""{"quota_set":{"cores":2147483648}}""")]
    [InlineData("""{"quota_set":{"wings":2}}""")]
    [InlineData("""{"quota_set":{"cores":2,"force":"perhaps"}}""")]
    [InlineData("""{"quota":{"cores":2}}""")]
    public async Task A_limit_that_is_none_is_refused(string body)
    {
        var before = (await cloud.GetAsync($"{V}/refused")).Text;
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/refused", body), 400);
        (await cloud.GetAsync($"{V}/refused")).Text.Should().Be(before);
    }

    [Fact]
    public async Task A_limit_below_what_is_used_needs_force_and_then_holds()
    {
        var (member, project) = await ProjectAsync("squeezed");
        await cloud.BootAsync("first", token: member);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/{project}", """{"quota_set":{"instances":0,"cores":50}}"""), 400);
        (await LimitAsync(project, "cores")).Should().Be(100);
        (await cloud.SendAsync("PUT", $"{V}/{project}", """{"quota_set":{"instances":0,"force":true}}""")).Code.Should().Be(200);
        RefusalTests.Check(await cloud.PostAsync("/compute/v2.1/servers", cloud.ServerBody("second"), member), 403);
    }

    [Fact]
    public async Task A_user_of_a_project_has_limits_of_their_own()
    {
        var (member, project) = await ProjectAsync("divided");
        var user = (await cloud.Store.ReadAsync(s => s.Identities.UserByNameAsync("default", "divided", default), default))!.Id;
        (await cloud.SendAsync("PUT", $"{V}/{project}?user_id={user}", """{"quota_set":{"instances":1}}""")).Json.GetProperty("quota_set").GetProperty("instances").GetInt32().Should().Be(1);
        (await LimitAsync(project, "instances")).Should().Be(100);
        (await cloud.GetAsync($"{V}/{project}?user_id={user}")).Json.GetProperty("quota_set").GetProperty("instances").GetInt32().Should().Be(1);
        await cloud.BootAsync("one", token: member);
        (await cloud.GetAsync($"{V}/{project}/detail?user_id={user}")).Json.GetProperty("quota_set").GetProperty("instances").GetRawText().Should().Be("""{"in_use":1,"limit":1,"reserved":0}""");
        RefusalTests.Check(await cloud.PostAsync("/compute/v2.1/servers", cloud.ServerBody("two"), member), 403);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/{project}?user_id={user}", """{"quota_set":{"instances":101}}"""), 400);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/{project}?user_id={user}", """{"quota_set":{"floating_ips":1}}"""), 400);
        (await cloud.SendAsync("DELETE", $"{V}/{project}?user_id={user}", null)).Code.Should().Be(202);
        await cloud.BootAsync("two", token: member);
    }

    [Fact]
    public async Task A_user_with_limits_of_their_own_has_them_at_a_resize()
    {
        var (member, project) = await ProjectAsync("grown");
        var user = (await cloud.Store.ReadAsync(s => s.Identities.UserByNameAsync("default", "grown", default), default))!.Id;
        var id = await cloud.BootAsync("one", token: member);
        await cloud.ActivateAsync(id);
        (await cloud.SendAsync("PUT", $"{V}/{project}?user_id={user}", """{"quota_set":{"ram":2047}}""")).Code.Should().Be(200);
        RefusalTests.Check(await cloud.PostAsync($"/compute/v2.1/servers/{id}/action", """{"resize":{"flavorRef":"2"}}""", member), 403);
        (await cloud.SendAsync("PUT", $"{V}/{project}?user_id={user}", """{"quota_set":{"ram":2048}}""")).Code.Should().Be(200);
        (await cloud.PostAsync($"/compute/v2.1/servers/{id}/action", """{"resize":{"flavorRef":"2"}}""", member)).Code.Should().Be(202);
    }

    [Fact]
    public async Task The_default_class_is_what_projects_have_that_nothing_was_set_for()
    {
        Names(await cloud.GetAsync($"{Classes}/default"), "quota_class_set").Should().BeEquivalentTo([.. All.Except(["server_groups", "server_group_members"]), "id"]);
        (await cloud.SendAsync("PUT", $"{Classes}/default", """{"quota_class_set":{"metadata_items":"64"}}""")).Json.GetProperty("quota_class_set").GetProperty("metadata_items").GetInt32().Should().Be(64);
        (await LimitAsync("anybody", "metadata_items")).Should().Be(64);
        (await cloud.SendAsync("PUT", $"{V}/richer", """{"quota_set":{"metadata_items":65}}""")).Code.Should().Be(200);
        (await LimitAsync("richer", "metadata_items")).Should().Be(65);
        (await cloud.GetAsync($"{V}/richer/defaults")).Json.GetProperty("quota_set").GetProperty("metadata_items").GetInt32().Should().Be(64);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{Classes}/default", """{"quota_class_set":{"server_groups":1}}"""), 400);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{Classes}/default", """{"quota_class_set":{"cores":-2}}"""), 400);
        RefusalTests.Check(await cloud.GetAsync($"{Classes}/default", await cloud.MemberAsync("classless")), 403);
    }

    [Fact]
    public async Task Quotas_of_others_are_an_administrators()
    {
        var (member, project) = await ProjectAsync("curious");
        RefusalTests.Check(await cloud.GetAsync($"{V}/other", member), 403);
        RefusalTests.Check(await cloud.GetAsync($"{V}/other/detail", member), 403);
        RefusalTests.Check(await cloud.GetAsync("/compute/v2.1/limits?tenant_id=other", member), 403);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/{project}", """{"quota_set":{"cores":1000}}""", member), 403);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/{project}", null, member), 403);
        (await cloud.GetAsync($"/compute/v2.1/limits?tenant_id={project}")).Code.Should().Be(200);
    }

    [Fact]
    public async Task Fixed_addresses_can_be_limited()
    {
        var (member, project) = await ProjectAsync("addressed");
        var network = await cloud.NetworkAsync("limited", "10.91.0.0/24");
        (await cloud.SendAsync("PUT", $"{V}/{project}", """{"quota_set":{"fixed_ips":1}}""")).Code.Should().Be(200);
        await cloud.BootAsync("one", $$""","networks":[{"uuid":"{{network}}"}]""", member);
        RefusalTests.Check(await cloud.PostAsync("/compute/v2.1/servers", cloud.ServerBody("two", $$""","networks":[{"uuid":"{{network}}"}]"""), member), 403);
        (await cloud.GetAsync($"{V}/{project}/detail", member)).Json.GetProperty("quota_set").GetProperty("fixed_ips").GetProperty("in_use").GetInt32().Should().Be(1);
    }

    private static IEnumerable<string> Names(Answer answer, string name) => answer.Json.GetProperty(name).EnumerateObject().Select(p => p.Name);

    private async Task<int> LimitAsync(string project, string resource) => (await cloud.GetAsync($"{V}/{project}")).Json.GetProperty("quota_set").GetProperty(resource).GetInt32();

    private async Task<(string Token, string Project)> ProjectAsync(string name)
    {
        var token = await cloud.MemberAsync(name);
        return (token, (await cloud.Store.ReadAsync(s => s.Identities.ProjectByNameAsync("default", name, default), default))!.Id);
    }
}
