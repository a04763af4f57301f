using System.Net.Sockets;
using AwesomeAssertions;
using Bridgehead.Cli;
using Xunit;

namespace Bridgehead.Pure.Tests.Cli;

public sealed class FailureTests
{
    private readonly FakeCloud _cloud = new();

    [Fact]
    public async Task A_server_that_is_not_there_is_said_so()
    {
        _cloud.On("GET servers/detail?name=^x$", """{"servers":[]}""");
        (await _cloud.RunAsync("show", "x")).Should().Be(new Run(1, "", "ERROR (CommandError): No server with a name or ID of 'x' exists.\n"));
    }

    [Fact]
    public async Task Two_servers_of_one_name_are_ambiguous()
    {
        _cloud.On("GET servers/detail?name=^x$", $$"""{"servers":[{{FakeCloud.ServerJson("x")}},{{FakeCloud.ServerJson("x", FakeCloud.Network)}}]}""");
        (await _cloud.RunAsync("show", "x")).Should().Be(new Run(1, "", "ERROR (CommandError): Multiple server matches found for 'x', use an ID to be more specific.\n"));
    }

    [Theory]
    [InlineData("flavor-show", "No flavor with a name or ID of 'x' exists.")]
    [InlineData("image-show", "No image with a name or ID of 'x' exists.")]
    [InlineData("network-show", "No network with a name or ID of 'x' exists.")]
    [InlineData("secgroup-list-rules", "Secgroup ID or name 'x' not found.")]
    public async Task Other_things_are_said_so_too(string command, string sentence)
    {
        _cloud.WithImageAndFlavor().WithGroups().On("GET os-networks", """{"networks":[]}""").On("GET images/detail?name=x", """{"images":[]}""");
        (await _cloud.RunAsync(command, "x")).Should().Be(new Run(1, "", $"ERROR (CommandError): {sentence}\n"));
    }

    [Fact]
    public async Task Two_groups_of_one_name_are_ambiguous_but_an_id_is_not()
    {
        _cloud.WithGroups();
        (await _cloud.RunAsync("secgroup-list-rules", "twin")).Error.Should().StartWith("ERROR (NoUniqueMatch): Multiple security group matches found for name 'twin'");
        (await _cloud.RunAsync("secgroup-list-rules", "13")).Code.Should().Be(0);
    }

    [Theory]
    [InlineData(400, "BadRequest")]
    [InlineData(403, "Forbidden")]
    [InlineData(404, "NotFound")]
    [InlineData(409, "Conflict")]
    [InlineData(413, "OverLimit")]
    [InlineData(500, "ClientException")]
    [InlineData(501, "HTTPNotImplemented")]
    public async Task A_refusal_is_told_with_its_status_and_request(int status, string kind)
    {
        _cloud.On("POST os-floating-ips", $$$"""{"fault":{"code":{{{status}}},"message":"No more floating IPs."}}""", status);
        (await _cloud.RunAsync("floating-ip-create")).Should().Be(new Run(1, "", $"ERROR ({kind}): No more floating IPs. (HTTP {status}) (Request-ID: req-1)\n"));
    }

    [Fact]
    public async Task A_rule_that_is_not_there_is_said_so()
    {
        (await _cloud.WithGroups().RunAsync("secgroup-delete-rule", "default", "tcp", "80", "80", "0.0.0.0/0")).Error.Should().Be("ERROR (CommandError): Rule not found\n");
    }

