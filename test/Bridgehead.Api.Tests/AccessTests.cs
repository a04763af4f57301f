using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>Who may call what, at every route of the table.</summary>
public sealed class AccessTests(HostileInputTests.World cloud) : IClassFixture<HostileInputTests.World>
{
    /// <summary>Collections whose things are a project's or a user's own.</summary>
    private static readonly string[] Private =
    [
        "/compute/v2.1/servers/{", "/compute/v2.1/os-security-groups/{", "/compute/v2.1/os-security-group-rules/{", "/compute/v2.1/os-floating-ips/{", "/compute/v2.1/os-keypairs/{",
        "/compute/v2.1/os-server-groups/{",
    ];

    [Fact]
    public async Task Without_a_token_every_route_but_the_open_ones_answers_401()
    {
        using var watch = cloud.Watch();
        foreach (var template in (await TemplatesAsync()).Where(template => template.Route.Access != Access.Anyone))
        {
            Is(await cloud.TryAsync(watch, Raw(template, null)), 401, template);
        }
    }

    [Fact]
    public async Task An_open_route_needs_no_token()
    {
        using var watch = cloud.Watch();
        foreach (var template in (await TemplatesAsync()).Where(template => template.Route is { Access: Access.Anyone, ReadsBody: false }))
        {
            Is(await cloud.TryAsync(watch, Raw(template, null)), template.Route.Status, template);
        }
    }

    [Fact]
    public async Task Who_may_only_read_is_refused_by_every_route_that_changes_something()
    {
        using var watch = cloud.Watch();
        foreach (var template in (await TemplatesAsync()).Where(template => template.Route.NeedsMember))
        {
            Is(await cloud.TryAsync(watch, Raw(template, cloud.Reader)), 403, template);
        }
    }

    [Fact]
    public async Task A_member_is_refused_by_every_route_of_administrators()
    {
        using var watch = cloud.Watch();
        foreach (var template in (await TemplatesAsync()).Where(template => template.Route.Access == Access.Admin))
        {
            Is(await cloud.TryAsync(watch, Raw(template, cloud.Stranger)), 403, template);
        }
    }

    /// <summary>The answer is the very one that an id has which was never given out.</summary>
    [Fact]
    public async Task What_another_project_has_is_answered_as_what_does_not_exist()
    {
        using var watch = cloud.Watch();
        foreach (var template in (await TemplatesAsync()).Where(template => template.Route.Access == Access.User && Private.Any(template.Route.Pattern.StartsWith) && (template.Body is not null || !template.Route.ReadsBody)))
        {
            var id = template.Path.Split('/')[4];
            var other = Guid.TryParse(id, out _) ? "6c3d4f8e-0000-4000-8000-000000000000" : long.TryParse(id, out _) ? "987654" : "never";
            var absent = template with { Path = string.Join('/', [.. template.Path.Split('/')[..4], other, .. template.Path.Split('/')[5..]]), Body = template.Body?.Replace(id, other) };
            if ((await cloud.TryAsync(watch, Raw(absent, cloud.Admin))).Code == 501)
            {
                // What this cloud cannot do for anybody.
                continue;
            }

            var (theirs, nobodys) = (await cloud.TryAsync(watch, Raw(template, cloud.Stranger)), await cloud.TryAsync(watch, Raw(absent, cloud.Stranger)));
            Is(nobodys, 404, absent);
            Is(theirs, 404, template);
            theirs.Text.Replace(id, other).Should().Be(nobodys.Text);
            Is(await cloud.TryAsync(watch, Raw(absent, cloud.Admin)), 404, absent);
        }
    }

    private static void Is(Answer answer, int status, Template template) => answer.Code.Should().Be(status, $"of {template.Route.Method} {template.Path} {template.Body}: {answer.Text}");

    private static Raw Raw(Template template, string? token) => new(template.Route.Method, template.Path, template.Body is null ? null : System.Text.Encoding.UTF8.GetBytes(template.Body), token) { Version = template.Version };

    private Task<List<Template>> TemplatesAsync() => new Requests(cloud).AllAsync();
}
