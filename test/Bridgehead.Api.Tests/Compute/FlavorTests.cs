using System.Text.Json;
using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Api.Tests.Compute;

/// <summary>Flavors: who sees which, in what order, and what administrators do to them.</summary>
public sealed class FlavorTests(Cloud cloud) : IClassFixture<Cloud>
{
    private const string V = "/compute/v2.1/flavors";

    [Fact]
    public async Task A_flavor_is_made_of_strings_or_numbers_and_shown_whole()
    {
        var made = await cloud.PostAsync(V, """{"flavor":{"id":77,"name":"strings","ram":"64","disk":"2","vcpus":"1","swap":"5","OS-FLV-EXT-DATA:ephemeral":"3","rxtx_factor":"1.5","os-flavor-access:is_public":"True"}}""");
        made.Code.Should().Be(200, made.Text);
        var shown = (await cloud.GetAsync($"{V}/77")).Json.GetProperty("flavor");
        shown.GetProperty("id").GetString().Should().Be("77");
        shown.GetProperty("ram").GetInt32().Should().Be(64);
        shown.GetProperty("disk").GetInt32().Should().Be(2);
        shown.GetProperty("swap").GetInt32().Should().Be(5);
        shown.GetProperty("OS-FLV-EXT-DATA:ephemeral").GetInt32().Should().Be(3);
        shown.GetProperty("rxtx_factor").GetRawText().Should().Be("1.5");
        shown.GetProperty("OS-FLV-DISABLED:disabled").GetBoolean().Should().BeFalse();
        shown.GetProperty("links").GetArrayLength().Should().Be(2);
    }

    [Theory]
    [InlineData("\"auto\"")]
    [InlineData("null")]
    public async Task Without_an_id_a_flavor_gets_a_uuid(string id)
    {
        var made = await cloud.PostAsync(V, $$$"""{"flavor":{"id":{{{id}}},"name":"auto {{{id.Trim('"')}}}","ram":64,"disk":0,"vcpus":1}}""");
        Guid.TryParse(made.Json.GetProperty("flavor").GetProperty("id").GetString(), out _).Should().BeTrue(made.Text);
    }

    [Theory]
    [InlineData("""{"flavor":{"name":"a","ram":0,"disk":1,"vcpus":1}}""", 400)]
    [InlineData("""{"flavor":{"name":"a","ram":1,"disk":-1,"vcpus":1}}""", 400)]
    [InlineData("""{"flavor":{"name":"a","ram":1,"disk":1,"vcpus":"many"}}""", 400)]
    [InlineData("""{"flavor":{"name":"a","ram":1,"disk":1}}""", 400)]
    [InlineData("""{"flavor":{"name":"","ram":1,"disk":1,"vcpus":1}}""", 400)]
    [InlineData("""{"flavor":{"name":" a","ram":1,"disk":1,"vcpus":1}}""", 400)]
    [InlineData("""{"flavor":{"name":"a","id":"a/b","ram":1,"disk":1,"vcpus":1}}""", 400)]
    [InlineData("""{"flavor":{"name":"a","ram":1,"disk":1,"vcpus":1,"rxtx_factor":0}}""", 400)]
    [InlineData("""{"flavor":{"name":"a","ram":1,"disk":1,"vcpus":1,"rxtx_factor":"fast"}}""", 400)]
    [InlineData("""{"flavor":{"name":"a","ram":1,"disk":1,"vcpus":1,"colour":"red"}}""", 400)]
    [InlineData("""{"flavor":{"name":"a","id":"1","ram":1,"disk":1,"vcpus":1}}""", 409)]
    [InlineData("""{"flavor":{"name":"m1.tiny","ram":1,"disk":1,"vcpus":1}}""", 409)]
    public async Task A_flavor_that_cannot_be_is_refused(string body, int status)
    {
        var before = (await cloud.GetAsync($"{V}/detail?is_public=None")).Text;
        RefusalTests.Check(await cloud.PostAsync(V, body), status);
        (await cloud.GetAsync($"{V}/detail?is_public=None")).Text.Should().Be(before);
    }

    [Fact]
    public async Task Flavors_are_for_administrators_to_make_and_delete()
    {
        var member = await cloud.MemberAsync("flavor maker");
        RefusalTests.Check(await cloud.PostAsync(V, """{"flavor":{"name":"mine","ram":1,"disk":1,"vcpus":1}}""", member), 403);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/1", null, member), 403);
        RefusalTests.Check(await cloud.PostAsync($"{V}/1/os-extra_specs", """{"extra_specs":{"a":"b"}}""", member), 403);
        RefusalTests.Check(await cloud.GetAsync($"{V}/1/os-flavor-access", member), 403);
    }

