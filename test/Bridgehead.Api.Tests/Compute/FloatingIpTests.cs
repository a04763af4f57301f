using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Api.Tests.Compute;

/// <summary>A cloud whose servers get a floating address each.</summary>
public sealed class GivingCloud : Cloud
{
    protected override NovaSettings Configure(NovaSettings settings) => settings with { AutoAssignFloatingIp = true };
}

/// <summary>os-floating-ips, pools, bulk and DNS, line by line of their contract.</summary>
public sealed class FloatingIpTests(Cloud cloud, GivingCloud giving) : IClassFixture<Cloud>, IClassFixture<GivingCloud>
{
    private const string V = "/compute/v2.1/os-floating-ips";
    private const string Bulk = "/compute/v2.1/os-floating-ips-bulk";
    private const string Dns = "/compute/v2.1/os-floating-ip-dns";

    [Theory]
    [InlineData("""{"pool":null}""")]
    [InlineData("{}")]
    [InlineData(null)]
    [InlineData("""{"pool":"nova"}""")]
    public async Task An_address_of_the_default_pool_needs_no_words(string? body)
    {
        await RangeAsync("192.0.2.0/29");
        var member = await cloud.MemberAsync($"floating {body?.Length}");
        var made = await cloud.SendAsync("POST", V, body, member);
        made.Code.Should().Be(200, made.Text);
        var floating = made.Json.GetProperty("floating_ip");
        floating.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo("id", "ip", "pool", "fixed_ip", "instance_id");
        floating.GetProperty("pool").GetString().Should().Be("nova");
        var id = floating.GetProperty("id").GetInt64();
        (await cloud.GetAsync($"{V}/{id}", member)).Text.Should().Be(made.Text);
        RefusalTests.Check(await cloud.GetAsync($"{V}/{id}", await cloud.MemberAsync($"other {body?.Length}")), 404);
        (await cloud.SendAsync("DELETE", $"{V}/{id}", null, member)).Code.Should().Be(202);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/{id}", null, member), 404);
        RefusalTests.Check(await cloud.GetAsync($"{V}/{id}", member), 404);
    }

    [Fact]
    public async Task Addresses_are_counted_end_and_have_pages()
    {
        await RangeAsync("198.51.100.0/29", "counted");
        var member = await cloud.MemberAsync("hoarder");
        var project = (await cloud.Store.ReadAsync(s => s.Identities.ProjectByNameAsync("default", "hoarder", default), default))!.Id;
        for (var i = 1; i <= 6; i++)
        {
            (await cloud.PostAsync(V, """{"pool":"counted"}""", member)).Json.GetProperty("floating_ip").GetProperty("ip").GetString().Should().Be($"198.51.100.{i}");
        }

        RefusalTests.Check(await cloud.PostAsync(V, """{"pool":"counted"}""", member), 404);
        (await cloud.SendAsync("PUT", $"/compute/v2.1/os-quota-sets/{project}", """{"quota_set":{"floating_ips":6}}""")).Code.Should().Be(200);
        RefusalTests.Check(await cloud.PostAsync(V, """{"pool":"counted"}""", member), 403);
        (await AddressesAsync("?limit=2&offset=3", member)).Should().Equal("198.51.100.4", "198.51.100.5");
        (await AddressesAsync("", member)).Should().HaveCount(6);
        RefusalTests.Check(await cloud.GetAsync($"{V}?limit=x", member), 400);
        RefusalTests.Check(await cloud.GetAsync($"{V}?offset=-1", member), 400);

        // One client sends the address in the place of the number.
        (await cloud.SendAsync("DELETE", $"{V}/198.51.100.4", null, member)).Code.Should().Be(202);
        RefusalTests.Check(await cloud.GetAsync($"{V}/x", member), 404);
        RefusalTests.Check(await cloud.PostAsync(V, """{"pool":5}""", member), 400);
        (await cloud.GetAsync("/compute/v2.1/os-floating-ip-pools", member)).Text.Should().Contain("""{"name":"counted"}""");
    }

