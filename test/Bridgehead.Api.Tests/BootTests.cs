using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Store;
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

    [Theory]
    [InlineData(""","tags":["red"]""", "tags")]
    [InlineData(""","hostname":"x" """, "hostname")]
    [InlineData(""","description":"before 2.19" """, "description")]
    [InlineData(""","OS-DCF:diskConfig":"auto" """, "diskConfig")]
    [InlineData(""","adminPass":7""", "adminPass")]
    [InlineData(""","return_reservation_id":"perhaps" """, "return_reservation_id")]
    [InlineData(""","metadata":{"a b/c":"d"}""", "metadata key")]
    [InlineData(""","metadata":{"a":1}""", "string")]
    [InlineData(""","user_data":"not base64!" """, "base64")]
    [InlineData(""","key_name":"nobody's" """, "key_name")]
    [InlineData(""","min_count":0""", "min_count")]
    [InlineData(""","min_count":3,"max_count":2""", "min_count")]
    [InlineData(""","max_count":"many" """, "max_count")]
    [InlineData(""","security_groups":[{"name":"none"}]""", "none")]
    [InlineData(""","networks":[{"uuid":"00000000-0000-0000-0000-000000000000"}]""", "Network")]
    [InlineData(""","networks":[{"tag":"nic"}]""", "tag")]
    [InlineData(""","networks":"auto" """, "networks")]
    [InlineData(""","block_device_mapping_v2":[{"source_type":"volume","uuid":"00000000-0000-0000-0000-000000000000","boot_index":0}]""", "Block Device Mapping")]
    [InlineData(""","block_device_mapping_v2":[{"source_type":"blank","destination_type":"local","boot_index":-1}]""", "Block Device Mapping")]
    public async Task A_body_that_nova_refuses_is_refused_with_its_reason_and_boots_nothing(string more, string reason)
    {
        var before = await CountAsync();
        var refused = await RefusedAsync(more);
        RefusalTests.Check(refused, 400);
        refused.Text.Should().Contain(reason);
        (await CountAsync()).Should().Be(before);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" x")]
    [InlineData("x ")]
    [InlineData("   ")]
    public async Task A_name_that_is_blank_or_has_blanks_around_it_is_refused(string name) => RefusalTests.Check(await cloud.PostAsync(Servers, cloud.ServerBody(name)), 400);

    [Fact]
    public async Task User_data_is_taken_up_to_64_KiB_of_base64()
    {
        (await cloud.BootAsync("user-data", $",\"user_data\":\"{new string('A', 65532)}\"")).Should().NotBeEmpty();
        RefusalTests.Check(await RefusedAsync($",\"user_data\":\"{new string('A', 65536)}\""), 400);
    }

    [Fact]
    public async Task The_answer_has_what_was_given_and_no_more()
    {
        var made = (await cloud.PostAsync(Servers, cloud.ServerBody("answered", ""","adminPass":"mine","OS-DCF:diskConfig":"AUTO" """))).Json.GetProperty("server");
        made.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo("id", "links", "adminPass", "security_groups", "OS-DCF:diskConfig");
        made.GetProperty("adminPass").GetString().Should().Be("mine");
        made.GetProperty("OS-DCF:diskConfig").GetString().Should().Be("AUTO");
        var image = cloud.Image;
        (await cloud.BootAsync("from-image", $$""","block_device_mapping_v2":[{"source_type":"image","destination_type":"local","boot_index":0,"uuid":"{{image}}","delete_on_termination":true}]""")).Should().NotBeEmpty();
    }

    [Fact]
    public async Task Several_servers_have_numbered_names_and_one_reservation()
    {
        var made = await cloud.PostAsync(Servers, cloud.ServerBody("many", ""","min_count":"2","max_count":3,"return_reservation_id":true"""));
        made.Code.Should().Be(202, made.Text);
        made.Json.EnumerateObject().Should().ContainSingle().Which.Name.Should().Be("reservation_id");
        var listed = (await cloud.GetAsync($"{Servers}?reservation_id={made.Json.GetProperty("reservation_id").GetString()}&sort_key=display_name&sort_dir=asc")).Json.GetProperty("servers");
        listed.EnumerateArray().Select(s => s.GetProperty("name").GetString()).Should().Equal("many-1", "many-2", "many-3");
    }

    private Task<long> CountAsync() => cloud.Store.ReadAsync(async s => (long)(await s.Instances.ListAsync(new InstanceFilter { Deleted = null }, null, int.MaxValue, default)).Count, default);

    private Task<Answer> RefusedAsync(string more, string token = "admin") => cloud.PostAsync(Servers, cloud.ServerBody("refused", more), token);
}