    [Theory]
    [InlineData("bogus", "22", "IP protocol must be 'tcp', 'udp', or 'icmp'.")]
    [InlineData("tcp", "ssh", "From port must be an integer.")]
    public async Task A_bad_rule_is_refused_before_anything_is_sent(string protocol, string port, string sentence)
    {
        (await _cloud.RunAsync("secgroup-add-rule", "default", protocol, port, "22", "0.0.0.0/0")).Error.Should().Be($"ERROR (CommandError): {sentence}\n");
        _cloud.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("OS_AUTH_URL", "You must provide an auth url via either --os-auth-url or env[OS_AUTH_URL]")]
    [InlineData("OS_USERNAME", "You must provide a user name or user id via --os-username, --os-user-id, env[OS_USERNAME] or env[OS_USER_ID]")]
    [InlineData("OS_PASSWORD", "You must provide a password via either --os-password or env[OS_PASSWORD]")]
    [InlineData("OS_PROJECT_NAME", "You must provide a project name or project id via --os-project-name, --os-project-id, env[OS_PROJECT_NAME] or env[OS_PROJECT_ID]")]
    public async Task What_is_missing_to_log_in_is_named(string variable, string sentence)
    {
        _cloud.Environment.Remove(variable);
        (await _cloud.RunAsync("list")).Should().Be(new Run(1, "", $"ERROR (CommandError): {sentence}\n"));
        _cloud.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Without_any_variable_the_user_is_asked_for_first()
    {
        _cloud.Environment.Clear();
        (await _cloud.RunAsync("list")).Error.Should().StartWith("ERROR (CommandError): You must provide a user name");
    }

    [Theory]
    [InlineData("http://cloud/identity/v3")]
    [InlineData("http://cloud/identity/v3/")]
    [InlineData("http://cloud/identity/v2.0")]
    [InlineData("http://cloud/identity/")]
    public async Task The_auth_url_may_end_in_any_version(string url)
    {
        _cloud.Environment["OS_AUTH_URL"] = url;
        (await _cloud.On("GET os-networks", "{}").RunAsync("network-list")).Code.Should().Be(0);
    }

    [Fact]
    public async Task The_catalogue_is_read_by_region_and_interface()
    {
        await _cloud.RunAsync("--os-region-name", "RegionTwo", "list");
        await _cloud.RunAsync("--os-endpoint-type", "adminURL", "list");
        _cloud.Asked.Should().Equal("GET http://two/compute/v2.1/servers/detail", "GET http://admin/compute/v2.1/servers/detail");
        (await _cloud.RunAsync("--os-region-name", "Nowhere", "list")).Error.Should().Be("ERROR (EndpointNotFound): public endpoint for compute service in Nowhere region not found\n");
    }

    [Fact]
    public async Task A_token_is_used_instead_of_a_password()
    {
        (_cloud.Environment["OS_TOKEN"], _cloud.Environment["OS_PASSWORD"]) = ("tok", "");
        (await _cloud.On("GET os-networks", "{}").RunAsync("network-list")).Code.Should().Be(0);
        _cloud.Login.Should().StartWith("""{"auth":{"identity":{"methods":["token"],"token":{"id":"tok"}}""");
    }

    [Fact]
    public async Task An_older_cloud_is_asked_again_with_the_first_version()
    {
        _cloud.On("GET os-networks", """{"computeFault":{"code":406,"message":"too new"}}""", 406).On("GET os-networks", """{"networks":[]}""");
        (await _cloud.RunAsync("network-list")).Code.Should().Be(0);
        _cloud.Requests.Skip(1).Select(r => r.Headers.GetValues("X-OpenStack-Nova-API-Version").Single()).Should().Equal("2.35", "2.1");
    }

    [Fact]
    public async Task A_later_version_is_kept_from_the_resources_it_does_not_have()
    {
        _cloud.On("GET os-networks", "{}").On("GET servers/detail", "{}");
        await _cloud.RunAsync("--os-compute-api-version", "2.42", "network-list");
        await _cloud.RunAsync("--os-compute-api-version", "2.42", "list");
        _cloud.Requests.Where(r => r.Method == HttpMethod.Get).Select(r => r.Headers.GetValues("OpenStack-API-Version").Single()).Should().Equal("compute 2.35", "compute 2.42");
    }

    [Fact]
    public async Task A_refused_connection_is_one_sentence()
    {
        using var nobody = new Nobody();
        var error = new StringWriter();
        var code = await NovaCommand.RunAsync(["list"], new NovaSurroundings { Output = TextWriter.Null, Error = error, Environment = name => _cloud.Environment.GetValueOrDefault(name), Handler = nobody });
        code.Should().Be(1);
        $"{error}".Should().Be("ERROR (ConnectFailure): Unable to establish connection to http://cloud/identity/v3/auth/tokens: connection refused.\n");
    }

    [Fact]
    public async Task Debug_shows_requests_and_replies_without_secrets()
    {
        _cloud.WithServer().WithImageAndFlavor().On("POST servers", $$$"""{"server":{"id":"{{{FakeCloud.Server}}}","adminPass":"S3cret"}}""", 202);
        var run = await _cloud.RunAsync("--debug", "boot", "--image", "cirros", "--flavor", "1", "--admin-pass", "S3cret", "vm");
        run.Code.Should().Be(0);
        run.Error.Should().Contain("REQ: curl -g -i -X POST http://cloud/identity/v3/auth/tokens").And.Contain("RESP: [201]").And.Contain("\"name\":\"vm\"");
        run.Error.Should().NotContain(FakeCloud.Token).And.NotContain("pass-word").And.NotContain("S3cret");
    }

    private sealed class Nobody : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("no", new SocketException((int)SocketError.ConnectionRefused));
    }
}
