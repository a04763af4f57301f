using AwesomeAssertions;
using Bridgehead.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>A token that has had its time; and how the server starts.</summary>
public sealed class StartTests(Cloud cloud) : IClassFixture<Cloud>
{
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
