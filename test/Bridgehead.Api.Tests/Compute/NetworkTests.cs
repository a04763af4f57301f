using System.Text.Json;
using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Api.Tests.Compute;

/// <summary>os-networks, os-tenant-networks and os-fixed-ips, line by line of their contract.</summary>
public sealed class NetworkTests(Cloud cloud) : IClassFixture<Cloud>
{
    private const string V = "/compute/v2.1/os-networks";
    private const string Tenant = "/compute/v2.1/os-tenant-networks";
    private const string Fixed = "/compute/v2.1/os-fixed-ips";

    private static readonly string[] Everyones = ["id", "label", "cidr", "netmask", "gateway", "broadcast", "dns1", "dns2", "cidr_v6", "gateway_v6", "netmask_v6"];

    private static readonly string[] Administrators =
    [
        "created_at", "updated_at", "deleted_at", "deleted", "injected", "bridge", "bridge_interface", "vlan", "vpn_public_address", "vpn_public_port", "vpn_private_address", "dhcp_start",
        "dhcp_server", "enable_dhcp", "share_address", "mtu", "project_id", "host", "multi_host", "priority", "rxtx_base",
    ];

    [Fact]
    public async Task Users_see_less_of_a_network_than_administrators()
    {
        var id = await cloud.NetworkAsync("seen", "10.40.0.0/24");
        Names((await cloud.GetAsync($"{V}/{id}")).Json.GetProperty("network")).Should().BeEquivalentTo([.. Everyones, .. Administrators]);
        var member = await cloud.MemberAsync("network reader");
        var shown = (await cloud.GetAsync($"{V}/{id}", member)).Json.GetProperty("network");
        Names(shown).Should().BeEquivalentTo(Everyones);
        shown.GetProperty("netmask").GetString().Should().Be("255.255.255.0");
        shown.GetProperty("gateway").GetString().Should().Be("10.40.0.1");
        shown.GetProperty("broadcast").GetString().Should().Be("10.40.0.255");
        Names((await cloud.GetAsync($"{Tenant}/{id}", member)).Json.GetProperty("network")).Should().BeEquivalentTo("id", "cidr", "label");
        RefusalTests.Check(await cloud.GetAsync($"{V}/seen"), 404);
        RefusalTests.Check(await cloud.GetAsync($"{Tenant}/seen"), 404);
    }

    [Fact]
    public async Task A_projects_network_is_that_projects()
    {
        var (member, stranger) = (await cloud.MemberAsync("network owner"), await cloud.MemberAsync("network stranger"));
        var project = (await cloud.Store.ReadAsync(s => s.Identities.ProjectByNameAsync("default", "network owner", default), default))!.Id;
        var made = await cloud.PostAsync(V, $$$"""{"network":{"label":"owned","cidr":"10.41.0.0/24","project_id":"{{{project}}}"}}""");
        var id = made.Json.GetProperty("network").GetProperty("id").GetString();
        (await cloud.GetAsync(V, member)).Text.Should().Contain("\"owned\"");
        (await cloud.GetAsync(V, stranger)).Text.Should().NotContain("\"owned\"");
        (await cloud.GetAsync(Tenant, stranger)).Text.Should().NotContain("\"owned\"");
        RefusalTests.Check(await cloud.GetAsync($"{V}/{id}", stranger), 404);
        RefusalTests.Check(await cloud.GetAsync($"{Tenant}/{id}", stranger), 404);
        RefusalTests.Check(await cloud.GetAsync($"{V}?marker={id}", stranger), 400);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/{id}", null), 409);
        (await cloud.PostAsync($"{V}/{id}/action", """{"disassociate_project":null}""")).Code.Should().Be(202);
        (await cloud.GetAsync(V, stranger)).Text.Should().Contain("\"owned\"");
        (await cloud.SendAsync("DELETE", $"{V}/{id}", null)).Code.Should().Be(202);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/{id}", null), 404);
    }

    [Fact]
    public async Task A_network_is_associated_and_disassociated()
    {
        var id = await cloud.NetworkAsync("associated", "10.42.0.0/24");
        (await cloud.PostAsync($"{V}/{id}/action", """{"associate_host":"net7"}""")).Code.Should().Be(202);
        (await PartAsync(id, "host")).Should().Be("net7");
        var added = await cloud.PostAsync($"{V}/add", $$"""{"id":"{{id}}"}""");
        added.Code.Should().Be(202);
        added.Text.Should().BeEmpty();
        (await PartAsync(id, "project_id")).Should().NotBeNull();
        (await cloud.PostAsync($"{V}/{id}/action", """{"disassociate_host":null}""")).Code.Should().Be(202);
        (await PartAsync(id, "host")).Should().BeNull();
        (await PartAsync(id, "project_id")).Should().NotBeNull();
        (await cloud.PostAsync($"{V}/{id}/action", """{"associate_host":"net7"}""")).Code.Should().Be(202);
        (await cloud.PostAsync($"{V}/{id}/action", """{"disassociate":null}""")).Code.Should().Be(202);
        (await PartAsync(id, "host")).Should().BeNull();
        (await PartAsync(id, "project_id")).Should().BeNull();
    }