    [Theory]
    [InlineData("minRam=8192", "4,5")]
    [InlineData("minDisk=80", "4,5")]
    [InlineData("sort_key=name&sort_dir=desc&minRam=8192", "5,4")]
    [InlineData("sort_key=memory_mb&sort_dir=desc&limit=2&minRam=2048", "5,4")]
    [InlineData("sort_key=memory_mb&sort_dir=desc&limit=2&minRam=2048&marker=4", "3,2")]
    [InlineData("minRam=512&limit=2&marker=1", "2,3")]
    [InlineData("limit=0", "")]
    public async Task A_list_is_narrowed_sorted_and_paged(string query, string ids)
    {
        foreach (var path in new[] { V, $"{V}/detail" })
        {
            var list = (await cloud.GetAsync($"{path}?{query}")).Json;
            string.Join(',', list.GetProperty("flavors").EnumerateArray().Select(Id).Where(id => id!.Length == 1)).Should().Be(ids);
        }
    }

    [Fact]
    public async Task Pages_lead_to_each_other_and_keep_what_was_asked()
    {
        var seen = new List<string>();
        var next = $"{V}?sort_key=name&limit=2";
        while (next is not null)
        {
            var page = (await cloud.GetAsync(next)).Json;
            seen.AddRange(page.GetProperty("flavors").EnumerateArray().Select(flavor => flavor.GetProperty("name").GetString()!));
            next = page.TryGetProperty("flavors_links", out var links) ? new Uri(links[0].GetProperty("href").GetString()!).PathAndQuery : null;
        }

        seen.Should().OnlyHaveUniqueItems().And.Contain("m1.tiny").And.BeInAscendingOrder(StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("minRam=x")]
    [InlineData("minDisk=1.5")]
    [InlineData("limit=-1")]
    [InlineData("limit=x")]
    [InlineData("marker=nothing")]
    [InlineData("sort_key=colour")]
    [InlineData("sort_dir=sideways")]
    [InlineData("is_public=perhaps")]
    public async Task A_list_that_cannot_be_is_refused(string query) => RefusalTests.Check(await cloud.GetAsync($"{V}/detail?{query}"), 400);

    [Fact]
    public async Task A_private_flavor_is_for_administrators_and_projects_with_access()
    {
        var member = await cloud.MemberAsync("private");
        var project = await ProjectAsync("private");
        (await cloud.PostAsync(V, """{"flavor":{"id":"secret","name":"secret","ram":64,"disk":0,"vcpus":1,"os-flavor-access:is_public":false}}""")).Code.Should().Be(200);
        RefusalTests.Check(await cloud.GetAsync($"{V}/secret", member), 404);
        RefusalTests.Check(await cloud.GetAsync($"{V}/secret/os-extra_specs", member), 404);
        var body = cloud.ServerBody("secret").Replace("\"flavorRef\":\"1\"", "\"flavorRef\":\"secret\"");
        RefusalTests.Check(await cloud.PostAsync("/compute/v2.1/servers", body, member), 400);
        (await IdsAsync("?is_public=None", member)).Should().NotContain("secret");
        (await IdsAsync("")).Should().NotContain("secret");
        (await IdsAsync("?is_public=None")).Should().Contain(["secret", "1"]);
        (await IdsAsync("?is_public=False")).Should().Contain("secret").And.NotContain("1");

        var access = await cloud.PostAsync($"{V}/secret/action", $$$"""{"addTenantAccess":{"tenant":"{{{project}}}"}}""");
        access.Text.Should().Be($$"""{"flavor_access":[{"flavor_id":"secret","tenant_id":"{{project}}"}]}""");
        (await cloud.GetAsync($"{V}/secret/os-flavor-access")).Text.Should().Be(access.Text);
        (await cloud.GetAsync($"{V}/secret", member)).Code.Should().Be(200);
        (await IdsAsync("", member)).Should().Contain("secret");
        (await cloud.PostAsync("/compute/v2.1/servers", body, member)).Code.Should().Be(202);

        RefusalTests.Check(await cloud.PostAsync($"{V}/secret/action", $$$"""{"addTenantAccess":{"tenant":"{{{project}}}"}}"""), 409);
        (await cloud.PostAsync($"{V}/secret/action", $$$"""{"removeTenantAccess":{"tenant":"{{{project}}}"}}""")).Text.Should().Be("""{"flavor_access":[]}""");
        RefusalTests.Check(await cloud.PostAsync($"{V}/secret/action", $$$"""{"removeTenantAccess":{"tenant":"{{{project}}}"}}"""), 404);
        RefusalTests.Check(await cloud.GetAsync($"{V}/secret", member), 404);
    }

    [Theory]
    [InlineData("/1/action", """{"addTenantAccess":{"tenant":"p"}}""", 409)]
    [InlineData("/1/action", """{"removeTenantAccess":{"tenant":"p"}}""", 409)]
    [InlineData("/none/action", """{"addTenantAccess":{"tenant":"p"}}""", 404)]
    [InlineData("/1/action", """{"addTenantAccess":{}}""", 400)]
    [InlineData("/1/action", """{"addTenantAccess":{"tenant":""}}""", 400)]
    [InlineData("/1/action", """{"fly":null}""", 400)]
    [InlineData("/1/os-extra_specs", """{"extra_specs":{"a/b":"c"}}""", 400)]
    [InlineData("/1/os-extra_specs", """{"extra_specs":{"":"c"}}""", 400)]
    [InlineData("/1/os-extra_specs", """{"extra_specs":{"a":null}}""", 400)]
    [InlineData("/1/os-extra_specs", """{"extra_specs":{"a":{}}}""", 400)]
    [InlineData("/1/os-extra_specs", """{"specs":{"a":"b"}}""", 400)]
    [InlineData("/none/os-extra_specs", """{"extra_specs":{"a":"b"}}""", 404)]
    public async Task Access_and_specs_that_cannot_be_are_refused(string path, string body, int status) => RefusalTests.Check(await cloud.PostAsync(V + path, body), status);

    [Fact]
    public async Task A_public_flavor_has_no_access_list() => RefusalTests.Check(await cloud.GetAsync($"{V}/1/os-flavor-access"), 404);

    [Fact]
    public async Task Extra_specs_are_set_read_changed_and_removed()
    {
        const string Path = $"{V}/2/os-extra_specs";
        (await cloud.GetAsync(Path)).Text.Should().Be("""{"extra_specs":{}}""");
        (await cloud.PostAsync(Path, """{"extra_specs":{"hw:a":"1","b":2}}""")).Text.Should().Be("""{"extra_specs":{"hw:a":"1","b":"2"}}""");
        (await cloud.GetAsync($"{Path}/hw:a")).Text.Should().Be("""{"hw:a":"1"}""");
        (await cloud.SendAsync("PUT", $"{Path}/hw:a", """{"hw:a":"3"}""")).Text.Should().Be("""{"hw:a":"3"}""");
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{Path}/hw:a", """{"b":"3"}"""), 400);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{Path}/hw:a", """{"hw:a":"3","b":"3"}"""), 400);
        var gone = await cloud.SendAsync("DELETE", $"{Path}/hw:a", null);
        gone.Code.Should().Be(200);
        gone.Text.Should().BeEmpty();
        RefusalTests.Check(await cloud.GetAsync($"{Path}/hw:a"), 404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Path}/hw:a", null), 404);
        (await cloud.GetAsync(Path, await cloud.MemberAsync("spec reader"))).Text.Should().Be("""{"extra_specs":{"b":"2"}}""");
    }

    [Fact]
    public async Task A_server_goes_on_when_its_flavor_is_deleted()
    {
        (await cloud.PostAsync(V, """{"flavor":{"id":"brief","name":"brief","ram":64,"disk":7,"vcpus":1}}""")).Code.Should().Be(200);
        var made = await cloud.PostAsync("/compute/v2.1/servers", cloud.ServerBody("orphan").Replace("\"flavorRef\":\"1\"", "\"flavorRef\":\"brief\""));
        var id = made.Json.GetProperty("server").GetProperty("id").GetGuid();
        (await cloud.SendAsync("DELETE", $"{V}/brief", null)).Code.Should().Be(202);
        RefusalTests.Check(await cloud.GetAsync($"{V}/brief"), 404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/brief", null), 404);
        (await cloud.GetAsync($"/compute/v2.1/servers/{id}")).Json.GetProperty("server").GetProperty("flavor").GetProperty("id").GetString().Should().Be("brief");
        (await cloud.GetAsync("/compute/v2.1/servers/detail")).Text.Should().Contain($"{id}");
        var kept = await cloud.Store.ReadAsync(s => s.Flavors.OfInstanceAsync(id, default), default);
        kept.Should().BeEquivalentTo(new Flavor { FlavorId = "brief", Name = "brief", Ram = 64, Disk = 7, Vcpus = 1 });
    }

    private static string? Id(JsonElement flavor) => flavor.GetProperty("id").GetString();

    private async Task<IEnumerable<string?>> IdsAsync(string query, string token = "admin") => [.. (await cloud.GetAsync(V + query, token)).Json.GetProperty("flavors").EnumerateArray().Select(Id)];

    private async Task<string> ProjectAsync(string name) => (await cloud.Store.ReadAsync(s => s.Identities.ProjectByNameAsync("default", name, default), default))!.Id;
}
