using AwesomeAssertions;
using Xunit;
using static Bridgehead.Api.Tests.IdentityCalls;

namespace Bridgehead.Api.Tests;

/// <summary>Roles, groups, and who has what on what.</summary>
public sealed class IdentityRoleTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task A_role_is_made_once_changed_and_deleted_from_everybody()
    {
        var name = Unique("r");
        var id = await cloud.NewAsync("role", $"\"name\":\"{name}\",\"description\":\"d\"");
        var shown = (await cloud.GetAsync($"{V}/roles/{id}")).Json.GetProperty("role");
        shown.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo("id", "name", "domain_id", "description", "options", "links");
        RefusalTests.Check(await cloud.PostAsync($"{V}/roles", $$$"""{"role":{"name":"{{{name}}}"}}"""), 409);
        RefusalTests.Check(await cloud.PostAsync($"{V}/roles", """{"role":{"name":""}}"""), 400);
        RefusalTests.Check(await cloud.PostAsync($"{V}/roles", """{"role":{"name":"a","domain_id":"default"}}"""), 400);
        RefusalTests.Check(await cloud.SendAsync("PATCH", $"{V}/roles/{id}", """{"role":{"name":"member"}}"""), 409);
        (await cloud.SendAsync("PATCH", $"{V}/roles/{id}", """{"role":{"description":"e"}}""")).Json.GetProperty("role").GetProperty("description").GetString().Should().Be("e");
        var (user, project, token) = await cloud.SomebodyAsync(name);
        (await cloud.IsGoodAsync(token)).Should().BeTrue();
        (await cloud.SendAsync("DELETE", $"{V}/roles/{id}", null)).Code.Should().Be(204);
        (await cloud.IsGoodAsync(token)).Should().BeFalse();
        RefusalTests.Check(await cloud.GetAsync($"{V}/roles/{id}"), 404);
        (await cloud.GetAsync($"{V}/projects/{project}/users/{user}/roles")).Json.GetProperty("roles").GetArrayLength().Should().Be(0);
        var admin = await cloud.RoleAsync("admin");
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/roles/{admin}", null), 403);
        RefusalTests.Check(await cloud.SendAsync("PATCH", $"{V}/roles/{admin}", """{"role":{"name":"boss"}}"""), 403);
    }

    [Theory]
    [InlineData("projects", "users")]
    [InlineData("projects", "groups")]
    [InlineData("domains", "users")]
    [InlineData("domains", "groups")]
    [InlineData("system", "users")]
    [InlineData("system", "groups")]
    public async Task A_role_is_given_checked_and_taken(string scopes, string actors)
    {
        var scope = scopes switch { "projects" => $"projects/{await cloud.NewProjectAsync()}", "domains" => "domains/default", _ => "system" };
        var actor = actors == "users" ? await cloud.NewUserAsync() : await cloud.NewAsync("group", $"\"name\":\"{Unique("g")}\"");
        var (roles, role) = ($"{V}/{scope}/{actors}/{actor}/roles", await cloud.RoleAsync("reader"));
        (await cloud.SendAsync("HEAD", $"{roles}/{role}", null)).Code.Should().Be(404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{roles}/{role}", null), 404);
        (await cloud.SendAsync("PUT", $"{roles}/{role}", null)).Code.Should().Be(204);
        (await cloud.SendAsync("PUT", $"{roles}/{role}", null)).Code.Should().Be(204, "twice is once");
        (await cloud.SendAsync("HEAD", $"{roles}/{role}", null)).Code.Should().Be(204);
        (await cloud.GetAsync($"{roles}/{role}")).Code.Should().Be(204);
        (await cloud.GetAsync(roles)).Json.GetProperty("roles").Texts("name").Should().Equal("reader");
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{roles}/none", null), 404);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/{scope}/{actors}/none/roles/{role}", null), 404);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/projects/none/{actors}/{actor}/roles/{role}", null), 404);
        (await cloud.SendAsync("DELETE", $"{roles}/{role}", null)).Code.Should().Be(204);
        (await cloud.GetAsync(roles)).Json.GetProperty("roles").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task Assignments_are_listed_by_every_filter_with_names_when_asked()
    {
        var (user, project, _) = await cloud.SomebodyAsync();
        var group = await cloud.NewAsync("group", $"\"name\":\"{Unique("g")}\"");
        var reader = await cloud.RoleAsync("reader");
        (await cloud.SendAsync("PUT", $"{V}/groups/{group}/users/{user}", null)).Code.Should().Be(204);
        await cloud.GrantAsync($"projects/{project}", $"groups/{group}", "reader");
        await cloud.GrantAsync("domains/default", $"users/{user}", "reader");
        await cloud.GrantAsync("system", $"users/{user}", "reader");

        async Task<int> CountAsync(string query) => (await cloud.GetAsync($"{V}/role_assignments?{query}")).Json.GetProperty("role_assignments").GetArrayLength();
        (await CountAsync($"user.id={user}")).Should().Be(3);
        (await CountAsync($"user.id={user}&role.id={reader}")).Should().Be(2);
        (await CountAsync($"user.id={user}&scope.domain.id=default")).Should().Be(1);
        (await CountAsync($"user.id={user}&scope.system=all")).Should().Be(1);
        (await CountAsync($"group.id={group}")).Should().Be(1);
        (await CountAsync($"scope.project.id={project}")).Should().Be(2);
        (await CountAsync($"user.id={user}&scope.project.id={project}&effective")).Should().Be(2, "one is the group's");
        (await CountAsync($"scope.OS-INHERIT:inherited_to=projects&scope.project.id={project}")).Should().Be(0);
        RefusalTests.Check(await cloud.GetAsync($"{V}/role_assignments?scope.project.id={project}&scope.domain.id=default"), 400);
        RefusalTests.Check(await cloud.GetAsync($"{V}/role_assignments?group.id={group}&effective=1"), 400);

        var plain = (await cloud.GetAsync($"{V}/role_assignments?group.id={group}")).Json.GetProperty("role_assignments")[0];
        plain.GetProperty("role").EnumerateObject().Select(p => p.Name).Should().Equal("id");
        plain.GetProperty("links").GetProperty("assignment").GetString().Should().EndWith($"/projects/{project}/groups/{group}/roles/{reader}");
        var named = (await cloud.GetAsync($"{V}/role_assignments?scope.project.id={project}&user.id={user}&include_names=true")).Json.GetProperty("role_assignments")[0];
        named.GetProperty("role").GetProperty("name").GetString().Should().Be("member");
        named.GetProperty("user").GetProperty("domain").GetProperty("name").GetString().Should().Be("Default");
        named.GetProperty("scope").GetProperty("project").GetProperty("domain").GetProperty("id").GetString().Should().Be("default");
    }

    [Fact]
    public async Task Members_of_a_group_have_its_roles_as_long_as_they_are_members()
    {
        var (user, project) = (await cloud.NewUserAsync(), await cloud.NewProjectAsync());
        var group = await cloud.NewAsync("group", $"\"name\":\"{Unique("g")}\",\"description\":\"d\"");
        await cloud.GrantAsync($"projects/{project}", $"groups/{group}", "member");
        RefusalTests.Check(await cloud.LogInAsync(ByPassword(user), OfProject(project)), 401);
        var member = $"{V}/groups/{group}/users/{user}";
        RefusalTests.Check(await cloud.SendAsync("DELETE", member, null), 404);
        (await cloud.SendAsync("HEAD", member, null)).Code.Should().Be(404);
        (await cloud.SendAsync("PUT", member, null)).Code.Should().Be(204);
        (await cloud.SendAsync("HEAD", member, null)).Code.Should().Be(204);
        var token = await cloud.TokenAsync(user, project);
        (await cloud.GetAsync($"{V}/groups/{group}/users")).Json.GetProperty("users").Texts("id").Should().Equal(user);
        (await cloud.GetAsync($"{V}/users/{user}/groups", token)).Json.GetProperty("groups").Texts("id").Should().Equal(group);
        (await cloud.GetAsync($"{V}/users/{user}/projects", token)).Json.GetProperty("projects").Texts("id").Should().Equal(project);
        (await cloud.SendAsync("DELETE", member, null)).Code.Should().Be(204);
        (await cloud.IsGoodAsync(token)).Should().BeFalse();
        (await cloud.SendAsync("PATCH", $"{V}/groups/{group}", """{"group":{"description":"e"}}""")).Json.GetProperty("group").GetProperty("description").GetString().Should().Be("e");
        (await cloud.SendAsync("DELETE", $"{V}/groups/{group}", null)).Code.Should().Be(204);
        RefusalTests.Check(await cloud.GetAsync($"{V}/groups/{group}"), 404);
        RefusalTests.Check(await cloud.GetAsync($"{V}/groups/{group}/users"), 404);
    }

    [Fact]
    public async Task The_roles_of_a_token_are_those_of_now()
    {
        var (user, project, token) = await cloud.SomebodyAsync("reader");
        RefusalTests.Check(await cloud.PostAsync("/compute/v2.1/os-keypairs", """{"keypair":{"name":"k"}}""", token), 403);
        await cloud.GrantAsync($"projects/{project}", $"users/{user}", "member");
        (await cloud.PostAsync("/compute/v2.1/os-keypairs", """{"keypair":{"name":"k"}}""", token)).Code.Should().Be(200);
        await cloud.GrantAsync($"projects/{project}", $"users/{user}", "admin");
        (await cloud.GetAsync($"{V}/users", token)).Code.Should().Be(200);
        await cloud.GrantAsync($"projects/{project}", $"users/{user}", "admin", "DELETE");
        RefusalTests.Check(await cloud.GetAsync($"{V}/users", token), 403);
    }

    [Fact]
    public async Task The_last_administrator_keeps_the_role()
    {
        var admin = (await cloud.SubjectAsync("GET", cloud.Admin, "admin")).Json.GetProperty("token");
        var (user, project) = (admin.GetProperty("user").GetProperty("id").GetString(), admin.GetProperty("project").GetProperty("id").GetString());
        var grant = $"{V}/projects/{project}/users/{user}/roles/{await cloud.RoleAsync("admin")}";
        RefusalTests.Check(await cloud.SendAsync("DELETE", grant, null), 403);
        var (other, _, second) = await cloud.SomebodyAsync("admin");
        (await cloud.SendAsync("DELETE", grant, null, second)).Code.Should().Be(204, "there is another now");
        (await cloud.SendAsync("PUT", grant, null, second)).Code.Should().Be(204);
        (await cloud.SendAsync("DELETE", $"{V}/users/{other}", null)).Code.Should().Be(204);
    }
}
