using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>The description of the API: complete, and what is served is what is in the repository.</summary>
public sealed class OpenApiTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task The_document_is_the_one_in_the_repository()
    {
        var answer = await cloud.GetAsync("/openapi.json", token: null);
        answer.Code.Should().Be(200);
        answer.Message.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        Golden.Matches(answer.Text, "docs/openapi.json");
    }

    [Fact]
    public async Task Every_operation_has_an_id_and_a_path_of_its_own()
    {
        var operations = Operations((await cloud.GetAsync("/openapi.json", token: null)).Json).ToList();
        operations.Should().HaveCount(cloud.Server.Routes.Count);
        operations.Select(operation => operation.GetProperty("operationId").GetString()).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Every_reference_leads_to_something()
    {
        var text = (await cloud.GetAsync("/openapi.json", token: null)).Text;
        using var document = JsonDocument.Parse(text);
        foreach (var reference in text.Split("\"$ref\": \"#/").Skip(1).Select(rest => rest[..rest.IndexOf('"')]).Distinct())
        {
            var at = document.RootElement;
            foreach (var name in reference.Split('/'))
            {
                at.TryGetProperty(name, out at).Should().BeTrue(reference);
            }
        }
    }

    [Fact]
    public void Every_route_says_in_one_sentence_what_it_is() =>
        cloud.Server.Routes.Where(route => !route.Summary.EndsWith('.')).Select(route => $"{route.Method} {route.Pattern}").Should().BeEmpty("each is described with Doc(…)");

    [Fact]
    public void Every_route_that_reads_a_body_shows_one() =>
        cloud.Server.Routes.Where(route => route.ReadsBody && route.Example is null).Select(route => $"{route.Method} {route.Pattern}").Should().BeEmpty("each has an example in its Doc(…)");

    [Fact]
    public void Every_example_is_JSON()
    {
        foreach (var route in cloud.Server.Routes.Where(route => route.Example is not null))
        {
            var parse = () => JsonDocument.Parse(Placeholders.Sample.Fill(route.Example!));
            parse.Should().NotThrow($"{route.Method} {route.Pattern} shows {route.Example}");
        }
    }

    [Fact]
    public async Task The_page_comes_in_one_piece_and_may_load_nothing_but_the_description()
    {
        var page = await cloud.GetAsync("/docs", token: null);
        page.Code.Should().Be(200);
        page.Message.Content.Headers.ContentType!.MediaType.Should().Be("text/html");
        page.Header("Content-Security-Policy").Should().StartWith("default-src 'none'").And.Contain("connect-src 'self'");
        page.Text.Should().Contain("fetch('openapi.json')").And.NotContain("http://").And.NotContain("https://");
    }

    /// <summary>A route to show what the description makes of it.</summary>
    [Fact]
    public void A_body_has_the_schema_of_its_example()
    {
        var route = new Route("POST", "/compute/v2.1/things/{id:int}", Access.Admin, 3, 35)
        {
            Summary = "Makes a thing.",
            Status = 202,
            Example = """{"thing":{"server":"SERVER","parent":GROUP,"share":0.5,"names":["a"],"empty":[],"none":null,"on":true}}""",
            Query = ["force"],
        };
        using var document = JsonDocument.Parse(OpenApi.Document([route]));
        var path = document.RootElement.GetProperty("paths").GetProperty("/compute/v2.1/things/{id}");
        path.GetProperty("parameters")[0].GetProperty("name").GetString().Should().Be("id");
        var operation = path.GetProperty("post");
        operation.GetProperty("operationId").GetString().Should().Be("post_compute_v2_1_things_by_id");
        operation.GetProperty("tags")[0].GetString().Should().Be("compute things");
        operation.GetProperty("parameters")[0].GetProperty("name").GetString().Should().Be("force");
        operation.GetProperty("x-openstack-microversions").GetRawText().Replace(" ", "").Replace("\n", "").Should().Be("""{"min":"2.3","max":"2.35"}""");
        operation.GetProperty("x-openstack-role").GetString().Should().Be("admin");
        operation.GetProperty("responses").TryGetProperty("202", out _).Should().BeTrue();
        var schema = operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("properties").GetProperty("thing").GetProperty("properties");
        var types = new StringBuilder();
        foreach (var property in schema.EnumerateObject())
        {
            types.Append($"{property.Name}:{(property.Value.TryGetProperty("type", out var type) ? type.GetString() : "any")} ");
        }

        $"{types}".Should().Be("server:string parent:integer share:number names:array empty:array none:any on:boolean ");
    }

    private static IEnumerable<JsonElement> Operations(JsonElement document) => document.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject()).Where(operation => operation.Name != "parameters").Select(operation => operation.Value);
}
