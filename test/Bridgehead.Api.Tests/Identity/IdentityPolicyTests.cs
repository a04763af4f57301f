using AwesomeAssertions;
using Xunit;
using static Bridgehead.Api.Tests.IdentityCalls;

namespace Bridgehead.Api.Tests;

/// <summary>Who may do what in identity: administrators everything, users what is theirs.</summary>
public sealed class IdentityPolicyTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task Every_route_for_administrators_refuses_members_before_it_does_anything()
    {
        var (_, _, token) = await cloud.SomebodyAsync();
        var routes = cloud.Server.Routes.Where(route => route.Access == Access.Admin && route.Pattern.StartsWith(V, StringComparison.Ordinal)).ToList();
        routes.Should().HaveCountGreaterThan(60);
        foreach (var route in routes)
        {
            var path = string.Join('/', route.Pattern.Split('/').Select(segment => segment.StartsWith('{') ? "default" : segment));
            var answer = await cloud.SendAsync(route.Method, path, route.Example, token);
            answer.Code.Should().Be(403, $"{route.Method} {path}");
            RefusalTests.Check(await cloud.SendAsync(route.Method == "HEAD" ? "GET" : route.Method, path, route.Example, token: null), 401);
        }
    }

    [Fact]
    public async Task Users_see_themselves_their_projects_and_their_domain_and_nothing_of_others()
    {
        var (user, project, token) = await cloud.SomebodyAsync();
        var (other, elsewhere, _) = await cloud.SomebodyAsync();
        var domain = await cloud.NewAsync("domain", $"\"name\":\"{Unique("d")}\"");
        foreach (var own in new[] { $"users/{user}", $"users/{user}/projects", $"users/{user}/groups", $"projects/{project}", "domains/default", "auth/projects", "auth/domains", "auth/system", "auth/catalog", "regions" })
        {
            (await cloud.GetAsync($"{V}/{own}", token)).Code.Should().Be(200, own);
        }

        foreach (var foreign in new[] { $"users/{other}", $"users/{other}/projects", $"users/{other}/groups", $"projects/{elsewhere}", $"domains/{domain}" })
        {
            RefusalTests.Check(await cloud.GetAsync($"{V}/{foreign}", token), 404);
        }

        RefusalTests.Check(await cloud.GetAsync($"{V}/users/none/projects"), 404);
    }

    [Fact]
    public async Task Users_change_their_own_password_by_the_old_one_and_all_their_tokens_end()
    {
        var (user, project, token) = await cloud.SomebodyAsync();
        var (_, _, other) = await cloud.SomebodyAsync();
        RefusalTests.Check(await cloud.PostAsync($"{V}/users/{user}/password", """{"user":{"original_password":"wrong","password":"new"}}""", token), 401);
        (await cloud.IsGoodAsync(token)).Should().BeTrue();
        (await cloud.PostAsync($"{V}/users/{user}/password", """{"user":{"original_password":"pw","password":"new"}}""", token)).Code.Should().Be(204);
        (await cloud.IsGoodAsync(token)).Should().BeFalse();
        (await cloud.IsGoodAsync(other)).Should().BeTrue();
        RefusalTests.Check(await cloud.LogInAsync(ByPassword(user), OfProject(project)), 401);
        (await cloud.IsGoodAsync(await cloud.TokenAsync(user, project, "new"))).Should().BeTrue();
    }

    [Fact]
    public async Task Servers_of_a_deleted_project_stay_and_are_the_administrators()
    {
        await cloud.NetworkAsync("mynet", "10.77.0.0/24");
        var (_, project, token) = await cloud.SomebodyAsync();
        var server = await cloud.BootAsync("left", token: token);
        (await cloud.SendAsync("DELETE", $"{V}/projects/{project}", null)).Code.Should().Be(204);
        RefusalTests.Check(await cloud.GetAsync($"/compute/v2.1/servers/{server}", token), 401);
        (await cloud.GetAsync($"/compute/v2.1/servers/{server}")).Code.Should().Be(200);
        (await cloud.SendAsync("DELETE", $"/compute/v2.1/servers/{server}", null)).Code.Should().Be(204);
    }
}
