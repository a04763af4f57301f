using AwesomeAssertions;
using Xunit;
using static Bridgehead.Api.Tests.IdentityCalls;

namespace Bridgehead.Api.Tests;

/// <summary>Roles that follow from others: in tokens, in lists of what is effective, and in what application credentials may have.</summary>
public sealed class ImpliedRoleTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task Administrators_are_members_and_members_are_readers()
    {
        var token = (await cloud.SubjectAsync("GET", cloud.Admin, "admin")).Json.GetProperty("token");
        token.GetProperty("roles").EnumerateArray().Select(r => r.GetProperty("name").GetString()).Should().Equal("admin", "member", "reader");
        var all = (await cloud.GetAsync($"{V}/role_inferences")).Json.GetProperty("role_inferences").EnumerateArray()
            .Select(i => (Prior: i.GetProperty("prior_role").GetProperty("name").GetString(), Implied: string.Join(' ', i.GetProperty("implies").EnumerateArray().Select(r => r.GetProperty("name").GetString()))));
        all.Should().Contain([("admin", "member"), ("member", "reader")]);
    }

    [Fact]
    public async Task An_implied_role_is_had_while_it_is_implied_and_its_credentials_end_with_it()
    {
        var (first, second, third) = (await RoleAsync(), await RoleAsync(), await RoleAsync());
        var (user, project) = (await cloud.NewUserAsync(), await cloud.NewProjectAsync());
        await cloud.GrantAsync($"projects/{project}", $"users/{user}", first.Name);
        foreach (var (prior, implied) in new[] { (first, second), (second, third), (third, first) })
        {
            var made = await cloud.SendAsync("PUT", $"{V}/roles/{prior.Id}/implies/{implied.Id}", null);
            made.Code.Should().Be(201, made.Text);
            made.Json.GetProperty("role_inference").GetProperty("implies").GetProperty("name").GetString().Should().Be(implied.Name);
            (await cloud.SendAsync("PUT", $"{V}/roles/{prior.Id}/implies/{implied.Id}", null)).Code.Should().Be(201, "it is so already");
        }

        var token = await cloud.TokenAsync(user, project);
        (await RolesAsync(token)).Should().BeEquivalentTo(first.Name, second.Name, third.Name);
        (await EffectiveAsync(user)).Should().BeEquivalentTo(first.Id, second.Id, third.Id);
        (await cloud.GetAsync($"{V}/role_assignments?user.id={user}")).Json.GetProperty("role_assignments").GetArrayLength().Should().Be(1);
        var credential = await cloud.PostAsync(
            $"{V}/users/{user}/application_credentials", $$$"""{"application_credential":{"name":"c","secret":"s","roles":[{"id":"{{{third.Id}}}"}]}}""", token);
        credential.Code.Should().Be(201, credential.Text);
        var id = credential.Json.GetProperty("application_credential").GetProperty("id").GetString()!;
        var byCredential = (await cloud.LogInAsync(ByCredential(id, "s"))).Header("X-Subject-Token");
        (await RolesAsync(byCredential)).Should().Equal(third.Name);

        (await cloud.SendAsync("HEAD", $"{V}/roles/{second.Id}/implies/{third.Id}", null)).Code.Should().Be(204);
        (await cloud.GetAsync($"{V}/roles/{second.Id}/implies/{third.Id}")).Json.GetProperty("role_inference").GetProperty("prior_role").GetProperty("id").GetString().Should().Be(second.Id);
        (await cloud.GetAsync($"{V}/roles/{second.Id}/implies")).Json.GetProperty("role_inference").GetProperty("implies")[0].GetProperty("id").GetString().Should().Be(third.Id);
        (await cloud.SendAsync("DELETE", $"{V}/roles/{second.Id}/implies/{third.Id}", null)).Code.Should().Be(204);
        (await RolesAsync(token)).Should().BeEquivalentTo(first.Name, second.Name);
        (await cloud.IsGoodAsync(byCredential)).Should().BeFalse();
        (await cloud.LogInAsync(ByCredential(id, "s"))).Code.Should().Be(401);

        (await cloud.SendAsync("DELETE", $"{V}/roles/{second.Id}", null)).Code.Should().Be(204);
        (await RolesAsync(token)).Should().Equal(first.Name);
        RefusalTests.Check(await cloud.GetAsync($"{V}/roles/{second.Id}/implies"), 404);
    }

    [Fact]
    public async Task Nobody_becomes_an_administrator_by_another_role_and_what_is_not_there_is_not_found()
    {
        var (one, other) = (await RoleAsync(), await RoleAsync());
        var before = (await cloud.GetAsync($"{V}/role_inferences")).Text;
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/roles/{one.Id}/implies/{await cloud.RoleAsync("admin")}", null), 403);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/roles/{one.Id}/implies/none", null), 404);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/roles/none/implies/{one.Id}", null), 404);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/roles/{one.Id}/implies/{other.Id}", null, await cloud.MemberAsync("implier")), 403);
        foreach (var method in new[] { "GET", "DELETE" })
        {
            RefusalTests.Check(await cloud.SendAsync(method, $"{V}/roles/{one.Id}/implies/{other.Id}", null), 404);
        }

        (await cloud.SendAsync("HEAD", $"{V}/roles/{one.Id}/implies/{other.Id}", null)).Code.Should().Be(404);
        (await cloud.GetAsync($"{V}/role_inferences")).Text.Should().Be(before);

        // Nor by a role that is called so afterwards.
        (await cloud.SendAsync("PUT", $"{V}/roles/{one.Id}/implies/{other.Id}", null)).Code.Should().Be(201);
        RefusalTests.Check(await cloud.SendAsync("PATCH", $"{V}/roles/{other.Id}", """{"role":{"name":"ADMIN"}}"""), 403);
        (await cloud.SendAsync("PATCH", $"{V}/roles/{one.Id}", """{"role":{"description":"prior"}}""")).Code.Should().Be(200);
    }

    private async Task<(string Id, string Name)> RoleAsync()
    {
        var name = Unique("role");
        return (await cloud.NewAsync("role", $"\"name\":\"{name}\""), name);
    }

    private async Task<List<string?>> RolesAsync(string token) =>
        [.. (await cloud.SubjectAsync("GET", token, "admin")).Json.GetProperty("token").GetProperty("roles").EnumerateArray().Select(r => r.GetProperty("name").GetString())];

    private async Task<List<string?>> EffectiveAsync(string user) =>
        [.. (await cloud.GetAsync($"{V}/role_assignments?user.id={user}&effective")).Json.GetProperty("role_assignments").EnumerateArray().Select(a => a.GetProperty("role").GetProperty("id").GetString())];
}
