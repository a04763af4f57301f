using System.Text.Json;
using AwesomeAssertions;
using Xunit;
using static Bridgehead.Api.Tests.IdentityCalls;

namespace Bridgehead.Api.Tests;

/// <summary>Application credentials: a secret for a program, with less power than its user, that ends with what it was made from.</summary>
public sealed class ApplicationCredentialTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task A_credential_logs_in_to_its_project_with_its_roles_only()
    {
        var (user, project, token) = await cloud.SomebodyAsync();
        await cloud.GrantAsync($"projects/{project}", $"users/{user}", "reader");
        var made = await MakeAsync(user, token, "\"name\":\"c\",\"description\":\"d\",\"roles\":[{\"name\":\"reader\"}]");
        made.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo(
            "id", "name", "description", "project_id", "user_id", "roles", "expires_at", "unrestricted", "system", "links", "secret");
        var (id, secret) = (made.GetProperty("id").GetString()!, made.GetProperty("secret").GetString()!);
        secret.Length.Should().BeGreaterThan(40);
        var login = await cloud.LogInAsync(ByCredential(id, secret));
        login.Code.Should().Be(201, login.Text);
        var told = login.Json.GetProperty("token");
        told.GetProperty("methods")[0].GetString().Should().Be("application_credential");
        told.GetProperty("roles").Texts("name").Should().Equal("reader");
        told.GetProperty("application_credential").GetProperty("restricted").GetBoolean().Should().BeTrue();
        RefusalTests.Check(await cloud.PostAsync("/compute/v2.1/os-keypairs", """{"keypair":{"name":"k"}}""", login.Header("X-Subject-Token")), 403);

        var byName = $$$$"""{"methods":["application_credential"],"application_credential":{"name":"c","secret":"{{{{secret}}}}","user":{"id":"{{{{user}}}}"}}}""";
        (await cloud.LogInAsync(byName)).Code.Should().Be(201);
        RefusalTests.Check(await cloud.LogInAsync(ByCredential(id, "wrong")), 401);
        RefusalTests.Check(await cloud.LogInAsync(ByCredential("none", secret)), 401);
        var shown = await cloud.GetAsync($"{Of(user)}/{id}", token);
        shown.Json.GetProperty("application_credential").TryGetProperty("secret", out _).Should().BeFalse();
        (await cloud.GetAsync(Of(user), token)).Json.GetProperty("application_credentials").Texts("id").Should().Equal(id);
        (await cloud.GetAsync($"{Of(user)}?name=other", token)).Json.GetProperty("application_credentials").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task Its_token_cannot_become_one_of_more_power()
    {
        var (user, project, token) = await cloud.SomebodyAsync();
        await cloud.GrantAsync($"projects/{project}", $"users/{user}", "admin");
        var other = await cloud.NewProjectAsync();
        await cloud.GrantAsync($"projects/{other}", $"users/{user}", "member");
        var made = await MakeAsync(user, token, "\"name\":\"c\",\"secret\":\"s\",\"roles\":[{\"name\":\"member\"}]");
        var id = made.GetProperty("id").GetString()!;
        var held = (await cloud.LogInAsync(ByCredential(id, "s"))).Header("X-Subject-Token");
        RefusalTests.Check(await cloud.LogInAsync(ByToken(held), OfProject(other)), 403);
        RefusalTests.Check(await cloud.LogInAsync(ByCredential(id, "s"), OfProject(other)), 403);
        RefusalTests.Check(await cloud.LogInAsync(ByToken(held), "\"unscoped\""), 403);
        var again = await cloud.LogInAsync(ByToken(held), OfProject(project));
        again.Json.GetProperty("token").GetProperty("roles").Texts("name").Should().Equal("member");
        RefusalTests.Check(await cloud.GetAsync($"{V}/users", again.Header("X-Subject-Token")), 403);
        RefusalTests.Check(await cloud.PostAsync(Of(user), """{"application_credential":{"name":"d"}}""", held), 403);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Of(user)}/{id}", null, held), 403);
        await MakeAsync(user, token, "\"name\":\"e\",\"secret\":\"s\",\"unrestricted\":true");
    }

    [Theory]
    [InlineData("""{"application_credential":{}}""", 400)]
    [InlineData("""{"application_credential":{"name":""}}""", 400)]
    [InlineData("""{"application_credential":{"name":"a","roles":[{"name":"admin"}]}}""", 400)]
    [InlineData("""{"application_credential":{"name":"a","roles":[{"id":"none"}]}}""", 400)]
    [InlineData("""{"application_credential":{"name":"a","roles":[{}]}}""", 400)]
    [InlineData("""{"application_credential":{"name":"a","roles":["member"]}}""", 400)]
    [InlineData("""{"application_credential":{"name":"a","expires_at":"2001-01-01T00:00:00"}}""", 400)]
    [InlineData("""{"application_credential":{"name":"a","expires_at":"tomorrow"}}""", 400)]
    [InlineData("""{"application_credential":{"name":"a","secret":""}}""", 400)]
    [InlineData("""{"application_credential":{"name":"a","access_rules":[{"path":"/v2.1/servers","method":"GET","service":"compute"}]}}""", 400)]
    [InlineData("""{"application_credential":{"name":"taken"}}""", 409)]
    public async Task What_is_no_credential_is_refused(string body, int status)
    {
        var (user, _, token) = await cloud.SomebodyAsync();
        await MakeAsync(user, token, "\"name\":\"taken\"");
        RefusalTests.Check(await cloud.PostAsync(Of(user), body, token), status);
        (await cloud.GetAsync(Of(user), token)).Json.GetProperty("application_credentials").GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task Users_make_their_own_only_and_see_their_own_only()
    {
        var (user, _, token) = await cloud.SomebodyAsync();
        var (_, _, stranger) = await cloud.SomebodyAsync();
        var id = (await MakeAsync(user, token, "\"name\":\"c\"")).GetProperty("id").GetString();
        RefusalTests.Check(await cloud.PostAsync(Of(user), """{"application_credential":{"name":"d"}}"""), 403);
        RefusalTests.Check(await cloud.PostAsync(Of(user), """{"application_credential":{"name":"d"}}""", stranger), 403);
        RefusalTests.Check(await cloud.GetAsync(Of(user), stranger), 404);
        RefusalTests.Check(await cloud.GetAsync($"{Of(user)}/{id}", stranger), 404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Of(user)}/{id}", null, stranger), 404);
        (await cloud.GetAsync($"{Of(user)}/{id}")).Code.Should().Be(200, "administrators see all");
        (await cloud.SendAsync("DELETE", $"{Of(user)}/{id}", null)).Code.Should().Be(204);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Of(user)}/{id}", null, token), 404);
    }

    [Fact]
    public async Task It_ends_with_its_deletion_and_with_a_group_that_gave_its_role()
    {
        var (user, project) = (await cloud.NewUserAsync(), await cloud.NewProjectAsync());
        var group = await cloud.NewAsync("group", $"\"name\":\"{Unique("g")}\"");
        (await cloud.SendAsync("PUT", $"{V}/groups/{group}/users/{user}", null)).Code.Should().Be(204);
        await cloud.GrantAsync($"projects/{project}", $"groups/{group}", "member");
        await cloud.GrantAsync($"projects/{project}", $"users/{user}", "reader");
        var token = await cloud.TokenAsync(user, project);
        var first = (await MakeAsync(user, token, "\"name\":\"a\",\"secret\":\"s\",\"roles\":[{\"name\":\"reader\"}]")).GetProperty("id").GetString()!;
        var second = (await MakeAsync(user, token, "\"name\":\"b\",\"secret\":\"s\",\"roles\":[{\"name\":\"member\"}]")).GetProperty("id").GetString()!;
        var (one, two) = ((await cloud.LogInAsync(ByCredential(first, "s"))).Header("X-Subject-Token"), (await cloud.LogInAsync(ByCredential(second, "s"))).Header("X-Subject-Token"));
        (await cloud.SendAsync("DELETE", $"{V}/groups/{group}", null)).Code.Should().Be(204);
        (await cloud.IsGoodAsync(one)).Should().BeTrue();
        (await cloud.IsGoodAsync(two)).Should().BeFalse();
        (await cloud.GetAsync(Of(user), token)).Json.GetProperty("application_credentials").Texts("id").Should().Equal(first);
        (await cloud.SendAsync("DELETE", $"{Of(user)}/{first}", null, token)).Code.Should().Be(204);
        (await cloud.IsGoodAsync(one)).Should().BeFalse();
        RefusalTests.Check(await cloud.LogInAsync(ByCredential(first, "s")), 401);
    }

    [Fact]
    public async Task Its_tokens_end_no_later_than_it()
    {
        var (user, _, token) = await cloud.SomebodyAsync();
        var end = cloud.Store.Now.AddMinutes(10);
        var id = (await MakeAsync(user, token, $"\"name\":\"c\",\"secret\":\"s\",\"expires_at\":\"{end:yyyy-MM-ddTHH:mm:ss.ffffff}\"")).GetProperty("id").GetString()!;
        var told = (await cloud.LogInAsync(ByCredential(id, "s"))).Json.GetProperty("token");
        told.GetProperty("expires_at").GetString().Should().Be($"{end:yyyy-MM-ddTHH:mm:ss.ffffff}Z");
    }

    private static string Of(string user) => $"{V}/users/{user}/application_credentials";

    private async Task<JsonElement> MakeAsync(string user, string token, string fields)
    {
        var made = await cloud.PostAsync(Of(user), $$$"""{"application_credential":{ {{{fields}}} }}""", token);
        made.Code.Should().Be(201, made.Text);
        return made.Json.GetProperty("application_credential");
    }
}
