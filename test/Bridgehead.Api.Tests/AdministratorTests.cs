using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Store;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>What administrators see and set, and the parts of a server that few clients ask for.</summary>
public sealed class AdministratorTests(Cloud cloud) : IClassFixture<Cloud>
{
    private const string V = "/compute/v2.1";

    [Fact]
    public async Task A_compute_host_is_disabled_and_enabled_again()
    {
        var body = $$"""{"host":"{{Cloud.ComputeHost}}","binary":"nova-compute","disabled_reason":"repair"}""";
        (await cloud.SendAsync("PUT", $"{V}/os-services/disable-log-reason", body)).Code.Should().Be(200);
        var service = (await cloud.GetAsync($"{V}/os-services?binary=nova-compute")).Json.GetProperty("services")[0];
        service.GetProperty("status").GetString().Should().Be("disabled");
        service.GetProperty("state").GetString().Should().Be("up");
        service.GetProperty("disabled_reason").GetString().Should().Be("repair");
        (await cloud.GetAsync($"{V}/os-availability-zone")).Json.GetProperty("availabilityZoneInfo")[0].GetProperty("zoneState").GetProperty("available").GetBoolean().Should().BeFalse();
        (await cloud.SendAsync("PUT", $"{V}/os-services/enable", body)).Json.GetProperty("service").GetProperty("status").GetString().Should().Be("enabled");
    }

    [Theory]
    [InlineData("/os-availability-zone/detail")]
    [InlineData("/os-hosts")]
    [InlineData("/os-hosts/compute1")]
    [InlineData("/os-hypervisors/detail")]
    [InlineData("/os-hypervisors/compute1/search")]
    [InlineData("/os-hypervisors/compute1/servers")]
    public async Task Hosts_are_shown_by_name(string path) => (await cloud.GetAsync(V + path)).Text.Should().Contain(Cloud.ComputeHost);

    [Theory]
    [InlineData("/os-hypervisors/statistics")]
    [InlineData("/extensions")]
    [InlineData("/extensions/os-floating-ips")]
    [InlineData("/../../identity/v3/domains?name=default")]
    [InlineData("/../../identity/v3/users")]
    [InlineData("/../../identity/v3/roles")]
    [InlineData("/os-aggregates")]
    [InlineData("/os-server-groups")]
    [InlineData("/limits")]
    [InlineData("/os-floating-ip-pools")]
    public async Task Lists_that_clients_read_first_are_there(string path) => (await cloud.GetAsync(V + path)).Code.Should().Be(200);

    [Fact]
    public async Task A_servers_history_has_the_request_that_made_it()
    {
        var made = await cloud.PostAsync($"{V}/servers", cloud.ServerBody("history"));
        var id = made.Json.GetProperty("server").GetProperty("id").GetGuid();
        await cloud.ActivateAsync(id);
        (await cloud.PostAsync($"{V}/servers/{id}/action", """{"os-stop":null}""")).Code.Should().Be(202);
        var history = (await cloud.GetAsync($"{V}/servers/{id}/os-instance-actions")).Json.GetProperty("instanceActions");
        history[0].GetProperty("action").GetString().Should().Be("stop");
        history[1].GetProperty("request_id").GetString().Should().Be(made.Header("x-compute-request-id"));
        (await cloud.GetAsync($"{V}/servers/{id}/os-instance-actions/{made.Header("x-compute-request-id")}")).Text.Should().Contain("\"create\"");
    }

