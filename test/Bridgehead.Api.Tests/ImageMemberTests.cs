using AwesomeAssertions;
using Xunit;
using static Bridgehead.Api.Tests.Images;

namespace Bridgehead.Api.Tests;

/// <summary>Sharing an image with another project.</summary>
public sealed class ImageMemberTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task A_project_takes_what_it_is_offered_and_loses_what_is_taken_back()
    {
        var (owner, _) = await cloud.ProjectAsync("giver");
        var (other, project) = await cloud.ProjectAsync("taker");
        var (stranger, strangers) = await cloud.ProjectAsync("third");
        var id = await cloud.ActiveImageAsync("gift", token: owner);
        var members = $"{All}/{id}/members";
        RefusalTests.Check(await cloud.GetAsync(members, other), 404);

        var offered = await cloud.PostAsync(members, $$"""{"member":"{{project}}"}""", owner);
        offered.Code.Should().Be(200);
        offered.Json.GetProperty("status").GetString().Should().Be("pending");
        offered.Json.GetProperty("schema").GetString().Should().Be("/v2/schemas/member");
        RefusalTests.Check(await cloud.PostAsync(members, $$"""{"member":"{{project}}"}""", owner), 409);
        await cloud.PostAsync(members, $$"""{"member":"{{strangers}}"}""", owner);
        RefusalTests.Check(await cloud.PostAsync(members, """{"member":"fourth"}""", other), 403);

        RefusalTests.Check(await cloud.SendAsync("PUT", $"{members}/{project}", """{"status":"accepted"}""", owner), 403);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{members}/{project}", """{"status":"accepted"}""", stranger), 404);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{members}/{project}", """{"status":"maybe"}""", other), 400);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{members}/{project}", "{}", other), 400);
        (await cloud.NamesAsync("name=gift", other)).Should().BeEmpty();
        (await cloud.SendAsync("PUT", $"{members}/{project}", """{"status":"accepted"}""", other)).Json.GetProperty("status").GetString().Should().Be("accepted");
        (await cloud.NamesAsync("name=gift", other)).Should().Equal("gift");
        var boot = await cloud.PostAsync("/compute/v2.1/servers", $$$"""{"server":{"name":"a","imageRef":"{{{id}}}","flavorRef":"1"}}""", other);
        boot.Code.Should().Be(202, boot.Text);

        (await cloud.GetAsync(members, owner)).Json.GetProperty("members").GetArrayLength().Should().Be(2);
        (await cloud.GetAsync(members, other)).Json.GetProperty("members").GetArrayLength().Should().Be(1);
        (await cloud.GetAsync($"{members}/{project}", other)).Json.GetProperty("member_id").GetString().Should().Be(project);
        RefusalTests.Check(await cloud.GetAsync($"{members}/{strangers}", other), 404);
        RefusalTests.Check(await cloud.GetAsync($"{members}/nobody", owner), 404);

        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{members}/{project}", null, other), 403);
        (await cloud.SendAsync("DELETE", $"{members}/{project}", null, owner)).Code.Should().Be(204);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{members}/{project}", null, owner), 404);
        RefusalTests.Check(await cloud.GetAsync($"{All}/{id}", other), 404);
    }

    [Theory]
    [InlineData("private")]
    [InlineData("community")]
    [InlineData("public")]
    public async Task Only_a_shared_image_has_members(string visibility)
    {
        var id = await cloud.ImageAsync("unshared", $""","visibility":"{visibility}" """);
        RefusalTests.Check(await cloud.PostAsync($"{All}/{id}/members", """{"member":"p"}"""), 403);
        RefusalTests.Check(await cloud.GetAsync($"{All}/{id}/members"), 403);
    }

    [Fact]
    public async Task A_member_has_a_name_and_there_are_at_most_128()
    {
        var members = $"{All}/{await cloud.ImageAsync("popular")}/members";
        foreach (var body in new[] { "{}", """{"member":""}""", """{"member":5}""", """{"member":null}""", $$"""{"member":"{{new string('m', 256)}}"}""" })
        {
            RefusalTests.Check(await cloud.PostAsync(members, body), 400);
        }

        for (var i = 0; i < 128; i++)
        {
            (await cloud.PostAsync(members, $$"""{"member":"m{{i}}"}""")).Code.Should().Be(200);
        }

        RefusalTests.Check(await cloud.PostAsync(members, """{"member":"one too many"}"""), 413);
    }
}
