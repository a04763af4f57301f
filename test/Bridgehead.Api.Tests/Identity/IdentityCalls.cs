using System.Text.Json;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>What tests of identity do to a cloud, over HTTP.</summary>
internal static class IdentityCalls
{
    public const string V = "/identity/v3";
    public const string Tokens = $"{V}/auth/tokens";

    public static string Unique(string name) => $"{name}-{Guid.NewGuid():N}"[..32];

    /// <summary>The id of a new thing, by the administrator.</summary>
    public static async Task<string> NewAsync(this Cloud cloud, string kind, string fields)
    {
        var made = await cloud.PostAsync($"{V}/{(kind == "policy" ? "policies" : kind + "s")}", $$$"""{"{{{kind}}}":{ {{{fields}}} }}""");
        Assert.True(made.Code == 201, made.Text);
        return made.Json.GetProperty(kind).GetProperty("id").GetString()!;
    }

    public static Task<string> NewProjectAsync(this Cloud cloud, string domain = "default") => cloud.NewAsync("project", $"\"name\":\"{Unique("p")}\",\"domain_id\":\"{domain}\"");

    /// <summary>A new user with the password "pw".</summary>
    public static Task<string> NewUserAsync(this Cloud cloud, string domain = "default") =>
        cloud.NewAsync("user", $"\"name\":\"{Unique("u")}\",\"password\":\"pw\",\"domain_id\":\"{domain}\"");

    public static async Task<string> RoleAsync(this Cloud cloud, string name) =>
        (await cloud.GetAsync($"{V}/roles?name={name}")).Json.GetProperty("roles")[0].GetProperty("id").GetString()!;

    /// <summary>Gives (PUT) or takes (DELETE) a role by name; <paramref name="scope"/> such as <c>projects/ID</c>, <paramref name="actor"/> such as <c>users/ID</c>.</summary>
    public static async Task GrantAsync(this Cloud cloud, string scope, string actor, string role, string method = "PUT")
    {
        var answer = await cloud.SendAsync(method, $"{V}/{scope}/{actor}/roles/{await cloud.RoleAsync(role)}", null);
        Assert.True(answer.Code == 204, answer.Text);
    }

    /// <summary>A new user who has a role on a new project, with a token for it.</summary>
    public static async Task<(string User, string Project, string Token)> SomebodyAsync(this Cloud cloud, string role = "member")
    {
        var (user, project) = (await cloud.NewUserAsync(), await cloud.NewProjectAsync());
        await cloud.GrantAsync($"projects/{project}", $"users/{user}", role);
        return (user, project, await cloud.TokenAsync(user, project));
    }

    public static async Task<string> TokenAsync(this Cloud cloud, string user, string project, string password = "pw")
    {
        var answer = await cloud.LogInAsync(ByPassword(user, password), OfProject(project));
        Assert.True(answer.Code == 201, answer.Text);
        return answer.Header("X-Subject-Token");
    }

    public static Task<Answer> LogInAsync(this Cloud cloud, string identity, string? scope = null) => cloud.PostAsync(
        Tokens, $$$"""{"auth":{"identity":{{{identity}}}{{{(scope is null ? "" : $",\"scope\":{scope}")}}} }}""", token: null);

    public static string ByPassword(string user, string password = "pw") =>
        $$$$"""{"methods":["password"],"password":{"user":{"id":"{{{{user}}}}","password":"{{{{password}}}}"}}}""";

    public static string ByToken(string token) => $$$"""{"methods":["token"],"token":{"id":"{{{token}}}"}}""";

    public static string ByCredential(string id, string secret) =>
        $$$"""{"methods":["application_credential"],"application_credential":{"id":"{{{id}}}","secret":"{{{secret}}}"}}""";

    public static string OfProject(string id) => $$$"""{"project":{"id":"{{{id}}}"}}""";

    /// <summary>A call about another token.</summary>
    public static async Task<Answer> SubjectAsync(this Cloud cloud, string method, string subject, string token, string query = "")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Tokens + query);
        request.Headers.TryAddWithoutValidation("X-Auth-Token", token == "admin" ? cloud.Admin : token);
        request.Headers.TryAddWithoutValidation("X-Subject-Token", subject);
        var message = await cloud.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(message.StatusCode, await message.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), message);
    }

    /// <summary>Whether compute takes the token.</summary>
    public static async Task<bool> IsGoodAsync(this Cloud cloud, string token) => (await cloud.GetAsync("/compute/v2.1/servers", token)).Code switch
    {
        200 => true,
        401 => false,
        var other => throw new InvalidOperationException($"neither taken nor refused: {other}"),
    };

    public static IEnumerable<string?> Texts(this JsonElement list, string property) => list.EnumerateArray().Select(item => item.GetProperty(property).GetString());
}