    [Fact]
    public async Task An_address_that_a_server_was_given_stays_with_it()
    {
        await giving.NetworkAsync("giving", "10.60.0.0/24");
        (await giving.PostAsync(Bulk, """{"floating_ips_bulk_create":{"ip_range":"203.0.113.0/30"}}""")).Code.Should().Be(200);
        var server = await giving.BootAsync("given");
        (await giving.GetAsync(V)).Text.Should().Be("""{"floating_ips":[]}""");
        RefusalTests.Check(await giving.SendAsync("DELETE", $"{V}/203.0.113.1", null), 403);
        RefusalTests.Check(await giving.PostAsync($"/compute/v2.1/servers/{server}/action", """{"addFloatingIp":{"address":"203.0.113.1"}}"""), 403);
        RefusalTests.Check(await giving.PostAsync($"/compute/v2.1/servers/{server}/action", """{"removeFloatingIp":{"address":"203.0.113.1"}}"""), 403);
    }

    [Fact]
    public async Task Ranges_are_added_listed_and_removed()
    {
        var made = await cloud.PostAsync(Bulk, """{"floating_ips_bulk_create":{"ip_range":"203.0.113.8/30","pool":"p","interface":"eth7"}}""");
        made.Text.Should().Be("""{"floating_ips_bulk_create":{"ip_range":"203.0.113.8/30","pool":"p","interface":"eth7"}}""");
        (await cloud.GetAsync(Bulk)).Json.GetProperty("floating_ip_info").EnumerateArray().Where(f => f.GetProperty("pool").GetString() == "p").Select(f => f.GetRawText()).Should().Equal(
            """{"address":"203.0.113.9","pool":"p","interface":"eth7","project_id":null,"instance_uuid":null,"fixed_ip":null}""",
            """{"address":"203.0.113.10","pool":"p","interface":"eth7","project_id":null,"instance_uuid":null,"fixed_ip":null}""");
        RefusalTests.Check(await cloud.PostAsync(Bulk, """{"floating_ips_bulk_create":{"ip_range":"203.0.113.10"}}"""), 409);
        RefusalTests.Check(await cloud.GetAsync($"{Bulk}/nohost"), 404);
        await cloud.WriteAsync(async s =>
        {
            await s.FloatingIps.AssociateAsync((await s.FloatingIps.FindAsync(Ip.Parse("203.0.113.10"), default))!, Ip.Parse("10.0.0.5"), Guid.NewGuid(), "net9", default);
            return default(Done);
        });
        (await cloud.GetAsync($"{Bulk}/net9")).Json.GetProperty("floating_ip_info").EnumerateArray().Should().ContainSingle().Which.GetProperty("fixed_ip").GetString().Should().Be("10.0.0.5");
        (await cloud.SendAsync("PUT", $"{Bulk}/delete", """{"ip_range":"203.0.113.8/30"}""")).Text.Should().Be("""{"floating_ips_bulk_delete":"203.0.113.8/30"}""");
        (await cloud.GetAsync(Bulk)).Text.Should().NotContain("203.0.113.9");
    }

    [Theory]
    [InlineData("POST", "", """{"floating_ips_bulk_create":{"ip_range":"192.0.2.64/31"}}""", 400)]
    [InlineData("POST", "", """{"floating_ips_bulk_create":{"ip_range":"192.0.2.64/32"}}""", 400)]
    [InlineData("POST", "", """{"floating_ips_bulk_create":{"ip_range":"here"}}""", 400)]
    [InlineData("POST", "", """{"floating_ips_bulk_create":{}}""", 400)]
    [InlineData("POST", "", """{"floating_ips_bulk_create":{"ip_range":"192.0.2.64/30","interface":"a b"}}""", 400)]
    [InlineData("POST", "", """{"floating_ips_bulk_create":{"ip_range":"192.0.2.64/30","colour":"red"}}""", 400)]
    [InlineData("PUT", "/delete", """{"ip_range":"here"}""", 400)]
    [InlineData("PUT", "/delete", """{}""", 400)]
    [InlineData("PUT", "/fly", """{"ip_range":"192.0.2.64/30"}""", 404)]
    public async Task Ranges_that_are_none_are_refused(string method, string path, string body, int status)
    {
        var before = (await cloud.GetAsync(Bulk)).Text;
        RefusalTests.Check(await cloud.SendAsync(method, Bulk + path, body), status);
        (await cloud.GetAsync(Bulk)).Text.Should().Be(before);
    }

