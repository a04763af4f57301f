using System.Text.Json;
using AwesomeAssertions;
using Xunit;
using static Bridgehead.Api.Tests.IdentityCalls;

namespace Bridgehead.Api.Tests;

/// <summary>Domains, projects and users: made, listed, changed, deleted, refused.</summary>
public sealed class DirectoryTests(Cloud cloud) : IClassFixture<Cloud>
{
    public static TheoryData<string, string, string, int> Refused { get; } = new()
    {
        { "POST", "/domains", """{"domain":{"name":"DEFAULT"}}""", 409 },
        { "POST", "/domains", """{"domain":{"name":""}}""", 400 },
        { "POST", "/domains", """{"domain":{"name":"sixty-five-characters-are-one-more-than-a-domain-may-have-in-all-x"}}""", 400 },
        { "POST", "/domains", """{"domain":{"name":"a","options":{"immutable":true}}}""", 400 },
        { "POST", "/domains", """{"domain":{}}""", 400 },
        { "DELETE", "/domains/default", "", 403 },
        { "PATCH", "/domains/default", """{"domain":{"enabled":false}}""", 403 },
        { "PATCH", "/domains/none", """{"domain":{"name":"a"}}""", 404 },
        { "GET", "/domains/Default", "", 404 },
        { "POST", "/projects", """{"project":{"name":"admin"}}""", 409 },
        { "POST", "/projects", """{"project":{"name":" "}}""", 400 },
        { "POST", "/projects", """{"project":{"name":"sixty-five-characters-are-one-more-than-a-project-may-have-in-allx"}}""", 400 },
        { "POST", "/projects", """{"project":{"name":"a","domain_id":"none"}}""", 404 },
        { "POST", "/projects", """{"project":{"name":"a","parent_id":"none"}}""", 404 },
        { "POST", "/projects", """{"project":{"name":"a","is_domain":true}}""", 400 },
        { "POST", "/projects", """{"project":{"name":"a","enabled":1}}""", 400 },
        { "POST", "/projects", """{"project":{"name":"a","tags":["a,b"]}}""", 400 },
        { "POST", "/projects", """{"project":{"name":"a","tags":"b"}}""", 400 },
        { "PATCH", "/projects/PROJECT", """{"project":{"parent_id":"none"}}""", 403 },
        { "PATCH", "/projects/PROJECT", """{"project":{"domain_id":"none"}}""", 400 },
        { "PATCH", "/projects/PROJECT", """{"project":{"enabled":false}}""", 403 },
        { "DELETE", "/projects/PROJECT", "", 403 },
        { "DELETE", "/projects/none", "", 404 },
        { "PUT", "/projects/PROJECT/tags/a%2Cb", "", 400 },
        { "GET", "/projects/PROJECT/tags/none", "", 404 },
        { "DELETE", "/projects/PROJECT/tags/none", "", 404 },
        { "POST", "/users", """{"user":{"name":"admin","password":"x"}}""", 409 },
        { "POST", "/users", """{"user":{"name":"","password":"x"}}""", 400 },
        { "POST", "/users", """{"user":{"name":"a","password":""}}""", 400 },
        { "POST", "/users", """{"user":{"name":"a","password":5}}""", 400 },
        { "POST", "/users", """{"user":{"name":"a","domain_id":"none"}}""", 404 },
        { "POST", "/users", """{"user":{"name":"a","enabled":"True"}}""", 400 },
        { "POST", "/users", """{"user":{"name":"a","default_project_id":"none"}}""", 400 },
        { "POST", "/users", """{"user":{"name":"a","options":{"multi_factor_auth_enabled":true}}}""", 400 },
        { "POST", "/users", """{"user":{"name":"a","options":{"wings":true}}}""", 400 },
        { "POST", "/users", """{"user":{"name":"a","options":{"lock_password":"yes"}}}""", 400 },
        { "POST", "/users", """{"user":{"name":"a","options":{"multi_factor_auth_rules":["password"]}}}""", 400 },
        { "POST", "/users", """{"user":{"name":"a","options":[]}}""", 400 },
        { "PATCH", "/users/ADMIN", """{"user":{"domain_id":"none"}}""", 400 },
        { "PATCH", "/users/ADMIN", """{"user":{"enabled":false}}""", 403 },
        { "PATCH", "/users/ADMIN", """{"user":{"password":null}}""", 403 },
        { "DELETE", "/users/ADMIN", "", 403 },
        { "DELETE", "/users/none", "", 404 },
        { "GET", "/users?limit=0", "", 400 },
        { "GET", "/users?limit=many", "", 400 },
        { "GET", "/users?marker=none", "", 400 },
        { "POST", "/users/ADMIN/password", """{"user":{"original_password":"wrong","password":"x"}}""", 401 },
        { "POST", "/users/none/password", """{"user":{"original_password":"wrong","password":"x"}}""", 401 },
        { "POST", "/users/ADMIN/password", """{"user":{"password":"x"}}""", 400 },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Bad_input_is_refused_and_changes_nothing(string method, string path, string body, int status)
    {
        var admin = (await cloud.SubjectAsync("GET", cloud.Admin, "admin")).Json.GetProperty("token");
        var parent = admin.GetProperty("project").GetProperty("id").GetString()!;
        if ((await cloud.GetAsync($"{V}/projects?parent_id={parent}")).Json.GetProperty("projects").GetArrayLength() == 0)
        {
            await cloud.NewAsync("project", $"\"name\":\"{Unique("below")}\",\"parent_id\":\"{parent}\"");
        }

        var before = await StateAsync();
        var filled = path.Replace("ADMIN", admin.GetProperty("user").GetProperty("id").GetString()).Replace("PROJECT", parent);
        RefusalTests.Check(await cloud.SendAsync(method, V + filled, body.Length == 0 ? null : body), status);
        (await StateAsync()).Should().Be(before);
    }

    [Fact]
    public async Task A_domain_is_made_found_changed_and_deleted_when_it_is_disabled_with_all_that_is_in_it()
    {
        var name = Unique("Dom");
        var id = await cloud.NewAsync("domain", $"\"name\":\"{name}\",\"description\":\"d\",\"tags\":[\"b\",\"a\",\"b\"]");
        var shown = (await cloud.GetAsync($"{V}/domains/{id}")).Json.GetProperty("domain");
        shown.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo("id", "name", "description", "enabled", "tags", "options", "links");
        shown.GetProperty("tags").EnumerateArray().Select(t => t.GetString()).Should().Equal("a", "b");
        shown.GetProperty("links").GetProperty("self").GetString().Should().Be($"http://{cloud.Server.Api}{V}/domains/{id}");
        (await ListAsync("domains", $"name={name.ToUpperInvariant()}")).Should().Equal(id);
        var (project, user) = (await cloud.NewProjectAsync(id), await cloud.NewUserAsync(id));
        var group = await cloud.NewAsync("group", $"\"name\":\"g\",\"domain_id\":\"{id}\"");
        await cloud.GrantAsync($"projects/{project}", $"groups/{group}", "member");
        (await cloud.SendAsync("PUT", $"{V}/groups/{group}/users/{user}", null)).Code.Should().Be(204);
        await cloud.TokenAsync(user, project);

        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/domains/{id}", null), 403);
        (await cloud.SendAsync("PATCH", $"{V}/domains/{id}", """{"domain":{"enabled":false}}""")).Json.GetProperty("domain").GetProperty("enabled").GetBoolean().Should().BeFalse();
        (await ListAsync("domains", "enabled=false")).Should().Contain(id);
        (await cloud.SendAsync("DELETE", $"{V}/domains/{id}", null)).Code.Should().Be(204);
        foreach (var gone in new[] { $"domains/{id}", $"projects/{project}", $"users/{user}", $"groups/{group}" })
        {
            RefusalTests.Check(await cloud.GetAsync($"{V}/{gone}"), 404);
        }

        (await cloud.GetAsync($"{V}/role_assignments?group.id={group}")).Json.GetProperty("role_assignments").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task A_project_has_a_place_tags_and_what_else_the_client_gives_it()
    {
        var name = Unique("p");
        var parent = await cloud.NewAsync("project", $"\"name\":\"{name}\",\"description\":\"d\",\"tags\":[\"t1\",\"t2\"],\"colour\":\"red\",\"cost\":{{\"centre\":5}}");
        var child = await cloud.NewAsync("project", $"\"name\":\"{name}-below\",\"parent_id\":\"{parent}\"");
        var shown = (await cloud.GetAsync($"{V}/projects/{parent}")).Json.GetProperty("project");
        shown.GetProperty("parent_id").GetString().Should().Be("default");
        shown.GetProperty("is_domain").GetBoolean().Should().BeFalse();
        shown.GetProperty("cost").GetProperty("centre").GetInt32().Should().Be(5);
        (await ListAsync("projects", $"parent_id={parent}")).Should().Equal(child);
        (await ListAsync("projects", $"parent_id=default&name={name}")).Should().Equal(parent);
        (await ListAsync("projects", $"domain_id=default&name={name}&enabled=true&tags=t2,t1")).Should().Equal(parent);
        (await ListAsync("projects", $"name={name}&tags=t")).Should().BeEmpty();
        (await ListAsync("projects", $"name={name}&tags-any=t1,x&not-tags=t1,x&not-tags-any=x")).Should().Equal(parent);
        (await ListAsync("projects", $"name={name}&not-tags-any=t1,x")).Should().BeEmpty();
        var many = string.Join(',', Enumerable.Range(0, 1500).Select(i => $"{i}"));
        (await ListAsync("projects", $"name={name}&tags-any={many},t2")).Should().Equal(parent);
        (await ListAsync("projects", $"name={name}&tags={many}")).Should().BeEmpty();
        (await ListAsync("projects", $"name__startswith={name}&name__iendswith=BELOW")).Should().Equal(child);
        (await ListAsync("projects", $"name__contains={name}x")).Should().BeEmpty();
        (await ListAsync("projects", $"name={name}&enabled=0")).Should().BeEmpty();
        var changed = (await cloud.SendAsync("PATCH", $"{V}/projects/{parent}", """{"project":{"description":"e","colour":null,"size":1}}""")).Json.GetProperty("project");
        changed.GetProperty("description").GetString().Should().Be("e");
        changed.GetProperty("colour").ValueKind.Should().Be(JsonValueKind.Null);
        changed.GetProperty("size").GetInt32().Should().Be(1);
        changed.GetProperty("cost").GetProperty("centre").GetInt32().Should().Be(5);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/projects/{parent}", null), 403);
        (await cloud.SendAsync("DELETE", $"{V}/projects/{child}", null)).Code.Should().Be(204);
        (await cloud.SendAsync("DELETE", $"{V}/projects/{parent}", null)).Code.Should().Be(204);
        RefusalTests.Check(await cloud.GetAsync($"{V}/projects/{parent}"), 404);
    }

    [Theory]
    [InlineData("domain", "")]
    [InlineData("group", "\"domain_id\":\"default\",")]
    [InlineData("role", "")]
    [InlineData("service", "\"type\":\"t\",")]
    [InlineData("endpoint", "\"service_id\":\"2e1b5d7f3c904d1b8f7e406c8b2d3f51\",\"interface\":\"public\",\"url\":\"http://192.0.2.3\",")]
    public async Task Everything_keeps_what_else_the_client_gives_it(string kind, string fields)
    {
        var name = kind == "endpoint" ? "\"colour\":\"red\"" : $"\"name\":\"{Unique(kind)}\",\"colour\":\"red\"";
        var id = await cloud.NewAsync(kind, $"{fields}{name},\"deep\":{{\"er\":[1]}}");
        var changed = (await cloud.SendAsync("PATCH", $"{V}/{kind}s/{id}", $$$"""{"{{{kind}}}":{"colour":"blue","size":3}}""")).Json.GetProperty(kind);
        var shown = (await cloud.GetAsync($"{V}/{kind}s/{id}")).Json.GetProperty(kind);
        shown.GetRawText().Should().Be(changed.GetRawText());
        shown.GetProperty("colour").GetString().Should().Be("blue");
        shown.GetProperty("size").GetInt32().Should().Be(3);
        shown.GetProperty("deep").GetProperty("er")[0].GetInt32().Should().Be(1);
        shown.GetProperty("id").GetString().Should().Be(id);
        var before = (await cloud.GetAsync($"{V}/{kind}s/{id}")).Text;
        RefusalTests.Check(await cloud.SendAsync("PATCH", $"{V}/{kind}s/{id}", $$$"""{"{{{kind}}}":{"large":"{{{new string('x', 17000)}}}"}}"""), 400);
        (await cloud.GetAsync($"{V}/{kind}s/{id}")).Text.Should().Be(before);
        if (kind == "domain")
        {
            await cloud.SendAsync("PATCH", $"{V}/domains/{id}", """{"domain":{"enabled":false}}""");
        }

        (await cloud.SendAsync("DELETE", $"{V}/{kind}s/{id}", null)).Code.Should().Be(204);
    }

    [Fact]
    public async Task A_user_has_options_and_one_keeps_the_password_from_being_changed()
    {
        var id = await cloud.NewAsync("user", $"\"name\":\"{Unique("optional")}\",\"password\":\"pw\",\"options\":{{\"lock_password\":true,\"ignore_password_expiry\":true,\"multi_factor_auth_rules\":[[\"password\",\"totp\"]]}}");
        async Task<string> OptionsAsync() => (await cloud.GetAsync($"{V}/users/{id}")).Json.GetProperty("user").GetProperty("options").GetRawText();
        (await OptionsAsync()).Should().Be("""{"lock_password":true,"ignore_password_expiry":true,"multi_factor_auth_rules":[["password","totp"]]}""");
        const string Own = """{"user":{"original_password":"pw","password":"other"}}""";
        RefusalTests.Check(await cloud.PostAsync($"{V}/users/{id}/password", Own, null), 400);
        (await cloud.LogInAsync(ByPassword(id), "\"unscoped\"")).Code.Should().Be(201);
        (await cloud.SendAsync("PATCH", $"{V}/users/{id}", """{"user":{"options":{"lock_password":null,"ignore_password_expiry":false}}}""")).Code.Should().Be(200);
        (await OptionsAsync()).Should().Be("""{"multi_factor_auth_rules":[["password","totp"]],"ignore_password_expiry":false}""");
        (await cloud.PostAsync($"{V}/users/{id}/password", Own, null)).Code.Should().Be(204);
    }

    [Fact]
    public async Task Tags_are_given_and_taken_one_by_one_and_together()
    {
        var tags = $"{V}/projects/{await cloud.NewProjectAsync()}/tags";
        (await cloud.SendAsync("PUT", $"{tags}/b", null)).Code.Should().Be(201);
        (await cloud.SendAsync("PUT", $"{tags}/a", null)).Code.Should().Be(201);
        (await cloud.GetAsync(tags)).Json.GetProperty("tags").EnumerateArray().Select(t => t.GetString()).Should().Equal("a", "b");
        (await cloud.GetAsync($"{tags}/a")).Code.Should().Be(204);
        (await cloud.SendAsync("DELETE", $"{tags}/a", null)).Code.Should().Be(204);
        (await cloud.GetAsync($"{tags}/a")).Code.Should().Be(404);
        (await cloud.SendAsync("PUT", tags, """{"tags":["c","d"]}""")).Json.GetProperty("tags").GetArrayLength().Should().Be(2);
        (await cloud.SendAsync("DELETE", tags, null)).Code.Should().Be(204);
        (await cloud.GetAsync(tags)).Json.GetProperty("tags").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task A_user_keeps_email_and_description_and_never_shows_a_password()
    {
        var name = Unique("u");
        var project = await cloud.NewProjectAsync();
        var id = await cloud.NewAsync("user", $"\"name\":\"{name}\",\"password\":\"very secret\",\"email\":\"a@example.org\",\"description\":\"d\",\"default_project_id\":\"{project}\"");
        var shown = await cloud.GetAsync($"{V}/users/{id}");
        shown.Text.Should().NotContain("very secret").And.NotContain("pbkdf2");
        var user = shown.Json.GetProperty("user");
        user.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo(
            "id", "name", "domain_id", "enabled", "password_expires_at", "options", "links", "default_project_id", "email", "description");
        (await ListAsync("users", $"name={name}&domain_id=default&enabled=true&default_project_id={project}")).Should().Equal(id);
        (await ListAsync("users", $"name={name}&enabled=false")).Should().BeEmpty();
        var changed = (await cloud.SendAsync("PATCH", $"{V}/users/{id}", """{"user":{"email":"b@example.org","default_project_id":null}}""")).Json.GetProperty("user");
        changed.GetProperty("email").GetString().Should().Be("b@example.org");
        changed.TryGetProperty("default_project_id", out _).Should().BeFalse();
        (await cloud.SendAsync("DELETE", $"{V}/users/{id}", null)).Code.Should().Be(204);
        RefusalTests.Check(await cloud.GetAsync($"{V}/users/{id}"), 404);
    }

    [Fact]
    public async Task Names_are_taken_in_their_domain_only()
    {
        var (name, domain) = (Unique("same"), await cloud.NewAsync("domain", $"\"name\":\"{Unique("d")}\""));
        foreach (var kind in new[] { "user", "project", "group" })
        {
            await cloud.NewAsync(kind, $"\"name\":\"{name}\",\"domain_id\":\"default\"");
            var other = await cloud.NewAsync(kind, $"\"name\":\"{name}\",\"domain_id\":\"{domain}\"");
            RefusalTests.Check(await cloud.PostAsync($"{V}/{kind}s", $$$"""{"{{{kind}}}":{"name":"{{{name}}}"}}"""), 409);
            var third = await cloud.NewAsync(kind, $"\"name\":\"{Unique("other")}\",\"domain_id\":\"{domain}\"");
            RefusalTests.Check(await cloud.SendAsync("PATCH", $"{V}/{kind}s/{third}", $$$"""{"{{{kind}}}":{"name":"{{{name}}}"}}"""), 409);
            (await cloud.SendAsync("PATCH", $"{V}/{kind}s/{other}", $$$"""{"{{{kind}}}":{"name":"{{{name}}}"}}""")).Code.Should().Be(200, "its own name is not another's");
        }
    }

    [Fact]
    public async Task A_list_comes_in_pages_that_together_are_the_list()
    {
        var domain = await cloud.NewAsync("domain", $"\"name\":\"{Unique("d")}\"");
        for (var i = 0; i < 5; i++)
        {
            await cloud.NewUserAsync(domain);
        }

        var all = await ListAsync("users", $"domain_id={domain}");
        var seen = new List<string?>();
        for (var next = $"{V}/users?domain_id={domain}&limit=2"; next is not null;)
        {
            var page = (await cloud.GetAsync(next)).Json;
            page.GetProperty("users").GetArrayLength().Should().BeInRange(1, 2);
            seen.AddRange(page.GetProperty("users").Texts("id"));
            next = page.GetProperty("links").GetProperty("next").GetString();
        }

        seen.Should().Equal(all).And.HaveCount(5);
    }

    private async Task<IEnumerable<string?>> ListAsync(string kind, string query) => (await cloud.GetAsync($"{V}/{kind}?{query}")).Json.GetProperty(kind).Texts("id");

    private async Task<string> StateAsync()
    {
        var lists = new List<string>();
        foreach (var kind in new[] { "domains", "projects", "users", "role_assignments" })
        {
            lists.Add((await cloud.GetAsync($"{V}/{kind}")).Text);
        }

        return string.Join('\n', lists);
    }
}