    [Theory]
    [InlineData("/add", """{"id":"6c3d4f8e-0000-4000-8000-000000000000"}""", 400)]
    [InlineData("/add", """{"id":"x"}""", 400)]
    [InlineData("/add", """{"id":null,"a":1}""", 400)]
    [InlineData("/6c3d4f8e-0000-4000-8000-000000000000/action", """{"disassociate":null}""", 404)]
    [InlineData("/6c3d4f8e-0000-4000-8000-000000000000/action", """{"disassociate_host":null}""", 404)]
    [InlineData("/6c3d4f8e-0000-4000-8000-000000000000/action", """{"associate_host":"h"}""", 404)]
    [InlineData("/ID/action", """{"fly":null}""", 400)]
    [InlineData("/ID/action", """{"disassociate":null,"disassociate_host":null}""", 400)]
    [InlineData("/ID/action", """{"associate_host":null}""", 400)]
    [InlineData("/ID/action", """{"associate_host":"a\nb"}""", 400)]
    [InlineData("", """{"network":{"label":"a"}}""", 400)]
    [InlineData("", """{"network":{"cidr":"10.43.0.0/24"}}""", 400)]
    [InlineData("", """{"network":{"label":"a","cidr":"10.43.0.0/24","cidr_v6":"fd43::/64"}}""", 400)]
    [InlineData("", """{"network":{"label":"a","cidr":"10.43.0.0/24","vlan":100}}""", 400)]
    [InlineData("", """{"network":{"label":"a","cidr":"10.43.0.0/24","mtu":"thick"}}""", 400)]
    [InlineData("", """{"network":{"label":"a","cidr":"10.43.0.0/24","enable_dhcp":"perhaps"}}""", 400)]
    [InlineData("", """{"network":{"label":"a","cidr":"10.43.0.0/24","gateway":"10.44.0.1"}}""", 400)]
    [InlineData("", """{"network":{"label":"a","cidr":"10.43.0.0/24","project_id":5}}""", 400)]
    public async Task What_cannot_be_is_refused(string path, string body, int status)
    {
        var id = (await cloud.GetAsync(V)).Json.GetProperty("networks").EnumerateArray().Select(n => n.GetProperty("id").GetString()).FirstOrDefault() ?? await cloud.NetworkAsync("for refusals", "10.45.0.0/24");
        var before = (await cloud.GetAsync(V)).Text;
        RefusalTests.Check(await cloud.PostAsync(V + path.Replace("ID", id), body), status);
        (await cloud.GetAsync(V)).Text.Should().Be(before);
    }

    [Fact]
    public async Task Booleans_and_numbers_may_be_strings()
    {
        var made = await cloud.PostAsync(V, """{"network":{"label":"strings","cidr":"10.46.0.0/24","enable_dhcp":"off","share_address":"1","multi_host":"True","mtu":"1400"}}""");
        var network = made.Json.GetProperty("network");
        (network.GetProperty("enable_dhcp").GetBoolean(), network.GetProperty("share_address").GetBoolean(), network.GetProperty("multi_host").GetBoolean(), network.GetProperty("mtu").GetInt32())
            .Should().Be((false, true, true, 1400));
        var v6 = (await cloud.PostAsync(V, """{"network":{"label":"six","cidr_v6":"fd46::/64"}}""")).Json.GetProperty("network");
        v6.GetProperty("cidr").ValueKind.Should().Be(JsonValueKind.Null);
        v6.GetProperty("cidr_v6").GetString().Should().Be("fd46::/64");
        v6.GetProperty("netmask_v6").GetString().Should().NotBeNull();
    }

    [Fact]
    public async Task Networks_have_pages()
    {
        var first = await cloud.NetworkAsync("page one", "10.47.0.0/24");
        var second = await cloud.NetworkAsync("page two", "10.47.1.0/24");
        var page = (await cloud.GetAsync($"{V}?marker={first}&limit=1")).Json.GetProperty("networks");
        page.GetArrayLength().Should().Be(1);
        (await cloud.GetAsync($"{Tenant}?marker={first}")).Text.Should().Contain(second).And.NotContain(first);
        RefusalTests.Check(await cloud.GetAsync($"{V}?limit=-1"), 400);
        RefusalTests.Check(await cloud.GetAsync($"{V}?marker=x"), 400);
    }

