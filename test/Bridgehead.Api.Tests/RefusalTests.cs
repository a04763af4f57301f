using System.Text;
using AwesomeAssertions;
using Bridgehead.Store;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>Everything that is refused: the right status, OpenStack's shape with a sentence in it, and nothing changed.</summary>
public sealed class RefusalTests(InhabitedCloud cloud) : IClassFixture<InhabitedCloud>
{
    private const string V = "/compute/v2.1";

    public static TheoryData<string, string, string, int> BadInput { get; } = new()
    {
        { "POST", "/os-networks", """{"network":{"label":"a","cidr":"10.9.0.5/24"}}""", 400 },
        { "POST", "/os-networks", """{"network":{"label":"a","cidr":"010.9.0.0/24"}}""", 400 },
        { "POST", "/os-networks", """{"network":{"label":"a","cidr":"10.7.0.128/25"}}""", 409 },
        { "POST", "/os-networks", """{"network":{"label":"a\nb","cidr":"10.9.0.0/24"}}""", 400 },
        { "POST", "/os-networks", """{"network":{"label":"a","cidr":"10.9.0.0/24","colour":"red"}}""", 400 },
        { "POST", "/os-networks", """{"network":{"label":"a","cidr":"10.9.0.0/24","bridge":"br0; reboot"}}""", 400 },
        { "POST", "/os-networks", """{"network":{"label":"a","cidr":"127.0.0.0/24"}}""", 400 },
        { "POST", "/os-networks", """{"network":{"label":"a","cidr":"169.254.0.0/16"}}""", 400 },
        { "POST", "/os-networks", """{"network":{"label":"a","cidr":"224.0.0.0/24"}}""", 400 },
        { "POST", "/os-networks", """{"network":{"label":"a","cidr":"0.0.0.0/0"}}""", 400 },
        { "POST", "/os-networks", """{"network":{"label":"a","cidr":"10.9.0.0/24","bridge":"lo"}}""", 400 },
        { "POST", "/os-networks", """{"network":{"label":"a","cidr":"10.9.0.0/24","bridge":"flat0"}}""", 400 },
        { "POST", "/os-networks", """{"network":{"label":"a","cidr":"10.9.0.0/24","bridge":"public0"}}""", 400 },
        { "POST", "/os-networks", """{"network":{"label":"a","cidr":"10.9.0.0/24","bridge":"eth9","bridge_interface":"eth9"}}""", 400 },
        { "POST", "/os-floating-ips-bulk", """{"floating_ips_bulk_create":{"ip_range":"192.168.9.90"}}""", 400 },
        { "POST", "/os-floating-ips-bulk", """{"floating_ips_bulk_create":{"ip_range":"192.168.9.0/24"}}""", 400 },
        { "POST", "/os-tenant-networks", """{"network":{"label":"a","cidr":"10.9.0.0/24","network_size":-1}}""", 400 },
        { "POST", "/os-floating-ips", "{}", 404 },
        { "POST", "/os-floating-ips", """{"pool":"no such pool"}""", 404 },
        { "POST", "/os-floating-ips-bulk", """{"floating_ips_bulk_create":{"ip_range":"192.168.0.1/30"}}""", 400 },
        { "POST", "/os-security-group-rules", """{"security_group_rule":{"parent_group_id":GROUP,"ip_protocol":"tcp","from_port":80,"to_port":22,"cidr":"0.0.0.0/0"}}""", 400 },
        { "POST", "/os-security-group-rules", """{"security_group_rule":{"parent_group_id":GROUP,"ip_protocol":"tcp","from_port":1,"to_port":22,"cidr":"10.0.0.1/0"}}""", 400 },
        { "POST", "/os-security-group-rules", """{"security_group_rule":{"parent_group_id":GROUP,"ip_protocol":"gre","from_port":1,"to_port":22}}""", 400 },
        { "POST", "/os-security-group-rules", """{"security_group_rule":{"parent_group_id":99999,"ip_protocol":"tcp","from_port":1,"to_port":22}}""", 404 },
        { "POST", "/os-security-groups", """{"security_group":{"name":"a\nb","description":""}}""", 400 },
        { "POST", "/os-security-groups", """{"security_group":{"name":"default","description":""}}""", 400 },
        { "POST", "/os-keypairs", """{"keypair":{"name":"a","public_key":"no key"}}""", 400 },
        { "POST", "/os-keypairs", """{"keypair":{"name":"a\nb"}}""", 400 },
        { "POST", "/servers", """{"server":{"name":"a","imageRef":"6c3d4f8e-0000-4000-8000-000000000000","flavorRef":"1"}}""", 400 },
        { "POST", "/servers", """{"server":{"name":"a","imageRef":"IMAGE","flavorRef":"77"}}""", 400 },
        { "POST", "/servers", """{"server":{"name":"a\nb","imageRef":"IMAGE","flavorRef":"1"}}""", 400 },
        { "POST", "/servers", """{"server":{"name":"a\u0000b","imageRef":"IMAGE","flavorRef":"1"}}""", 400 },
        { "POST", "/servers", """{"server":{"name":"a\ud800","imageRef":"IMAGE","flavorRef":"1"}}""", 400 },
        { "POST", "/servers", """{"server":{"name":"a","imageRef":"IMAGE","flavorRef":"1","max_count":2147483647}}""", 400 },
        { "POST", "/servers", """{"server":{"name":"a","imageRef":"IMAGE","flavorRef":"1","max_count":101,"min_count":101}}""", 403 },
        { "POST", "/servers", """{"server":{"name":"a","imageRef":"IMAGE","flavorRef":"1","security_groups":[{"name":"none"}]}}""", 400 },
        { "POST", "/servers", """{"server":{"name":"a","imageRef":"IMAGE","flavorRef":"1","user_data":"not base64!"}}""", 400 },
        { "POST", "/servers", "this is not JSON", 400 },
        { "POST", "/servers", "[]", 400 },
        { "POST", "/servers", "", 400 },
        { "POST", "/servers/SERVER/action", """{"fly":null}""", 400 },
        { "POST", "/servers/SERVER/action", """{"os-stop":null}""", 409 },
        { "POST", "/servers/SERVER/action", """{"addFloatingIp":{"address":"10.0.0.010"}}""", 400 },
        { "POST", "/servers/SERVER/action", """{"addFloatingIp":{"address":"192.168.9.9"}}""", 404 },
        { "PUT", "/os-services/disable", """{"host":"nobody","binary":"nova-compute"}""", 404 },
    };

