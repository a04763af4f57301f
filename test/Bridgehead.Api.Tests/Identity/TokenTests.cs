using System.Globalization;
using System.Text.Json;
using AwesomeAssertions;
using Xunit;
using static Bridgehead.Api.Tests.IdentityCalls;

namespace Bridgehead.Api.Tests;

/// <summary>Log-in by every method, for every scope.</summary>
public sealed class TokenTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task A_token_tells_its_user_project_roles_and_catalogue()
    {
        var answer = await cloud.PostAsync(Tokens, Cloud.LoginBody("admin", Cloud.Password, "admin"), token: null);
        answer.Code.Should().Be(201);
        var token = answer.Json.GetProperty("token");
        token.GetProperty("methods").EnumerateArray().Select(m => m.GetString()).Should().Equal("password");
        token.GetProperty("user").GetProperty("name").GetString().Should().Be("admin");
        token.GetProperty("user").GetProperty("domain").GetProperty("name").GetString().Should().Be("Default");
        token.GetProperty("user").GetProperty("password_expires_at").ValueKind.Should().Be(JsonValueKind.Null);
        token.GetProperty("project").GetProperty("domain").GetProperty("id").GetString().Should().Be("default");
        token.GetProperty("is_domain").GetBoolean().Should().BeFalse();
        token.GetProperty("roles").Texts("name").Should().Equal("admin", "member", "reader");
        token.GetProperty("audit_ids").GetArrayLength().Should().Be(1);
        token.GetProperty("issued_at").GetString().Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$");
        var catalogue = token.GetProperty("catalog");
        catalogue.Texts("type").Should().BeEquivalentTo("identity", "image", "compute");
        foreach (var service in catalogue.EnumerateArray())
        {
            service.GetProperty("endpoints").Texts("interface").Should().BeEquivalentTo("public", "internal", "admin");
            service.GetProperty("endpoints").Texts("url").Should().OnlyContain(url => url!.StartsWith($"http://{cloud.Server.Api}/"));
        }
    }

    [Fact]
    public async Task Nocatalog_leaves_the_catalogue_out()
    {
        var answer = await cloud.PostAsync($"{Tokens}?nocatalog", Cloud.LoginBody("admin", Cloud.Password, "admin"), token: null);
        answer.Json.GetProperty("token").TryGetProperty("catalog", out _).Should().BeFalse();
        (await cloud.SubjectAsync("GET", cloud.Admin, "admin", "?nocatalog")).Json.GetProperty("token").TryGetProperty("catalog", out _).Should().BeFalse();
        (await cloud.SubjectAsync("GET", cloud.Admin, "admin")).Json.GetProperty("token").TryGetProperty("catalog", out _).Should().BeTrue();
    }

    [Theory]
    [InlineData("admin", "wrong", "admin")]
    [InlineData("nobody", Cloud.Password, "admin")]
    [InlineData("admin", Cloud.Password, "elsewhere")]
    public async Task A_wrong_log_in_is_refused_without_saying_what_was_wrong(string user, string password, string project)
    {
        var answer = await cloud.PostAsync(Tokens, Cloud.LoginBody(user, password, project), token: null);
        RefusalTests.Check(answer, 401);
        answer.Json.GetProperty("error").GetProperty("title").GetString().Should().Be("Unauthorized");
        answer.Json.GetProperty("error").GetProperty("message").GetString().Should().Be("The request you have made requires authentication.");
    }

    [Theory]
    [InlineData("""{"auth":{"identity":{}}}""")]
    [InlineData("""{"auth":{"identity":{"methods":[]}}}""")]
    [InlineData("""{"auth":{"identity":{"methods":["password"]}}}""")]
    [InlineData("""{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"admin","password":"x"}}}}}""")]
    [InlineData("""{"auth":{"identity":{"methods":["password"],"password":{"user":{"password":"x","domain":{"id":"default"}}}}}}""")]
    [InlineData("""{"auth":{"identity":{"methods":["token"],"token":{}}}}""")]
    [InlineData("""{"auth":{"identity":{"methods":["token"],"token":{"id":"a"}},"scope":{}}}""")]
    [InlineData("""{"auth":{"identity":{"methods":["token"],"token":{"id":"a"}},"scope":{"system":{"all":false}}}}""")]
    [InlineData("""{"auth":{"identity":{"methods":["token"],"token":{"id":"a"}},"scope":{"project":{"name":"admin"}}}}""")]
    [InlineData("""{"auth":{"identity":{"methods":["token"],"token":{"id":"a"}},"scope":{"project":{"id":"a"},"domain":{"id":"default"}}}}""")]
    [InlineData("""{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"secret":"a"}}}}""")]
    [InlineData("{}")]
    public async Task A_log_in_that_is_none_is_a_bad_request(string body) => RefusalTests.Check(await cloud.PostAsync(Tokens, body, token: null), 400);

    [Fact]
    public async Task An_unknown_method_is_refused() => RefusalTests.Check(await cloud.PostAsync(Tokens, """{"auth":{"identity":{"methods":["saml2"]}}}""", token: null), 401);

    [Fact]
    public async Task Every_method_that_is_named_must_hold()
    {
        var (user, project, token) = await cloud.SomebodyAsync();
        string Both(string id, string password) => $$$$"""
            {"methods":["token","password"],"token":{"id":"{{{{id}}}}"},"password":{"user":{"id":"{{{{user}}}}","password":"{{{{password}}}}"}}}
            """;
        var both = await cloud.LogInAsync(Both(token, "pw"), OfProject(project));
        both.Code.Should().Be(201, both.Text);
        RefusalTests.Check(await cloud.LogInAsync(Both(token, "wrong"), OfProject(project)), 401);
        RefusalTests.Check(await cloud.LogInAsync(Both("wrong", "pw"), OfProject(project)), 401);
        RefusalTests.Check(await cloud.LogInAsync(Both(cloud.Admin, "pw"), OfProject(project)), 401);
    }

    [Fact]
    public async Task Without_a_scope_the_token_is_for_the_default_project_if_the_user_has_a_role_there()
    {
        var (user, project, _) = await cloud.SomebodyAsync();
        (await cloud.LogInAsync(ByPassword(user))).Json.GetProperty("token").TryGetProperty("project", out _).Should().BeFalse("there is no default project yet");
        (await cloud.SendAsync("PATCH", $"{V}/users/{user}", $$$"""{"user":{"default_project_id":"{{{project}}}"}}""")).Code.Should().Be(200);
        (await cloud.LogInAsync(ByPassword(user))).Json.GetProperty("token").GetProperty("project").GetProperty("id").GetString().Should().Be(project);
        (await cloud.LogInAsync(ByPassword(user), "\"unscoped\"")).Json.GetProperty("token").TryGetProperty("project", out _).Should().BeFalse();
        await cloud.GrantAsync($"projects/{project}", $"users/{user}", "member", "DELETE");
        var unscoped = await cloud.LogInAsync(ByPassword(user));
        unscoped.Code.Should().Be(201);
        unscoped.Json.GetProperty("token").TryGetProperty("catalog", out _).Should().BeFalse();
    }

    [Fact]
    public async Task A_token_for_nothing_reaches_identity_only()
    {
        var (user, project, _) = await cloud.SomebodyAsync();
        var token = (await cloud.LogInAsync(ByPassword(user), "\"unscoped\"")).Header("X-Subject-Token");
        (await cloud.GetAsync($"{V}/auth/projects", token)).Json.GetProperty("projects").Texts("id").Should().Equal(project);
        RefusalTests.Check(await cloud.GetAsync("/compute/v2.1/servers", token), 401);
        RefusalTests.Check(await cloud.GetAsync($"{V}/auth/catalog", token), 403);
        RefusalTests.Check(await cloud.GetAsync($"{V}/users", token), 403);
    }

    [Fact]
    public async Task A_project_is_named_by_its_id_or_by_its_name_and_domain_whose_name_has_no_case()
    {
        var domain = Unique("Dom");
        var domainId = await cloud.NewAsync("domain", $"\"name\":\"{domain}\"");
        var user = await cloud.NewAsync("user", $"\"name\":\"same\",\"password\":\"pw\",\"domain_id\":\"{domainId}\"");
        var project = await cloud.NewAsync("project", $"\"name\":\"same\",\"domain_id\":\"{domainId}\"");
        await cloud.GrantAsync($"projects/{project}", $"users/{user}", "reader");
        var upper = domain.ToUpperInvariant();
        var answer = await cloud.LogInAsync(
            $$$$$"""{"methods":["password"],"password":{"user":{"name":"same","password":"pw","domain":{"name":"{{{{{upper}}}}}"}}}}""",
            $$$$"""{"project":{"name":"same","domain":{"name":"{{{{domain.ToLowerInvariant()}}}}"}}}""");
        answer.Code.Should().Be(201, answer.Text);
        answer.Json.GetProperty("token").GetProperty("user").GetProperty("domain").GetProperty("name").GetString().Should().Be(domain);
        RefusalTests.Check(await cloud.LogInAsync(ByPassword(user), """{"project":{"name":"same","domain":{"id":"default"}}}"""), 401);
    }

    [Fact]
    public async Task A_token_is_for_a_domain_or_the_system_where_the_user_has_a_role_there()
    {
        var user = await cloud.NewUserAsync();
        RefusalTests.Check(await cloud.LogInAsync(ByPassword(user), """{"domain":{"id":"default"}}"""), 401);
        RefusalTests.Check(await cloud.LogInAsync(ByPassword(user), """{"system":{"all":true}}"""), 401);
        await cloud.GrantAsync("domains/default", $"users/{user}", "reader");
        await cloud.GrantAsync("system", $"users/{user}", "admin");
        var domain = (await cloud.LogInAsync(ByPassword(user), """{"domain":{"name":"default"}}""")).Json.GetProperty("token");
        domain.GetProperty("domain").GetProperty("name").GetString().Should().Be("Default");
        domain.GetProperty("roles").Texts("name").Should().Equal("reader");
        var system = await cloud.LogInAsync(ByPassword(user), """{"system":{"all":true}}""");
        system.Json.GetProperty("token").GetProperty("system").GetProperty("all").GetBoolean().Should().BeTrue();
        var token = system.Header("X-Subject-Token");
        (await cloud.GetAsync($"{V}/users", token)).Code.Should().Be(200, "admin of the system is an administrator of identity");
        (await cloud.GetAsync($"{V}/auth/system", token)).Json.GetProperty("system")[0].GetProperty("all").GetBoolean().Should().BeTrue();
        (await cloud.GetAsync($"{V}/auth/domains", token)).Json.GetProperty("domains").Texts("id").Should().Equal("default");
        RefusalTests.Check(await cloud.GetAsync("/compute/v2.1/servers", token), 401);
    }

    [Fact]
    public async Task A_token_from_a_token_keeps_its_end_and_its_first_method_and_can_be_told_to_come_from_it()
    {
        var (user, project, token) = await cloud.SomebodyAsync();
        var first = (await cloud.SubjectAsync("GET", token, token)).Json.GetProperty("token");
        var answer = await cloud.LogInAsync(ByToken(token), OfProject(project));
        answer.Code.Should().Be(201, answer.Text);
        var second = answer.Json.GetProperty("token");
        second.GetProperty("expires_at").GetString().Should().Be(first.GetProperty("expires_at").GetString());
        second.GetProperty("methods").EnumerateArray().Select(m => m.GetString()).Should().Equal("token", "password");
        second.GetProperty("audit_ids")[1].GetString().Should().Be(first.GetProperty("audit_ids")[0].GetString());
        RefusalTests.Check(await cloud.LogInAsync(ByToken(token), """{"domain":{"id":"default"}}"""), 401);
        RefusalTests.Check(await cloud.LogInAsync(ByToken("none"), OfProject(project)), 401);
        (await cloud.GetAsync($"{V}/users/{user}", answer.Header("X-Subject-Token"))).Code.Should().Be(200);
    }

    [Fact]
    public async Task Users_see_and_revoke_their_own_tokens_and_administrators_all()
    {
        var (_, _, token) = await cloud.SomebodyAsync();
        var (_, _, stranger) = await cloud.SomebodyAsync();
        foreach (var (method, code) in new[] { ("GET", 200), ("HEAD", 200) })
        {
            (await cloud.SubjectAsync(method, token, token)).Code.Should().Be(code);
            (await cloud.SubjectAsync(method, token, "admin")).Code.Should().Be(code);
            (await cloud.SubjectAsync(method, token, stranger)).Code.Should().Be(404);
            (await cloud.SubjectAsync(method, "unknown", "admin")).Code.Should().Be(404);
        }

        (await cloud.SubjectAsync("HEAD", token, token)).Text.Should().BeEmpty();
        (await cloud.SubjectAsync("GET", token, token)).Header("X-Subject-Token").Should().Be(token);
        RefusalTests.Check(await cloud.SubjectAsync("DELETE", token, stranger), 404);
        (await cloud.IsGoodAsync(token)).Should().BeTrue();
        (await cloud.SubjectAsync("DELETE", token, token)).Code.Should().Be(204);
        (await cloud.IsGoodAsync(token)).Should().BeFalse();
        RefusalTests.Check(await cloud.SubjectAsync("GET", token, "admin"), 404);
        RefusalTests.Check(await cloud.GetAsync($"{V}/auth/projects", token), 401);
    }

    [Fact]
    public async Task A_token_lasts_as_long_as_the_setting_says()
    {
        var (_, _, token) = await cloud.SomebodyAsync();
        var told = (await cloud.SubjectAsync("GET", token, token)).Json.GetProperty("token");
        DateTimeOffset Time(string name) => DateTimeOffset.Parse(told.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
        (Time("expires_at") - Time("issued_at")).Should().Be(TimeSpan.FromSeconds(cloud.Settings.TokenExpiration));
    }
}
