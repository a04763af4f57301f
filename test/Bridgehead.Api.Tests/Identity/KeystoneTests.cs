using AwesomeAssertions;
using Bridgehead.Control;
using Bridgehead.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>An API over a store, with the identity service of a real Keystone in place of its own.</summary>
public sealed class KeystoneTests(Cloud cloud, RealKeystone keystone) : IClassFixture<Cloud>, IClassFixture<RealKeystone>, IAsyncLifetime
{
    private const string Servers = "/compute/v2.1/servers";
    private readonly HttpClient _http = new();
    private RunningApi? _api;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private KeystoneSettings Account => new() { AuthUrl = keystone.Url, Username = "nova", Password = "pw", TokenCacheTime = 0 };

    public async ValueTask InitializeAsync() => _api = await StartAsync(Account);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _api!.DisposeAsync();
    }

    [Fact]
    public async Task A_server_of_a_project_there_is_that_projects_only()
    {
        if ((await cloud.GetAsync("/compute/v2.1/os-networks")).Json.GetProperty("networks").GetArrayLength() == 0)
        {
            await cloud.NetworkAsync("mynet", "10.66.0.0/24");
        }

        var (alice, bob, admin) = (await keystone.TokenAsync("alice"), await keystone.TokenAsync("bob"), await keystone.TokenAsync("admin"));
        await keystone.PublishAsync(admin, "compute", $"http://{_api!.Api}/compute/v2.1");
        await keystone.PublishAsync(admin, "image", $"http://{_api.Api}/image");
        var made = await SendAsync("POST", Servers, alice, cloud.ServerBody("web"));
        made.Code.Should().Be(202, made.Text);
        var id = made.Json.GetProperty("server").GetProperty("id").GetString();
        (await keystone.OpenStackAsync("alice", "server", "list", "-f", "value", "-c", "ID")).Trim().Should().Be(id, "the catalogue there leads the client here");
        var tenant = (await SendAsync("GET", $"{Servers}/{id}", alice)).Json.GetProperty("server").GetProperty("tenant_id").GetString();
        tenant.Should().Be(await keystone.IdAsync("project", "ours", admin));
        RefusalTests.Check(await SendAsync("GET", $"{Servers}/{id}", bob), 404);
        RefusalTests.Check(await SendAsync("DELETE", $"{Servers}/{id}", bob), 404);
        RefusalTests.Check(await SendAsync("GET", "/compute/v2.1/os-services", bob), 403);
        (await SendAsync("GET", "/compute/v2.1/os-services", admin)).Code.Should().Be(200);
        (await SendAsync("DELETE", $"{Servers}/{id}", alice)).Code.Should().Be(204);
    }

    [Fact]
    public async Task A_token_that_is_none_or_was_revoked_is_refused_with_the_place_to_get_one()
    {
        var token = await keystone.TokenAsync("bob");
        (await SendAsync("GET", Servers, token)).Code.Should().Be(200);
        await keystone.CallAsync("DELETE", "auth/tokens", token, subject: token);
        foreach (var wrong in new[] { token, "none", cloud.Admin, "no token" })
        {
            var answer = await SendAsync("GET", Servers, wrong);
            RefusalTests.Check(answer, 401);
            answer.Header("WWW-Authenticate").Should().Be($"Keystone uri=\"{keystone.Url}\"");
        }
    }

    [Fact]
    public async Task A_Keystone_that_is_down_is_no_reason_to_refuse_anybody_for_good()
    {
        var token = await keystone.TokenAsync("alice");
        await keystone.StopAsync();
        var down = await SendAsync("GET", Servers, token);
        await keystone.StartAsync();
        RefusalTests.Check(down, 503);
        (await SendAsync("GET", Servers, token)).Code.Should().Be(200);
    }

    [Fact]
    public async Task The_services_own_token_is_renewed_when_it_is_no_longer_taken()
    {
        var token = await keystone.TokenAsync("alice");
        (await SendAsync("GET", Servers, token)).Code.Should().Be(200);

        // Setting a password ends the account's tokens there.
        var admin = await keystone.TokenAsync("admin");
        await keystone.CallAsync("PATCH", $"users/{await keystone.IdAsync("user", "nova", admin)}", admin, """{"user":{"password":"pw"}}""");

        // A Keystone counts in seconds: what it makes in the second of a revocation is revoked too, and until that is over the answer is to try again.
        var answer = await SendAsync("GET", Servers, token);
        for (var tries = 0; answer.Code == 503 && tries < 50; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancel);
            answer = await SendAsync("GET", Servers, token);
        }

        answer.Code.Should().Be(200, answer.Text);
    }

    [Fact]
    public async Task An_account_that_is_wrong_is_the_services_fault_not_the_clients()
    {
        await using var api = await StartAsync(Account with { Password = "wrong" });
        RefusalTests.Check(await SendAsync("GET", Servers, await keystone.TokenAsync("alice"), null, api), 503);
    }

    [Fact]
    public async Task The_own_identity_service_says_where_the_other_is()
    {
        var answer = await SendAsync("POST", "/identity/v3/auth/tokens", null, Cloud.LoginBody("admin", Cloud.Password, "admin"));
        RefusalTests.Check(answer, 410);
        answer.Text.Should().Contain(keystone.Url);
        RefusalTests.Check(await SendAsync("GET", "/identity", null), 410);
    }

    [Fact]
    public async Task An_answer_is_believed_as_long_as_the_setting_says()
    {
        var clock = new Clock();
        using var tokens = new KeystoneTokens(Account with { TokenCacheTime = 60 }, clock);
        var token = await keystone.TokenAsync("bob");
        (await tokens.ReadAsync(token, Cancel)).Value!.User.Name.Should().Be("bob");
        await keystone.CallAsync("DELETE", "auth/tokens", token, subject: token);
        clock.Now += TimeSpan.FromSeconds(59);
        (await tokens.ReadAsync(token, Cancel)).Value.Should().NotBeNull();
        clock.Now += TimeSpan.FromSeconds(2);
        (await tokens.ReadAsync(token, Cancel)).Value.Should().BeNull();
    }

    private Task<RunningApi> StartAsync(KeystoneSettings account) => ApiServer.StartAsync(cloud.Settings with { Keystone = account }, cloud.Store, NullLoggerFactory.Instance, Cancel);

    private async Task<Answer> SendAsync(string method, string path, string? token, string? body = null, RunningApi? api = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"http://{(api ?? _api!).Api}{path}");
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Auth-Token", token);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        }

        var message = await _http.SendAsync(request, Cancel);
        return new Answer(message.StatusCode, await message.Content.ReadAsStringAsync(Cancel), message);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