    [Theory]
    [MemberData(nameof(BadInput))]
    public async Task Bad_input_is_refused_and_changes_nothing(string method, string path, string body, int status)
    {
        var before = await StateAsync();
        var answer = await cloud.SendAsync(method, V + Filled(path), Filled(body));
        Check(answer, status);
        (await StateAsync()).Should().Be(before);
    }

    [Fact]
    public async Task A_body_of_ten_megabytes_is_refused_with_413()
    {
        var answer = await cloud.PostAsync($"{V}/servers", new string(' ', 10_000_000));
        Check(answer, 413);
        answer.Json.GetProperty("overLimit").GetProperty("retryAfter").GetInt32().Should().Be(0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    [InlineData("")]
    public async Task Without_a_token_of_ours_nothing_is_told(string? token)
    {
        var answer = await cloud.GetAsync($"{V}/servers", token);
        Check(answer, 401);
        answer.Header("WWW-Authenticate").Should().Contain("/identity");
    }

    [Fact]
    public async Task Another_projects_server_is_not_there()
    {
        foreach (var (method, path, body) in new[]
        {
            ("GET", "", null), ("DELETE", "", null), ("GET", "/ips", null), ("GET", "/os-instance-actions", null), ("GET", "/os-server-password", null),
            ("POST", "/action", """{"os-stop":null}"""), ("PUT", "", """{"server":{"name":"mine"}}"""), ("PUT", "/metadata/a", """{"meta":{"a":"b"}}"""),
        })
        {
            Check(await cloud.SendAsync(method, $"{V}/servers/{cloud.Owned}{path}", body, cloud.Stranger), 404);
        }

        (await cloud.GetAsync($"{V}/servers/detail", cloud.Stranger)).Json.GetProperty("servers").GetArrayLength().Should().Be(0);
        Check(await cloud.GetAsync($"{V}/servers/detail?all_tenants=1", cloud.Stranger), 403);
        Check(await cloud.GetAsync($"{V}/os-services", cloud.Stranger), 403);
        Check(await cloud.PostAsync($"{V}/os-networks", """{"network":{"label":"a","cidr":"10.9.0.0/24"}}""", cloud.Stranger), 403);
    }

    [Theory]
    [InlineData("2.99", 406)]
    [InlineData("3.1", 406)]
    [InlineData("two", 400)]
    public async Task A_microversion_that_is_none_is_refused(string version, int status) => Check(await cloud.GetAsync($"{V}/servers", version: version), status);

    [Theory]
    [InlineData("GET", "/compute/v2.1/nothing", 404)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("GET", "/identity/v3/nothing", 404)]
    [InlineData("GET", "/latest/meta-data/", 404)]
    [InlineData("PATCH", "/compute/v2.1/servers", 405)]
    [InlineData("PUT", "/identity/v3/auth/tokens", 405)]
    [InlineData("DELETE", "/compute/v2.1/os-security-groups/", 404)]
    [InlineData("GET", "/compute/v2.1/servers?name=%00", 400)]
    [InlineData("GET", "/compute/v2.1/ffffffffffffffffffffffffffffffff/servers", 400)]
    public async Task A_path_that_is_none_is_refused(string method, string path, int status) => Check(await cloud.SendAsync(method, path, null), status);

    [Fact]
    public async Task Network_calls_are_gone_from_microversion_2_36_on() => Check(await cloud.GetAsync($"{V}/os-networks", version: "2.36"), 404);

    /// <summary>OpenStack's shape: one object named for the fault, with the code and a sentence.</summary>
    internal static void Check(Answer answer, int status)
    {
        answer.Code.Should().Be(status, answer.Text);
        answer.Message.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        answer.Header("x-openstack-request-id").Should().StartWith("req-");
        var fault = answer.Json.EnumerateObject().Should().ContainSingle().Subject.Value;
        fault.GetProperty("code").GetInt32().Should().Be(status);
        fault.GetProperty("message").GetString().Should().NotBeNullOrWhiteSpace();
    }

    private string Filled(string text) => text.Replace("GROUP", $"{cloud.Group}").Replace("IMAGE", cloud.Image).Replace("SERVER", $"{cloud.Owned}");

    private Task<string> StateAsync() => cloud.Store.ReadAsync(
        async s =>
        {
            var text = new StringBuilder();
            text.AppendJoin('\n', await s.Networks.ListAsync(default));
            text.AppendJoin('\n', await s.Instances.ListAsync(new InstanceFilter(), null, 1000, default));
            text.AppendJoin('\n', await s.SecurityGroups.ListAsync(null, default));
            text.AppendJoin('\n', await s.SecurityGroups.RulesOfProjectAsync(null, default));
            text.AppendJoin('\n', await s.FixedIps.ListAsync(default));
            text.AppendJoin('\n', await s.FloatingIps.ListAsync(default));
            return text.ToString();
        },
        default);
}
