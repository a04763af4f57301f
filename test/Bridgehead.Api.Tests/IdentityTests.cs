using AwesomeAssertions;
using Bridgehead.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>Log-in, tokens and the catalogue; and how the server starts.</summary>
public sealed class IdentityTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task A_token_tells_the_catalogue_without_a_network_service()
    {
        var answer = await cloud.PostAsync("/identity/v3/auth/tokens", Cloud.LoginBody("admin", Cloud.Password, "admin"), token: null);
        answer.Code.Should().Be(201);
        var catalogue = answer.Json.GetProperty("token").GetProperty("catalog").EnumerateArray().Select(service => service.GetProperty("type").GetString());
        catalogue.Should().BeEquivalentTo("identity", "image", "compute");
    }

    [Theory]
    [InlineData("admin", "wrong", "admin")]
    [InlineData("nobody", Cloud.Password, "admin")]
    [InlineData("admin", Cloud.Password, "elsewhere")]
    public async Task A_wrong_log_in_is_refused_without_saying_what_was_wrong(string user, string password, string project)
    {
        var answer = await cloud.PostAsync("/identity/v3/auth/tokens", Cloud.LoginBody(user, password, project), token: null);
        RefusalTests.Check(answer, 401);
        answer.Json.GetProperty("error").GetProperty("title").GetString().Should().Be("Unauthorized");
    }

    [Fact]
    public async Task A_revoked_token_is_worth_nothing_at_once()
    {
        var token = await cloud.LoginAsync("admin", Cloud.Password, "admin");
        (await cloud.GetAsync("/compute/v2.1/servers", token)).Code.Should().Be(200);
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/identity/v3/auth/tokens");
        request.Headers.Add("X-Auth-Token", cloud.Admin);
        request.Headers.Add("X-Subject-Token", token);
        (await cloud.Client.SendAsync(request)).StatusCode.Should().Be(System.Net.HttpStatusCode.NoContent);
        RefusalTests.Check(await cloud.GetAsync("/compute/v2.1/servers", token), 401);
    }

    [Fact]
    public async Task An_expired_token_is_worth_nothing()
    {
        const string Id = "expired-token";
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Id)));
        await cloud.WriteAsync(async s =>
        {
            var user = (await s.Identities.UserByNameAsync(Domain.DefaultId, "admin", default))!;
            await s.Tokens.AddAsync(new Token(hash, user.Id, Scope.Project(user.DefaultProjectId!), null, "password", "audit", s.Now.AddHours(-2), s.Now.AddHours(-1)), default);
            return default(Done);
        });
        RefusalTests.Check(await cloud.GetAsync("/compute/v2.1/servers", Id), 401);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_its_setting()
    {
        var settings = cloud.Settings with { OsapiComputeListenPort = cloud.Server.Api.Port };
        var start = () => ApiServer.StartAsync(settings, cloud.Store, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        (await start.Should().ThrowAsync<ListenException>()).Which.Message.Should().Contain("osapi_compute_listen_port").And.Contain($"{cloud.Server.Api}");
    }

    [Fact]
    public async Task Health_needs_no_token() => (await cloud.GetAsync("/healthz", token: null)).Text.Should().Be("""{"status":"ok"}""");
}
