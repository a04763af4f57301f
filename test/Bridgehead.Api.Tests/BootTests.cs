using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>What may be asked of a new server, and what is said when it may not.</summary>
public sealed class BootTests(Cloud cloud) : IClassFixture<Cloud>
{
    private const string Servers = "/compute/v2.1/servers";

    [Fact]
    public async Task A_zone_that_no_compute_host_has_is_refused()
    {
        var refused = await RefusedAsync(""","availability_zone":"moon" """);
        refused.Code.Should().Be(400);
        refused.Text.Should().Contain("The requested availability zone is not available");
        (await cloud.BootAsync("zoned", ""","availability_zone":"nova" """)).Should().NotBeEmpty();
    }

    [Fact]
    public async Task An_administrator_names_a_host_of_a_zone_and_nobody_else()
    {
        await cloud.WriteAsync(s => s.Services.BeatAsync("compute2", Binaries.Compute, "far", default));
        var id = await cloud.BootAsync("forced", ""","availability_zone":"far:compute2" """);
        var server = (await cloud.GetAsync($"{Servers}/{id}")).Json.GetProperty("server");
        server.GetProperty("OS-EXT-SRV-ATTR:host").GetString().Should().Be("compute2");
        server.GetProperty("OS-EXT-AZ:availability_zone").GetString().Should().Be("far");

        (await RefusedAsync(""","availability_zone":"nova:compute2" """)).Code.Should().Be(400);
        (await RefusedAsync(""","availability_zone":"far:nowhere" """)).Code.Should().Be(400);
        (await RefusedAsync(""","availability_zone":"far:compute2" """, await cloud.MemberAsync("forcer"))).Code.Should().Be(403);
        (await RefusedAsync(""","availability_zone":"far:compute2" """, "admin")).Code.Should().Be(202);
    }

    [Fact]
    public async Task A_zone_holds_the_servers_that_ask_for_it()
    {
        await cloud.WriteAsync(s => s.Services.BeatAsync("compute3", Binaries.Compute, "near", default));
        for (var i = 0; i < 3; i++)
        {
            var id = await cloud.BootAsync($"near{i}", ""","availability_zone":"near" """);
            (await cloud.GetAsync($"{Servers}/{id}")).Json.GetProperty("server").GetProperty("OS-EXT-SRV-ATTR:host").GetString().Should().Be("compute3");
        }
    }

    [Fact]
    public async Task One_address_is_not_for_two_servers()
    {
        var network = await cloud.NetworkAsync("once", "10.31.0.0/24");
        var refused = await RefusedAsync($$""","min_count":2,"networks":[{"uuid":"{{network}}","fixed_ip":"10.31.0.9"}]""");
        refused.Code.Should().Be(400);
        refused.Text.Should().Contain("max_count cannot be greater than 1 if a fixed_ip is specified");
        (await cloud.BootAsync("single", $$""","networks":[{"uuid":"{{network}}","fixed_ip":"10.31.0.9"}]""")).Should().NotBeEmpty();
    }

    [Theory]
    [InlineData("""[{"path":"/a","contents":"***"}]""", 400, "base64")]
    [InlineData("""[{"path":"","contents":""}]""", 400, "path")]
    [InlineData("""[{"path":"/a\nb","contents":""}]""", 400, "path")]
    [InlineData("""[{"path":"/a"}]""", 400, "contents")]
    [InlineData("""["/a"]""", 400, "list of objects")]
    [InlineData("""[{"path":"/1","contents":""},{"path":"/2","contents":""},{"path":"/3","contents":""},{"path":"/4","contents":""},{"path":"/5","contents":""},{"path":"/6","contents":""}]""", 403, "injected_files")]
    public async Task Files_that_cannot_be_given_are_refused(string files, int code, string reason)
    {
        var refused = await RefusedAsync($""","personality":{files}""");
        refused.Code.Should().Be(code);
        refused.Text.Should().Contain(reason);
    }

    [Theory]
    [InlineData("accessIPv4", "fd00::1")]
    [InlineData("accessIPv6", "1.2.3.4")]
    [InlineData("accessIPv4", "1.2.3.04")]
    public async Task An_access_address_is_one_of_its_kind(string name, string value)
    {
        (await RefusedAsync($$""","{{name}}":"{{value}}" """)).Code.Should().Be(400);
        var id = await cloud.BootAsync("access");
        (await cloud.SendAsync("PUT", $"{Servers}/{id}", $$$"""{"server":{"{{{name}}}":"{{{value}}}"}}""")).Code.Should().Be(400);
    }

    [Fact]
    public async Task Files_have_their_quota()
    {
        var large = Convert.ToBase64String(new byte[10241]);
        (await RefusedAsync($$""","personality":[{"path":"/a","contents":"{{large}}"}]""")).Code.Should().Be(403);
        (await RefusedAsync($$""","personality":[{"path":"/{{new string('a', 255)}}","contents":""}]""")).Code.Should().Be(403);
    }

    private Task<Answer> RefusedAsync(string more, string token = "admin") => cloud.PostAsync(Servers, cloud.ServerBody("refused", more), token);
}
