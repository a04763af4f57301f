using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>What one may read of a server beside the server itself.</summary>
public sealed class ServerReadingTests(InhabitedCloud cloud) : IClassFixture<InhabitedCloud>
{
    private string Server => $"/compute/v2.1/servers/{cloud.Owned}";

    [Fact]
    public async Task Addresses_of_one_network_are_listed_under_its_label()
    {
        var answer = await cloud.GetAsync($"{Server}/ips/taken");
        answer.Code.Should().Be(200);
        var address = answer.Json.GetProperty("taken")[0];
        address.GetProperty("version").GetInt32().Should().Be(4);
        address.GetProperty("addr").GetString().Should().StartWith("10.7.0.");
        RefusalTests.Check(await cloud.GetAsync($"{Server}/ips/other"), 404);
        RefusalTests.Check(await cloud.GetAsync($"{Server}/ips/taken", cloud.Stranger), 404);
    }

    [Fact]
    public async Task Its_security_groups_are_whole()
    {
        var groups = (await cloud.GetAsync($"{Server}/os-security-groups")).Json.GetProperty("security_groups");
        groups.EnumerateArray().Select(group => group.GetProperty("name").GetString()).Should().Equal("default");
        groups[0].TryGetProperty("rules", out _).Should().BeTrue();
        RefusalTests.Check(await cloud.GetAsync($"{Server}/os-security-groups", cloud.Stranger), 404);
    }

    [Fact]
    public async Task A_password_that_the_server_posted_is_read_and_cleared()
    {
        (await cloud.WriteAsync(s => s.ServerPasswords.SetOnceAsync(cloud.Owned, "c2VjcmV0", default))).Should().BeTrue();
        (await cloud.GetAsync($"{Server}/os-server-password")).Json.GetProperty("password").GetString().Should().Be("c2VjcmV0");
        RefusalTests.Check(await cloud.GetAsync($"{Server}/os-server-password", cloud.Stranger), 404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Server}/os-server-password", null, cloud.Stranger), 404);
        (await cloud.SendAsync("DELETE", $"{Server}/os-server-password", null)).Code.Should().Be(204);
        (await cloud.GetAsync($"{Server}/os-server-password")).Json.GetProperty("password").GetString().Should().Be("");
    }
}
