using AwesomeAssertions;
using Xunit;
using static Bridgehead.Api.Tests.IdentityCalls;

namespace Bridgehead.Api.Tests;

/// <summary>Regions, services and endpoints, and the catalogue that is made of them.</summary>
public sealed class CatalogueTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task An_endpoint_of_an_operator_is_in_the_catalogue_with_the_tokens_project_in_it()
    {
        var service = await cloud.NewAsync("service", "\"type\":\"object-store\",\"name\":\"swift\",\"description\":\"d\"");
        var made = await cloud.PostAsync(
            $"{V}/endpoints", $$$"""{"endpoint":{"service_id":"{{{service}}}","interface":"public","region":"west","url":"http://192.0.2.9/v1/AUTH_%(project_id)s"}}""");
        made.Code.Should().Be(201, made.Text);
        var endpoint = made.Json.GetProperty("endpoint");
        endpoint.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo("id", "service_id", "interface", "region", "region_id", "url", "enabled", "links");
        (await cloud.GetAsync($"{V}/regions/west")).Code.Should().Be(200, "the key region makes it");
        var (user, project, token) = await cloud.SomebodyAsync();
        (await UrlsAsync(token, "object-store")).Should().Equal($"http://192.0.2.9/v1/AUTH_{project}");
        await cloud.GrantAsync("domains/default", $"users/{user}", "reader");
        var domain = (await cloud.LogInAsync(ByPassword(user), """{"domain":{"id":"default"}}""")).Header("X-Subject-Token");
        (await UrlsAsync(domain, "object-store")).Should().BeEmpty("there is no project to put in");

        var id = endpoint.GetProperty("id").GetString();
        (await ListAsync("endpoints", $"service_id={service}&interface=public&region_id=west")).Should().Equal(id);
        (await ListAsync("endpoints", $"service_id={service}&interface=admin")).Should().BeEmpty();
        (await ListAsync("services", "type=object-store&name=swift")).Should().Equal(service);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/regions/west", null), 403);
        (await cloud.SendAsync("PATCH", $"{V}/services/{service}", """{"service":{"enabled":false}}""")).Code.Should().Be(200);
        (await UrlsAsync(token, "object-store")).Should().BeEmpty();
        (await cloud.SendAsync("DELETE", $"{V}/services/{service}", null)).Code.Should().Be(204);
        RefusalTests.Check(await cloud.GetAsync($"{V}/endpoints/{id}"), 404);
        (await cloud.SendAsync("DELETE", $"{V}/regions/west", null)).Code.Should().Be(204);
    }

    [Fact]
    public async Task An_own_endpoint_is_at_the_clients_address_until_the_operator_says_where()
    {
        var compute = (await ListAsync("services", "type=compute")).Single();
        var id = (await ListAsync("endpoints", $"service_id={compute}&interface=internal")).Single();
        (await UrlsAsync("admin", "compute", "internal")).Should().Equal($"http://{cloud.Server.Api}/compute/v2.1");
        using var elsewhere = new HttpRequestMessage(HttpMethod.Get, $"{V}/auth/catalog");
        elsewhere.Headers.Add("X-Auth-Token", cloud.Admin);
        elsewhere.Headers.Host = "cloud.example.org:8774";
        using var answer = await cloud.Client.SendAsync(elsewhere, TestContext.Current.CancellationToken);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Contain("http://cloud.example.org:8774/compute/v2.1");

        (await cloud.SendAsync("PATCH", $"{V}/endpoints/{id}", """{"endpoint":{"url":"https://internal.example.org/compute/v2.1"}}""")).Code.Should().Be(200);
        (await UrlsAsync("admin", "compute", "internal")).Should().Equal("https://internal.example.org/compute/v2.1");
        (await UrlsAsync("admin", "compute", "public")).Should().Equal($"http://{cloud.Server.Api}/compute/v2.1");
        (await cloud.SendAsync("PATCH", $"{V}/endpoints/{id}", """{"endpoint":{"enabled":false}}""")).Code.Should().Be(200);
        (await UrlsAsync("admin", "compute", "internal")).Should().BeEmpty();
    }

    [Fact]
    public async Task Regions_are_in_regions()
    {
        (await cloud.SendAsync("PUT", $"{V}/regions/outer", """{"region":{"description":"d"}}""")).Code.Should().Be(201);
        await cloud.NewAsync("region", "\"id\":\"inner\",\"parent_region_id\":\"outer\"");
        (await ListAsync("regions", "parent_region_id=outer")).Should().Equal("inner");
        (await cloud.NewAsync("region", "\"description\":\"of an id made up\"")).Should().MatchRegex("^[0-9a-f]{32}$");
        RefusalTests.Check(await cloud.PostAsync($"{V}/regions", """{"region":{"id":"outer"}}"""), 409);
        RefusalTests.Check(await cloud.SendAsync("PATCH", $"{V}/regions/outer", """{"region":{"parent_region_id":"inner"}}"""), 400);
        RefusalTests.Check(await cloud.SendAsync("PATCH", $"{V}/regions/none", """{"region":{}}"""), 404);
        (await cloud.SendAsync("PATCH", $"{V}/regions/outer", """{"region":{"description":"e"}}""")).Json.GetProperty("region").GetProperty("description").GetString().Should().Be("e");
        (await cloud.SendAsync("DELETE", $"{V}/regions/outer", null)).Code.Should().Be(204);
        RefusalTests.Check(await cloud.GetAsync($"{V}/regions/inner"), 404);
    }

    [Theory]
    [InlineData("services", """{"service":{"name":"a"}}""", 400)]
    [InlineData("services", """{"service":{"type":""}}""", 400)]
    [InlineData("regions", """{"region":{"id":"a/b"}}""", 400)]
    [InlineData("regions", """{"region":{"id":"a","parent_region_id":"none"}}""", 404)]
    [InlineData("endpoints", """{"endpoint":{"service_id":"none","interface":"public","url":"http://a"}}""", 400)]
    [InlineData("endpoints", """{"endpoint":{"service_id":"SERVICE","interface":"secret","url":"http://a"}}""", 400)]
    [InlineData("endpoints", """{"endpoint":{"service_id":"SERVICE","interface":"public","url":"/compute"}}""", 400)]
    [InlineData("endpoints", """{"endpoint":{"service_id":"SERVICE","interface":"public","url":"file:///etc/passwd"}}""", 400)]
    [InlineData("endpoints", """{"endpoint":{"service_id":"SERVICE","interface":"public","url":"http://a/$(admin_token)s"}}""", 400)]
    [InlineData("endpoints", """{"endpoint":{"service_id":"SERVICE","interface":"public","url":"http://a","region_id":"none"}}""", 400)]
    [InlineData("endpoints", """{"endpoint":{"service_id":"SERVICE","interface":"public"}}""", 400)]
    [InlineData("endpoints", """{"endpoint":{"service_id":"SERVICE","interface":"public","url":"http://a","enabled":"False"}}""", 400)]
    public async Task What_is_no_part_of_a_catalogue_is_refused(string kind, string body, int status)
    {
        var service = (await ListAsync("services", "type=image")).Single();
        var before = (await cloud.GetAsync($"{V}/{kind}")).Text;
        RefusalTests.Check(await cloud.PostAsync($"{V}/{kind}", body.Replace("SERVICE", service)), status);
        (await cloud.GetAsync($"{V}/{kind}")).Text.Should().Be(before);
    }

    [Theory]
    [InlineData("services")]
    [InlineData("endpoints")]
    public async Task What_is_not_there_is_not_found(string kind)
    {
        RefusalTests.Check(await cloud.GetAsync($"{V}/{kind}/none"), 404);
        RefusalTests.Check(await cloud.SendAsync("PATCH", $"{V}/{kind}/none", $$$"""{"{{{kind[..^1]}}}":{}}"""), 404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/{kind}/none", null), 404);
    }

    private async Task<IEnumerable<string?>> UrlsAsync(string token, string type, string face = "public")
    {
        var catalogue = (await cloud.GetAsync($"{V}/auth/catalog", token)).Json.GetProperty("catalog").EnumerateArray();
        return catalogue.Where(s => s.GetProperty("type").GetString() == type).SelectMany(s => s.GetProperty("endpoints").EnumerateArray())
            .Where(e => e.GetProperty("interface").GetString() == face).Select(e => e.GetProperty("url").GetString());
    }

    private async Task<IEnumerable<string?>> ListAsync(string kind, string query) => (await cloud.GetAsync($"{V}/{kind}?{query}")).Json.GetProperty(kind).Texts("id");
}
