using System.Text.Json;
using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Api.Tests.Compute;

/// <summary>Daemons, hypervisors, hosts, zones and aggregates, as an administrator sees and changes them.</summary>
public sealed class HostTests(Cloud cloud) : IClassFixture<Cloud>
{
    private const string V = "/compute/v2.1";

    [Fact]
    public async Task A_hypervisor_has_what_its_host_reported_and_uses_what_its_servers_have()
    {
        await cloud.BeatAsync("figures", "figures");
        await cloud.BootAsync("figures", ""","availability_zone":"figures" """);
        var id = await IdAsync("figures");
        var shown = (await cloud.GetAsync($"{V}/os-hypervisors/{id}")).Json.GetProperty("hypervisor");
        (string, int)[] expected =
        [
            ("vcpus", 8), ("vcpus_used", 1), ("memory_mb", 16384), ("memory_mb_used", 512), ("free_ram_mb", 15872), ("local_gb", 100), ("local_gb_used", 1), ("free_disk_gb", 99),
            ("disk_available_least", 90), ("running_vms", 1), ("current_workload", 1), ("hypervisor_version", 6001000),
        ];
        foreach (var (name, value) in expected)
        {
            shown.GetProperty(name).GetInt32().Should().Be(value, name);
        }

        shown.GetProperty("host_ip").GetString().Should().Be("192.0.2.7");
        shown.GetProperty("hypervisor_type").GetString().Should().Be("netns");
        shown.GetProperty("hypervisor_hostname").GetString().Should().Be("figures");
        shown.GetProperty("service").GetProperty("host").GetString().Should().Be("figures");
        shown.GetProperty("cpu_info").GetString().Should().Be("""{"arch":"x86_64"}""");
        (await cloud.GetAsync($"{V}/os-hypervisors/{id}", version: "2.28")).Json.GetProperty("hypervisor").GetProperty("cpu_info").GetProperty("arch").GetString().Should().Be("x86_64");
        (await cloud.GetAsync($"{V}/os-hypervisors/{id}/uptime")).Json.GetProperty("hypervisor").GetProperty("uptime").GetString()
            .Should().MatchRegex(@"^ \d\d:\d\d:\d\d up 2 days,  2:0\d,  0 users,  load average: 0.20, 0.12, 0.14\n$");
        (await cloud.GetAsync($"{V}/os-hypervisors/statistics")).Json.GetProperty("hypervisor_statistics").GetProperty("memory_mb").GetInt32().Should().BeGreaterThanOrEqualTo(2 * 16384);
        var resources = (await cloud.GetAsync($"{V}/os-hosts/figures")).Json.GetProperty("host").EnumerateArray().Select(r => r.GetProperty("resource")).ToList();
        resources.Select(r => r.GetProperty("project").GetString()).Take(3).Should().Equal("(total)", "(used_now)", "(used_max)");
        resources[0].GetProperty("memory_mb").GetInt32().Should().Be(16384);
        resources[3].GetProperty("memory_mb").GetInt32().Should().Be(512);
        resources[3].GetProperty("disk_gb").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task Hypervisors_are_found_by_a_part_of_their_name()
    {
        await cloud.BeatAsync("rack_7", "nova");
        (await cloud.GetAsync($"{V}/os-hypervisors/RACK_/search")).Json.GetProperty("hypervisors").EnumerateArray().Should().ContainSingle()
            .Which.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo("id", "hypervisor_hostname", "state", "status");
        RefusalTests.Check(await cloud.GetAsync($"{V}/os-hypervisors/rack%25/search"), 404);
        RefusalTests.Check(await cloud.GetAsync($"{V}/os-hypervisors/none/servers"), 404);
        (await cloud.GetAsync($"{V}/os-hypervisors/rack_7/servers")).Text.Should().NotContain("\"servers\":");
    }

    [Fact]
    public async Task From_2_33_on_hypervisors_have_pages()
    {
        await cloud.BeatAsync("page1", "nova");
        await cloud.BeatAsync("page2", "nova");
        var seen = new List<string?>();
        var next = $"{V}/os-hypervisors/detail?limit=1";
        while (next is not null)
        {
            var page = (await cloud.GetAsync(next, version: "2.33")).Json;
            seen.AddRange(page.GetProperty("hypervisors").EnumerateArray().Select(h => h.GetProperty("hypervisor_hostname").GetString()));
            next = page.TryGetProperty("hypervisors_links", out var links) ? new Uri(links[0].GetProperty("href").GetString()!).PathAndQuery : null;
        }

        seen.Should().OnlyHaveUniqueItems().And.Contain(["page1", "page2", Cloud.ComputeHost]);
        (await cloud.GetAsync($"{V}/os-hypervisors?limit=1", version: "2.32")).Json.GetProperty("hypervisors").GetArrayLength().Should().BeGreaterThan(1);
        RefusalTests.Check(await cloud.GetAsync($"{V}/os-hypervisors?marker=9999", version: "2.33"), 400);
        RefusalTests.Check(await cloud.GetAsync($"{V}/os-hypervisors?limit=x", version: "2.33"), 400);
    }

    [Theory]
    [InlineData("GET", "/os-hypervisors/9999", null, 404)]
    [InlineData("GET", "/os-hypervisors/x", null, 404)]
    [InlineData("GET", "/os-hypervisors/9999/uptime", null, 404)]
    [InlineData("GET", "/os-hosts/none", null, 404)]
    [InlineData("PUT", "/os-hosts/none", """{"status":"enable"}""", 404)]
    [InlineData("PUT", "/os-hosts/compute1", """{"status":"sleep"}""", 400)]
    [InlineData("PUT", "/os-hosts/compute1", """{}""", 400)]
    [InlineData("PUT", "/os-hosts/compute1", """{"status":"enable","colour":"red"}""", 400)]
    [InlineData("PUT", "/os-hosts/compute1", """{"maintenance_mode":"enable"}""", 501)]
    [InlineData("GET", "/os-hosts/compute1/reboot", null, 501)]
    [InlineData("GET", "/os-hosts/compute1/fly", null, 404)]
    [InlineData("GET", "/os-hosts/none/reboot", null, 404)]
    [InlineData("PUT", "/os-hosts/none", """{"maintenance_mode":"enable"}""", 404)]
    [InlineData("PUT", "/os-services/disable-log-reason", """{"host":"compute1","binary":"nova-compute"}""", 400)]
    [InlineData("PUT", "/os-services/disable-log-reason", """{"host":"compute1","binary":"nova-compute","disabled_reason":""}""", 400)]
    [InlineData("PUT", "/os-services/disable", """{"host":"compute1"}""", 400)]
    [InlineData("PUT", "/os-services/disable", """{"host":"compute1","binary":"nova-x"}""", 404)]
    [InlineData("PUT", "/os-services/enable", """{"host":"compute1","binary":"nova-compute","a":1}""", 400)]
    [InlineData("DELETE", "/os-services/9999", null, 404)]
    [InlineData("DELETE", "/os-services/x", null, 400)]
    public async Task What_cannot_be_asked_of_hosts_is_refused(string method, string path, string? body, int status) => RefusalTests.Check(await cloud.SendAsync(method, V + path, body), status);

    [Fact]
    public async Task A_host_is_disabled_by_its_name()
    {
        await cloud.BeatAsync("tired", "tired");
        (await cloud.SendAsync("PUT", $"{V}/os-hosts/tired", """{"status":"disable"}""")).Text.Should().Be("""{"host":"tired","status":"disabled"}""");
        (await ServiceAsync("tired")).GetProperty("status").GetString().Should().Be("disabled");
        (await cloud.SendAsync("PUT", $"{V}/os-services/disable", """{"host":"tired","binary":"nova-compute"}""")).Text.Should()
            .Be("""{"service":{"host":"tired","binary":"nova-compute","status":"disabled"}}""");
        var id = await cloud.BootAsync("nowhere", ""","availability_zone":"tired" """);
        (await cloud.GetAsync($"{V}/servers/{id}")).Json.GetProperty("server").GetProperty("status").GetString().Should().Be("ERROR");
        (await cloud.SendAsync("PUT", $"{V}/os-hosts/tired", """{"status":"enable"}""")).Text.Should().Be("""{"host":"tired","status":"enabled"}""");
    }

    [Fact]
    public async Task A_daemon_that_is_forced_down_gets_no_servers()
    {
        await cloud.BeatAsync("felled", "felled");
        const string Body = """{"host":"felled","binary":"nova-compute","forced_down":true}""";
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/os-services/force-down", Body, version: "2.10"), 404);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/os-services/force-down", """{"host":"felled","binary":"nova-compute"}""", version: "2.11"), 400);
        (await cloud.SendAsync("PUT", $"{V}/os-services/force-down", Body, version: "2.11")).Text.Should().Be("""{"service":{"host":"felled","binary":"nova-compute","forced_down":true}}""");
        var service = await ServiceAsync("felled", "2.11");
        service.GetProperty("forced_down").GetBoolean().Should().BeTrue();
        service.GetProperty("state").GetString().Should().Be("down");
        (await ServiceAsync("felled")).TryGetProperty("forced_down", out _).Should().BeFalse();
        RefusalTests.Check(await cloud.GetAsync($"{V}/os-hypervisors/{await IdAsync("felled")}/uptime"), 400);
        var id = await cloud.BootAsync("unplaced", ""","availability_zone":"felled" """);
        (await cloud.GetAsync($"{V}/servers/{id}")).Json.GetProperty("server").GetProperty("status").GetString().Should().Be("ERROR");
        (await cloud.SendAsync("PUT", $"{V}/os-services/force-down", Body.Replace("true", "false"), version: "2.11")).Code.Should().Be(200);
        (await ServiceAsync("felled")).GetProperty("state").GetString().Should().Be("up");
    }

    [Fact]
    public async Task A_daemon_is_forgotten_unless_it_has_servers()
    {
        await cloud.BeatAsync("former", "former");
        await cloud.BeatAsync("busy", "busy");
        await cloud.BootAsync("busy", ""","availability_zone":"busy" """);
        var gone = await cloud.SendAsync("DELETE", $"{V}/os-services/{await IdAsync("former")}", null);
        gone.Code.Should().Be(204);
        gone.Text.Should().BeEmpty();
        (await cloud.GetAsync($"{V}/os-services?host=former")).Json.GetProperty("services").GetArrayLength().Should().Be(0);
        RefusalTests.Check(await cloud.GetAsync($"{V}/os-hosts/former"), 404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/os-services/{await IdAsync("busy")}", null), 409);
    }

    [Fact]
    public async Task Hosts_are_an_administrators()
    {
        var member = await cloud.MemberAsync("host visitor");
        foreach (var path in new[] { "/os-services", "/os-hosts", "/os-hosts/compute1", "/os-hypervisors", "/os-hypervisors/statistics", "/os-aggregates", "/os-availability-zone/detail", "/os-agents", "/os-migrations" })
        {
            RefusalTests.Check(await cloud.GetAsync(V + path, member), 403);
        }

        (await cloud.GetAsync($"{V}/os-availability-zone", member)).Text.Should().NotContain("internal").And.Contain("\"hosts\":null");
    }

    [Fact]
    public async Task Daemons_that_place_no_servers_are_of_the_zone_internal()
    {
        await cloud.WriteAsync(s => s.Services.BeatAsync("net1", Binaries.Network, "nova", default));
        (await cloud.GetAsync($"{V}/os-services?binary=nova-network")).Json.GetProperty("services")[0].GetProperty("zone").GetString().Should().Be("internal");
        var zones = (await cloud.GetAsync($"{V}/os-availability-zone/detail")).Json.GetProperty("availabilityZoneInfo").EnumerateArray().ToList();
        zones.Should().Contain(z => z.GetProperty("zoneName").GetString() == "internal" && z.GetProperty("hosts").GetProperty("net1").GetProperty("nova-network").GetProperty("active").GetBoolean());
        (await cloud.GetAsync($"{V}/os-hosts?zone=")).Text.Should().Contain("net1").And.Contain(Cloud.ComputeHost);
        (await cloud.GetAsync($"{V}/os-hosts?zone=internal")).Text.Should().Contain("net1").And.NotContain(Cloud.ComputeHost);
    }

    private async Task<JsonElement> ServiceAsync(string host, string? version = null) =>
        (await cloud.GetAsync($"{V}/os-services?host={host}&binary=nova-compute", version: version)).Json.GetProperty("services")[0];

    private async Task<long> IdAsync(string host) => (await ServiceAsync(host)).GetProperty("id").GetInt64();
}
