using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Pure.Tests.Cli;

/// <summary>The article's commands, as typed there.</summary>
public sealed class ArticleTests
{
    private readonly FakeCloud _cloud = new();

    [Fact]
    public async Task Boot_sends_the_ids_and_prints_the_server()
    {
        _cloud.WithServer().WithImageAndFlavor().On("POST servers", $$$"""{"server":{"id":"{{{FakeCloud.Server}}}","adminPass":"S3cret","links":[]}}""", 202);
        var run = await _cloud.RunAsync("boot", "--image", FakeCloud.Image, "--flavor", "1", "myserver");
        run.Code.Should().Be(0, run.Error);
        _cloud.Asked.Should().Contain($$$"""POST servers {"server":{"name":"myserver","imageRef":"{{{FakeCloud.Image}}}","flavorRef":"1","min_count":1,"max_count":1}}""");
        run.Output.Should().Contain("| adminPass              | S3cret ").And.Contain("| flavor                 | m1.tiny (1) ");
    }

    [Fact]
    public async Task A_floating_ip_is_allocated_from_the_default_pool()
    {
        _cloud.On("POST os-floating-ips", """{"floating_ip":{"id":1,"ip":"192.168.1.233","pool":"nova","fixed_ip":null,"instance_id":null}}""");
        var run = await _cloud.RunAsync("floating-ip-create");
        _cloud.Asked.Should().Equal("""POST os-floating-ips {"pool":null}""");
        run.Output.Should().Contain("| 1  | 192.168.1.233 | -         | -        | nova |");
    }

    [Theory]
    [InlineData("add-floating-ip", "addFloatingIp")]
    [InlineData("floating-ip-associate", "addFloatingIp")]
    [InlineData("remove-floating-ip", "removeFloatingIp")]
    [InlineData("floating-ip-disassociate", "removeFloatingIp")]
    public async Task A_floating_ip_is_associated_and_disassociated(string command, string action)
    {
        _cloud.WithServer().On($"POST servers/{FakeCloud.Server}/action", "", 202);
        var run = await _cloud.RunAsync(command, FakeCloud.Server, "192.168.1.233");
        run.Should().Be(new Run(0, "", ""));
        _cloud.Asked[^1].Should().Be($$$"""POST servers/{{{FakeCloud.Server}}}/action {"{{{action}}}":{"address":"192.168.1.233"}}""");
    }

    [Fact]
    public async Task A_rule_for_any_icmp_is_added_with_minus_ones()
    {
        _cloud.WithGroups().On("POST os-security-group-rules", """
            {"security_group_rule":{"id":9,"parent_group_id":1,"ip_protocol":"icmp","from_port":-1,"to_port":-1,"ip_range":{"cidr":"0.0.0.0/0"},"group":{}}}
            """);
        var run = await _cloud.RunAsync("secgroup-add-rule", "default", "icmp", "-1", "-1", "0.0.0.0/0");
        run.Error.Should().BeEmpty();
        _cloud.Asked[^1].Should().Be(
            """POST os-security-group-rules {"security_group_rule":{"ip_protocol":"icmp","from_port":-1,"to_port":-1,"cidr":"0.0.0.0/0","group_id":null,"parent_group_id":1}}""");
        run.Output.Should().Be("""
            +-------------+-----------+---------+-----------+--------------+
            | IP Protocol | From Port | To Port | IP Range  | Source Group |
            +-------------+-----------+---------+-----------+--------------+
            | icmp        | -1        | -1      | 0.0.0.0/0 |              |
            +-------------+-----------+---------+-----------+--------------+

            """);
    }

    [Fact]
    public async Task Ssh_is_opened_the_same_way()
    {
        _cloud.WithGroups().On("POST os-security-group-rules", """{"security_group_rule":{"id":9,"ip_protocol":"tcp","from_port":22,"to_port":22,"ip_range":{"cidr":"0.0.0.0/0"}}}""");
        (await _cloud.RunAsync("secgroup-add-rule", "default", "tcp", "22", "22", "0.0.0.0/0")).Code.Should().Be(0);
        _cloud.Asked[^1].Should().Contain("\"from_port\":22,\"to_port\":22,\"cidr\":\"0.0.0.0/0\"");
    }

    [Fact]
    public async Task A_list_takes_two_requests_with_the_token_and_the_last_version_that_has_networks()
    {
        _cloud.On("GET servers/detail", """{"servers":[]}""");
        (await _cloud.RunAsync("list")).Code.Should().Be(0);
        _cloud.Requests.Select(request => $"{request.Method} {request.RequestUri}").Should().Equal("POST http://cloud/identity/v3/auth/tokens", "GET http://cloud/compute/v2.1/servers/detail");
        _cloud.Requests[1].Headers.GetValues("X-Auth-Token").Should().Equal(FakeCloud.Token);
        _cloud.Requests[1].Headers.GetValues("X-OpenStack-Nova-API-Version").Should().Equal("2.35");
        _cloud.Login.Should().Be(
            """{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"demo","domain":{"id":"default"},"password":"pass-word"}}},"scope":{"project":{"name":"demo","domain":{"id":"default"}}}}}""");
    }
}