    [Fact]
    public async Task A_projects_network_is_made_by_range()
    {
        var made = await cloud.PostAsync(Tenant, """{"network":{"label":"tenants","cidr":"10.48.0.0/24"}}""");
        made.Code.Should().Be(200, made.Text);
        Names(made.Json.GetProperty("network")).Should().BeEquivalentTo("id", "cidr", "label");
        RefusalTests.Check(await cloud.PostAsync(Tenant, """{"network":{"label":"over","cidr":"10.48.0.128/25"}}"""), 409);
        RefusalTests.Check(await cloud.PostAsync(Tenant, """{"network":{"label":"small","cidr":"10.49.0.0/31"}}"""), 400);
        RefusalTests.Check(await cloud.PostAsync(Tenant, """{"network":{"label":"vlan","cidr":"10.49.0.0/24","vlan_start":5}}"""), 400);
        RefusalTests.Check(await cloud.PostAsync(Tenant, """{"network":{"label":"more","cidr":"10.49.0.0/24","bridge":"br1"}}"""), 400);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Tenant}/{Guid.NewGuid()}", null), 404);
        var path = $"{Tenant}/{made.Json.GetProperty("network").GetProperty("id").GetString()}";
        var id = await cloud.BootAsync("in it", $$""","networks":[{"uuid":"{{made.Json.GetProperty("network").GetProperty("id").GetString()}}"}]""");
        RefusalTests.Check(await cloud.SendAsync("DELETE", path, null), 409);
        await cloud.WriteAsync(async s =>
        {
            await Bridgehead.Store.InstanceRemoval.FinishDeleteAsync(s, (await s.Instances.FindAsync(id, default))!, default);
            return default(Done);
        });
        (await cloud.SendAsync("DELETE", path, null)).Code.Should().Be(202);
    }

    [Fact]
    public async Task A_fixed_address_is_shown_with_its_server_and_reserved()
    {
        var network = await cloud.NetworkAsync("fixed", "10.50.0.0/24");
        await cloud.BootAsync("holder", $$""","networks":[{"uuid":"{{network}}","fixed_ip":"10.50.0.9"}]""");
        (await cloud.GetAsync($"{Fixed}/10.50.0.9")).Text.Should().Be("""{"fixed_ip":{"address":"10.50.0.9","cidr":"10.50.0.0/24","host":"compute1","hostname":"holder"}}""");
        (await cloud.GetAsync($"{Fixed}/10.50.0.8")).Text.Should().Be("""{"fixed_ip":{"address":"10.50.0.8","cidr":"10.50.0.0/24","host":null,"hostname":null}}""");
        (await ReservedAsync("10.50.0.8")).Should().BeFalse();
        (await ReservedAsync("10.50.0.1")).Should().BeTrue("it is the gateway");
        (await cloud.PostAsync($"{Fixed}/10.50.0.8/action", """{"reserve":null}""")).Code.Should().Be(202);
        (await ReservedAsync("10.50.0.8")).Should().BeTrue();
        RefusalTests.Check(await cloud.PostAsync("/compute/v2.1/servers", cloud.ServerBody("late", $$""","networks":[{"uuid":"{{network}}","fixed_ip":"10.50.0.8"}]""")), 400);
        (await cloud.PostAsync($"{Fixed}/10.50.0.8/action", """{"unreserve":null}""")).Code.Should().Be(202);
        (await ReservedAsync("10.50.0.8")).Should().BeFalse();
        RefusalTests.Check(await cloud.PostAsync($"{Fixed}/10.50.0.8/action", """{"fly":null}"""), 400);
        RefusalTests.Check(await cloud.PostAsync($"{Fixed}/10.50.0.8/action", """{"reserve":null,"unreserve":null}"""), 400);
        RefusalTests.Check(await cloud.PostAsync($"{Fixed}/10.250.0.8/action", """{"reserve":null}"""), 404);
        RefusalTests.Check(await cloud.GetAsync($"{Fixed}/10.250.0.8"), 404);
        RefusalTests.Check(await cloud.GetAsync($"{Fixed}/10.50.0.08"), 400);
        RefusalTests.Check(await cloud.PostAsync($"{Fixed}/x/action", """{"reserve":null}"""), 400);
        RefusalTests.Check(await cloud.GetAsync($"{Fixed}/10.50.0.8", await cloud.MemberAsync("address reader")), 403);
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(p => p.Name);

    private async Task<string?> PartAsync(string id, string name) => (await cloud.GetAsync($"{V}/{id}")).Json.GetProperty("network").GetProperty(name).GetString();

    private async Task<bool> ReservedAsync(string address) => (await cloud.GetAsync($"{Fixed}/{address}", version: "2.4")).Json.GetProperty("fixed_ip").GetProperty("reserved").GetBoolean();
}
