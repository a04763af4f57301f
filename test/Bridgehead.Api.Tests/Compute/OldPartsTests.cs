using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Api.Tests.Compute;

/// <summary>Old parts of Compute: what they answer where nothing is behind them, guest agents, events, extensions, versions and microversions.</summary>
public sealed class OldPartsTests(InhabitedCloud cloud) : IClassFixture<InhabitedCloud>
{
    private const string V = "/compute/v2.1";

    [Theory]
    [InlineData("GET", "/os-cloudpipe", 200)]
    [InlineData("POST", "/os-cloudpipe", 400)]
    [InlineData("PUT", "/os-cloudpipe/configure-project", 400)]
    [InlineData("GET", "/os-fping", 501)]
    [InlineData("GET", "/os-cells", 501)]
    [InlineData("GET", "/os-fping/6c3d4f8e-0000-4000-8000-000000000000", 501)]
    [InlineData("GET", "/os-cells/detail", 501)]
    [InlineData("GET", "/os-cells/info", 501)]
    [InlineData("GET", "/os-cells/capacities", 501)]
    [InlineData("GET", "/os-cells/one", 501)]
    [InlineData("GET", "/os-cells/one/capacities", 501)]
    [InlineData("GET", "/os-baremetal-nodes/one", 501)]
    [InlineData("POST", "/os-certificates", 501)]
    [InlineData("GET", "/os-baremetal-nodes", 501)]
    [InlineData("GET", "/os-certificates/root", 501)]
    [InlineData("GET", "/os-volumes", 404)]
    [InlineData("GET", "/os-snapshots", 404)]
    [InlineData("GET", "/os-assisted-volume-snapshots", 404)]
    [InlineData("GET", "/os-instance_usage_audit_log", 200)]
    [InlineData("GET", "/os-instance_usage_audit_log/2026-01-31%2000:00:00", 200)]
    [InlineData("GET", "/os-instance_usage_audit_log/yesterday", 400)]
    public async Task What_has_nothing_behind_it_says_so(string method, string path, int status)
    {
        var answer = await cloud.SendAsync(method, V + path, null);
        if (status == 200)
        {
            answer.Code.Should().Be(200, answer.Text);
        }
        else
        {
            RefusalTests.Check(answer, status);
        }
    }

    [Fact]
    public async Task No_host_audits_its_usage()
    {
        var log = (await cloud.GetAsync($"{V}/os-instance_usage_audit_log/2026-01-31%2000:00:00")).Json.GetProperty("instance_usage_audit_log");
        (await cloud.GetAsync($"{V}/os-instance_usage_audit_log")).Json.GetProperty("instance_usage_audit_logs").GetProperty("num_hosts").GetInt32().Should().Be(1);
        log.GetProperty("hosts_not_run")[0].GetString().Should().Be(Cloud.ComputeHost);
        log.GetProperty("overall_status").GetString().Should().Be("0 of 1 hosts done. 0 errors.");
        log.GetProperty("period_beginning").GetString().Should().Be("2025-12-01 00:00:00");
        log.GetProperty("period_ending").GetString().Should().Be("2026-01-01 00:00:00");
    }