    [Fact]
    public async Task One_metadata_item_is_set_read_and_removed()
    {
        var id = await cloud.BootAsync("meta");
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/servers/{id}/metadata/colour", """{"meta":{"colour":"red"}}"""), 409);
        await cloud.ActivateAsync(id);
        var path = $"{V}/servers/{id}/metadata/colour";
        (await cloud.SendAsync("PUT", path, """{"meta":{"colour":"red"}}""")).Code.Should().Be(200);
        (await cloud.GetAsync(path)).Text.Should().Be("""{"meta":{"colour":"red"}}""");
        RefusalTests.Check(await cloud.SendAsync("PUT", path, """{"meta":{"size":"big"}}"""), 400);
        (await cloud.SendAsync("DELETE", path, null)).Code.Should().Be(204);
        RefusalTests.Check(await cloud.GetAsync(path), 404);
    }

    [Fact]
    public async Task A_new_projects_default_group_begins_with_the_default_rules()
    {
        const string Rule = """{"security_group_default_rule":{"ip_protocol":"tcp","from_port":22,"to_port":22,"cidr":"10.0.0.0/8"}}""";
        var made = await cloud.PostAsync($"{V}/os-security-group-default-rules", Rule);
        made.Code.Should().Be(200);
        RefusalTests.Check(await cloud.PostAsync($"{V}/os-security-group-default-rules", Rule), 409);
        var groups = await cloud.GetAsync($"{V}/os-security-groups", await cloud.MemberAsync("rules"));
        groups.Json.GetProperty("security_groups")[0].GetProperty("rules")[0].GetProperty("ip_range").GetProperty("cidr").GetString().Should().Be("10.0.0.0/8");
        var id = made.Json.GetProperty("security_group_default_rule").GetProperty("id").GetInt64();
        (await cloud.SendAsync("DELETE", $"{V}/os-security-group-default-rules/{id}", null)).Code.Should().Be(204);
    }

    [Fact]
    public async Task A_floating_address_gets_a_name()
    {
        (await cloud.SendAsync("PUT", $"{V}/os-floating-ip-dns/example%252Eorg", """{"domain_entry":{"scope":"public"}}""")).Code.Should().Be(200);
        (await cloud.SendAsync("PUT", $"{V}/os-floating-ip-dns/example.org/entries/www", """{"dns_entry":{"ip":"192.168.0.5","dns_type":"A"}}""")).Code.Should().Be(200);
        (await cloud.GetAsync($"{V}/os-floating-ip-dns/example.org/entries/www")).Json.GetProperty("dns_entry").GetProperty("ip").GetString().Should().Be("192.168.0.5");
        (await cloud.GetAsync($"{V}/os-floating-ip-dns/example.org/entries?ip=192.168.0.5")).Text.Should().Contain("\"www\"");
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/os-floating-ip-dns/example.org/entries/a%20b", """{"dns_entry":{"ip":"192.168.0.5"}}"""), 400);
        (await cloud.SendAsync("DELETE", $"{V}/os-floating-ip-dns/example.org", null)).Code.Should().Be(202);
    }

    [Fact]
    public async Task A_pool_named_in_chunks_is_the_pool()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{V}/os-floating-ips") { Content = new StringContent("""{"pool":"no such pool"}""") };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Add("X-Auth-Token", cloud.Admin);
        var answer = await cloud.Client.SendAsync(request, TestContext.Current.CancellationToken);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Contain("no such pool");
    }

    [Fact]
    public async Task A_flavors_factor_is_a_number_with_a_point() => (await cloud.GetAsync($"{V}/flavors/1")).Text.Should().Contain("\"rxtx_factor\":1.0");

    [Fact]
    public async Task What_is_allowed_does_not_reach_the_first_and_last_address()
    {
        var made = await cloud.PostAsync($"{V}/os-networks", """{"network":{"label":"whole","cidr":"10.67.0.0/30","gateway":"10.67.0.2","allowed_start":"10.67.0.0","allowed_end":"10.67.0.3"}}""");
        var network = made.Json.GetProperty("network").GetProperty("id").GetString();
        var id = await cloud.BootAsync("only", $$""","networks":[{"uuid":"{{network}}"}]""");
        (await cloud.GetAsync($"{V}/servers/{id}/ips")).Text.Should().Contain("10.67.0.1");
        RefusalTests.Check(await cloud.PostAsync($"{V}/servers", cloud.ServerBody("none", $$""","networks":[{"uuid":"{{network}}"}]""")), 400);

        // A full network that is everybody's would refuse the servers of the other tests.
        await cloud.WriteAsync(async s =>
        {
            await s.FinishDeleteAsync((await s.Instances.FindAsync(id, default))!, default);
            return default(Done);
        });
        (await cloud.SendAsync("DELETE", $"{V}/os-networks/{network}", null)).Code.Should().Be(202);
    }

    [Fact]
    public async Task A_projects_network_is_made_and_deleted()
    {
        var made = await cloud.PostAsync($"{V}/os-tenant-networks", """{"network":{"label":"tenant","cidr":"10.66.0.0/24"}}""");
        made.Code.Should().Be(200);
        (await cloud.SendAsync("DELETE", $"{V}/os-tenant-networks/{made.Json.GetProperty("network").GetProperty("id").GetString()}", null)).Code.Should().Be(202);
    }
}