    [Fact]
    public async Task Domains_and_names_are_kept()
    {
        (await cloud.SendAsync("PUT", $"{Dns}/walk%252Eorg", """{"domain_entry":{"scope":"public","project":"p1"}}""")).Text.Should()
            .Be("""{"domain_entry":{"domain":"walk.org","scope":"public","project":"p1","availability_zone":null}}""");
        (await cloud.SendAsync("PUT", $"{Dns}/walk.org", """{"domain_entry":{"scope":"private","availability_zone":"z"}}""")).Json.GetProperty("domain_entry").GetProperty("availability_zone").GetString().Should().Be("z");
        (await cloud.GetAsync(Dns)).Text.Should().Contain("\"walk.org\"");
        (await cloud.SendAsync("PUT", $"{Dns}/walk.org/entries/www", """{"dns_entry":{"ip":"192.0.2.200","dns_type":"A"}}""")).Text.Should()
            .Be("""{"dns_entry":{"ip":"192.0.2.200","name":"www","domain":"walk.org","id":null,"type":"A"}}""");
        (await cloud.SendAsync("PUT", $"{Dns}/walk.org/entries/www", """{"dns_entry":{"ip":"192.0.2.201","dns_type":"A"}}""")).Code.Should().Be(200);
        (await cloud.GetAsync($"{Dns}/walk.org/entries/www")).Json.GetProperty("dns_entry").GetProperty("ip").GetString().Should().Be("192.0.2.201");
        (await cloud.GetAsync($"{Dns}/walk.org/entries/192.0.2.201")).Json.GetProperty("dns_entries")[0].GetProperty("name").GetString().Should().Be("www");
        RefusalTests.Check(await cloud.GetAsync($"{Dns}/walk.org/entries/192.0.2.200"), 404);
        RefusalTests.Check(await cloud.GetAsync($"{Dns}/walk.org/entries/none"), 404);
        (await cloud.SendAsync("DELETE", $"{Dns}/walk.org/entries/www", null)).Code.Should().Be(202);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Dns}/walk.org/entries/www", null), 404);
        (await cloud.SendAsync("DELETE", $"{Dns}/walk.org", null)).Code.Should().Be(202);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Dns}/walk.org", null), 404);
    }

    [Theory]
    [InlineData("bad.org", """{"domain_entry":{"scope":"public","availability_zone":"z"}}""")]
    [InlineData("bad.org", """{"domain_entry":{"scope":"private","project":"p"}}""")]
    [InlineData("bad.org", """{"domain_entry":{"scope":"secret"}}""")]
    [InlineData("bad.org", """{"domain_entry":{}}""")]
    [InlineData("bad.org", """{"domain_entry":{"scope":"public","project":"a\nb"}}""")]
    [InlineData("bad..org", """{"domain_entry":{"scope":"public"}}""")]
    public async Task Domains_that_are_none_are_refused(string domain, string body)
    {
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{Dns}/{domain}", body), 400);
        (await cloud.GetAsync(Dns)).Text.Should().NotContain("bad.");
    }

    [Fact]
    public async Task A_projects_domain_is_closed_to_others_and_domains_are_an_administrators()
    {
        await cloud.SendAsync("PUT", $"{Dns}/closed.org", """{"domain_entry":{"scope":"public","project":"p1"}}""");
        var member = await cloud.MemberAsync("namer");
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{Dns}/closed.org/entries/www", """{"dns_entry":{"ip":"192.0.2.200"}}""", member), 404);
        RefusalTests.Check(await cloud.GetAsync($"{Dns}/closed.org/entries/www", member), 404);
        (await cloud.GetAsync(Dns, member)).Text.Should().NotContain("closed.org");
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{Dns}/mine.org", """{"domain_entry":{"scope":"public"}}""", member), 403);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Dns}/closed.org", null, member), 403);
    }

    private async Task RangeAsync(string range, string pool = "nova") =>
        (await cloud.PostAsync(Bulk, $$$"""{"floating_ips_bulk_create":{"ip_range":"{{{range}}}","pool":"{{{pool}}}"}}""")).Code.Should().BeOneOf(200, 409);

    private async Task<IEnumerable<string?>> AddressesAsync(string query, string token) =>
        [.. (await cloud.GetAsync(V + query, token)).Json.GetProperty("floating_ips").EnumerateArray().Select(f => f.GetProperty("ip").GetString())];
}
