using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>What clients read first, without a token: which identity API this is, and where.</summary>
public sealed class VersionDocumentTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task The_root_of_identity_offers_its_one_version()
    {
        var answer = await cloud.GetAsync("/identity", token: null);
        answer.Code.Should().Be(300);
        var version = answer.Json.GetProperty("versions").GetProperty("values").EnumerateArray().Should().ContainSingle().Subject;
        version.GetProperty("id").GetString().Should().StartWith("v3.");
        await LeadsToItselfAsync(version);
    }

    [Theory]
    [InlineData("/identity/v3")]
    [InlineData("/identity/v3/")]
    public async Task A_version_shows_where_it_is(string path)
    {
        var answer = await cloud.GetAsync(path, token: null);
        answer.Code.Should().Be(200);
        await LeadsToItselfAsync(answer.Json.GetProperty("version"));
    }

    private async Task LeadsToItselfAsync(System.Text.Json.JsonElement version)
    {
        var self = version.GetProperty("links")[0].GetProperty("href").GetString()!;
        (await cloud.GetAsync(self, token: null)).Json.GetProperty("version").GetProperty("links")[0].GetProperty("href").GetString().Should().Be(self);
    }
}