    [Fact]
    public async Task Builds_of_guest_agents_are_kept()
    {
        const string Hash = "add6bb58e139be103324d04d82d8f545";
        const string Body = $$$"""{"agent":{"hypervisor":"xen","os":"linux","architecture":"x86","version":"1.0","md5hash":"{{{Hash}}}","url":"http://example.org/a"}}""";
        var made = await cloud.PostAsync($"{V}/os-agents", Body);
        made.Code.Should().Be(200, made.Text);
        var id = made.Json.GetProperty("agent").GetProperty("agent_id").GetInt64();
        RefusalTests.Check(await cloud.PostAsync($"{V}/os-agents", Body), 409);
        RefusalTests.Check(await cloud.PostAsync($"{V}/os-agents", Body.Replace(Hash, "short")), 400);
        var para = $$$"""{"para":{"version":"2.0","md5hash":"{{{Hash}}}","url":"http://example.org/b"}}""";
        (await cloud.SendAsync("PUT", $"{V}/os-agents/{id}", para)).Json.GetProperty("agent").GetProperty("version").GetString().Should().Be("2.0");
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/os-agents/9999", para), 404);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/os-agents/x", para), 400);
        (await cloud.GetAsync($"{V}/os-agents?hypervisor=xen")).Json.GetProperty("agents")[0].GetProperty("url").GetString().Should().Be("http://example.org/b");
        (await cloud.GetAsync($"{V}/os-agents?hypervisor=kvm")).Text.Should().Be("""{"agents":[]}""");
        (await cloud.SendAsync("DELETE", $"{V}/os-agents/{id}", null)).Code.Should().Be(200);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/os-agents/{id}", null), 404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/os-agents/x", null), 400);
    }

    [Fact]
    public async Task Events_of_servers_are_checked_one_by_one()
    {
        string Body(params Guid[] servers) => $$"""{"events":[{{string.Join(',', servers.Select(s => $$"""{"name":"network-changed","server_uuid":"{{s}}","status":"completed","tag":"t"}"""))}}]}""";
        (await cloud.PostAsync($"{V}/os-server-external-events", Body(cloud.Owned))).Text.Should()
            .Be($$"""{"events":[{"name":"network-changed","server_uuid":"{{cloud.Owned}}","status":"completed","tag":"t","code":200}]}""");
        var mixed = await cloud.PostAsync($"{V}/os-server-external-events", Body(cloud.Owned, Guid.NewGuid()));
        mixed.Code.Should().Be(207);
        mixed.Json.GetProperty("events")[1].GetProperty("code").GetInt32().Should().Be(404);
        RefusalTests.Check(await cloud.PostAsync($"{V}/os-server-external-events", Body(Guid.NewGuid())), 404);
        RefusalTests.Check(await cloud.PostAsync($"{V}/os-server-external-events", Body(cloud.Owned).Replace("network-changed", "fire")), 400);
        RefusalTests.Check(await cloud.PostAsync($"{V}/os-server-external-events", Body(cloud.Owned).Replace("completed", "done")), 400);
        RefusalTests.Check(await cloud.PostAsync($"{V}/os-server-external-events", """{"events":[]}"""), 400);
        RefusalTests.Check(await cloud.PostAsync($"{V}/os-server-external-events", Body(cloud.Owned), cloud.Stranger), 403);
    }

    [Theory]
    [InlineData("os-hosts", "Hosts")]
    [InlineData("os-consoles", "Consoles")]
    [InlineData("os-floating-ips", "FloatingIps")]
    [InlineData("os-simple-tenant-usage", "SimpleTenantUsage")]
    public async Task Extensions_have_novas_names(string alias, string name)
    {
        var shown = (await cloud.GetAsync($"{V}/extensions/{alias}")).Json.GetProperty("extension");
        shown.GetProperty("name").GetString().Should().Be(name);
        shown.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo("alias", "name", "description", "namespace", "updated", "links");
        (await cloud.GetAsync($"{V}/extensions")).Json.GetProperty("extensions").EnumerateArray().Select(e => e.GetProperty("alias").GetString()).Should().Contain(alias).And.OnlyHaveUniqueItems();
        RefusalTests.Check(await cloud.GetAsync($"{V}/extensions/os-none"), 404);
    }

    [Theory]
    [InlineData("/", null)]
    [InlineData("/compute", null)]
    [InlineData("/compute/", "admin")]
    public async Task The_root_lists_2_0_first(string path, string? token)
    {
        var answer = await cloud.GetAsync(path, token);
        answer.Code.Should().Be(200);
        var versions = answer.Json.GetProperty("versions");
        versions[0].GetProperty("id").GetString().Should().Be("v2.0");
        versions[0].GetProperty("version").GetString().Should().BeEmpty();
        versions[1].GetProperty("id").GetString().Should().Be("v2.1");
        versions[1].GetProperty("version").GetString().Should().Be("2.42");
        versions[1].GetProperty("min_version").GetString().Should().Be("2.1");
        foreach (var version in versions.EnumerateArray())
        {
            var self = version.GetProperty("links")[0].GetProperty("href").GetString()!;
            var document = (await cloud.GetAsync(new Uri(self).AbsolutePath, token)).Json.GetProperty("version");
            document.GetProperty("links")[0].GetProperty("href").GetString().Should().Be(self);
            document.GetProperty("links")[1].GetProperty("rel").GetString().Should().Be("describedby");
            document.GetProperty("media-types")[0].GetProperty("base").GetString().Should().Be("application/json");
        }
    }

    [Theory]
    [InlineData(null, null, 200, "2.1")]
    [InlineData("2.10", null, 200, "2.10")]
    [InlineData(null, "compute 2.28", 200, "2.28")]
    [InlineData("2.10", "compute 2.28", 200, "2.28")]
    [InlineData("2.10", "identity 3.1", 200, "2.10")]
    [InlineData(null, "identity 3.1, compute 2.5", 200, "2.5")]
    [InlineData(null, "compute 2.5,compute 2.6", 200, "2.6")]
    [InlineData(null, "COMPUTE  2.6 ", 200, "2.6")]
    [InlineData(null, "compute latest", 200, "2.42")]
    [InlineData("latest", null, 200, "2.42")]
    [InlineData("", null, 200, "2.1")]
    [InlineData("2", null, 400, null)]
    [InlineData("2.1.1", null, 400, null)]
    [InlineData("2.01", null, 400, null)]
    [InlineData("02.1", null, 400, null)]
    [InlineData("+2.1", null, 400, null)]
    [InlineData("2.-1", null, 400, null)]
    [InlineData("2. 1", null, 400, null)]
    [InlineData("0.1", null, 400, null)]
    [InlineData(null, "compute x", 400, null)]
    [InlineData("2.0", null, 406, null)]
    [InlineData("2.43", null, 406, null)]
    [InlineData("1.1", null, 406, null)]
    [InlineData("3.0", null, 406, null)]
    [InlineData("2.99999999999999999999", null, 406, null)]
    public async Task A_microversion_is_agreed_upon(string? legacy, string? standard, int status, string? version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{V}/flavors");
        request.Headers.Add("X-Auth-Token", cloud.Admin);
        foreach (var (name, value) in new[] { ("X-OpenStack-Nova-API-Version", legacy), ("OpenStack-API-Version", standard) })
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var message = await cloud.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = new Answer(message.StatusCode, await message.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), message);
        answer.Header("Vary").Should().Contain("OpenStack-API-Version").And.Contain("X-OpenStack-Nova-API-Version");
        if (status != 200)
        {
            RefusalTests.Check(answer, status);
            answer.Json.TryGetProperty(status == 406 ? "computeFault" : "badRequest", out _).Should().BeTrue(answer.Text);
            return;
        }

        answer.Code.Should().Be(200, answer.Text);
        answer.Header("X-OpenStack-Nova-API-Version").Should().Be(version);
        answer.Header("OpenStack-API-Version").Should().Be($"compute {version}");
    }

    [Fact]
    public async Task What_ended_with_2_36_answers_until_2_35()
    {
        string[] ended =
        [
            "os-networks", "os-tenant-networks", "os-fixed-ips/10.7.0.2", "os-floating-ips", "os-floating-ip-pools", "os-floating-ips-bulk", "os-floating-ip-dns", "os-security-groups",
            "os-security-group-default-rules", "os-fping", "os-baremetal-nodes",
        ];
        foreach (var path in ended)
        {
            (await cloud.GetAsync($"{V}/{path}", version: "2.35")).Code.Should().BeOneOf([200, 501], path);
            RefusalTests.Check(await cloud.GetAsync($"{V}/{path}", version: "2.36"), 404);
        }

        foreach (var route in cloud.Server.Routes.Where(r => ended.Any(path => r.Pattern.StartsWith($"{V}/{path.Split('/')[0]}", StringComparison.Ordinal)) || r.Pattern.StartsWith($"{V}/os-security-group-rules", StringComparison.Ordinal)))
        {
            route.Until.Should().Be(35, route.Pattern);
        }
    }
}
