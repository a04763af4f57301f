using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Pure.Tests.Cli;

/// <summary>What each command asks of the cloud.</summary>
public sealed class RequestTests
{
    private const string S = FakeCloud.Server;
    private const string N = FakeCloud.Network;
    private readonly FakeCloud _cloud = new();

    [Theory]
    [InlineData("start myserver", "POST servers/S/action {\"os-start\":null}")]
    [InlineData("stop myserver", "POST servers/S/action {\"os-stop\":null}")]
    [InlineData("reboot myserver", "POST servers/S/action {\"reboot\":{\"type\":\"SOFT\"}}")]
    [InlineData("reboot --hard myserver", "POST servers/S/action {\"reboot\":{\"type\":\"HARD\"}}")]
    [InlineData("delete myserver", "DELETE servers/S")]
    [InlineData("rename myserver other", "PUT servers/S {\"server\":{\"name\":\"other\"}}")]
    [InlineData("update --name other myserver", "PUT servers/S {\"server\":{\"name\":\"other\"}}")]
    [InlineData("meta myserver set a=1 b=2", "POST servers/S/metadata {\"metadata\":{\"a\":\"1\",\"b\":\"2\"}}")]
    [InlineData("meta myserver delete a", "DELETE servers/S/metadata/a")]
    [InlineData("add-fixed-ip myserver N", "POST servers/S/action {\"addFixedIp\":{\"networkId\":\"N\"}}")]
    [InlineData("add-fixed-ip myserver mynet", "POST servers/S/action {\"addFixedIp\":{\"networkId\":\"N\"}}")]
    [InlineData("remove-fixed-ip myserver 10.0.0.2", "POST servers/S/action {\"removeFixedIp\":{\"address\":\"10.0.0.2\"}}")]
    [InlineData("add-secgroup myserver web", "POST servers/S/action {\"addSecurityGroup\":{\"name\":\"web\"}}")]
    [InlineData("remove-secgroup myserver web", "POST servers/S/action {\"removeSecurityGroup\":{\"name\":\"web\"}}")]
    [InlineData("list-secgroup myserver", "GET servers/S/os-security-groups")]
    [InlineData("floating-ip-create pool2", "POST os-floating-ips {\"pool\":\"pool2\"}")]
    [InlineData("floating-ip-delete 192.168.1.233", "DELETE os-floating-ips/5")]
    [InlineData("floating-ip-bulk-list --host h1", "GET os-floating-ips-bulk/h1")]
    [InlineData("floating-ip-bulk-create --pool p --interface eth1 192.168.1.232/30", "POST os-floating-ips-bulk {\"floating_ips_bulk_create\":{\"ip_range\":\"192.168.1.232/30\",\"pool\":\"p\",\"interface\":\"eth1\"}}")]
    [InlineData("floating-ip-bulk-delete 192.168.1.232/30", "PUT os-floating-ips-bulk/delete {\"ip_range\":\"192.168.1.232/30\"}")]
    [InlineData("secgroup-delete web", "DELETE os-security-groups/12")]
    [InlineData("secgroup-delete 12", "DELETE os-security-groups/12")]
    [InlineData("secgroup-update web www site", "PUT os-security-groups/12 {\"security_group\":{\"name\":\"www\",\"description\":\"site\"}}")]
    [InlineData("secgroup-delete-rule default TCP 22 22 0.0.0.0/0", "DELETE os-security-group-rules/7")]
    [InlineData("secgroup-delete-group-rule default web", "DELETE os-security-group-rules/8")]
    [InlineData("secgroup-add-group-rule default web tcp 80 81", "POST os-security-group-rules {\"security_group_rule\":{\"ip_protocol\":\"TCP\",\"from_port\":80,\"to_port\":81,\"cidr\":null,\"group_id\":12,\"parent_group_id\":1}}")]
    [InlineData("secgroup-add-group-rule default web", "POST os-security-group-rules {\"security_group_rule\":{\"ip_protocol\":null,\"from_port\":null,\"to_port\":null,\"cidr\":null,\"group_id\":12,\"parent_group_id\":1}}")]
    [InlineData("secgroup-add-default-rule icmp -1 -1 0.0.0.0/0", "POST os-security-group-default-rules {\"security_group_default_rule\":{\"ip_protocol\":\"icmp\",\"from_port\":-1,\"to_port\":-1,\"cidr\":\"0.0.0.0/0\"}}")]
    [InlineData("keypair-add k", "POST os-keypairs {\"keypair\":{\"name\":\"k\"}}")]
    [InlineData("keypair-delete a/b", "DELETE os-keypairs/a/b")]
    [InlineData("network-create --fixed-range-v4 10.0.0.0/24 --bridge br100 --multi-host T --mtu 1400 mynet", "POST os-networks {\"network\":{\"label\":\"mynet\",\"cidr\":\"10.0.0.0/24\",\"bridge\":\"br100\",\"multi_host\":true,\"mtu\":1400}}")]
    [InlineData("network-delete mynet", "DELETE os-networks/N")]
    [InlineData("network-disassociate mynet", "POST os-networks/N/action {\"disassociate\":null}")]
    [InlineData("network-disassociate --host-only 1 mynet", "POST os-networks/N/action {\"disassociate_host\":null}")]
    [InlineData("network-disassociate --project-only=1 mynet", "POST os-networks/N/action {\"disassociate_project\":null}")]
    [InlineData("network-associate-host mynet h1", "POST os-networks/N/action {\"associate_host\":\"h1\"}")]
    [InlineData("network-associate-project mynet", "POST os-networks/add {\"id\":\"N\"}")]
    [InlineData("fixed-ip-reserve 10.0.0.2", "POST os-fixed-ips/10.0.0.2/action {\"reserve\":null}")]
    [InlineData("fixed-ip-unreserve 10.0.0.2", "POST os-fixed-ips/10.0.0.2/action {\"unreserve\":null}")]
    [InlineData("service-disable --reason tired h1", "PUT os-services/disable-log-reason {\"host\":\"h1\",\"binary\":\"nova-compute\",\"disabled_reason\":\"tired\"}")]
    [InlineData("service-enable h1 nova-network", "PUT os-services/enable {\"host\":\"h1\",\"binary\":\"nova-network\"}")]
    [InlineData("quota-update --instances 5 --floating-ips -1 p2", "PUT os-quota-sets/p2 {\"quota_set\":{\"instances\":5,\"floating_ips\":-1}}")]
    [InlineData("quota-show", "GET os-quota-sets/p1")]
    [InlineData("dns-create 192.168.1.233 www example.org", "PUT os-floating-ip-dns/example%2Eorg/entries/www {\"dns_entry\":{\"ip\":\"192.168.1.233\",\"dns_type\":\"A\"}}")]
    [InlineData("flavor-create big auto 4096 40 4", "POST flavors {\"flavor\":{\"name\":\"big\",\"id\":null,\"ram\":4096,\"disk\":40,\"vcpus\":4,\"swap\":0,\"OS-FLV-EXT-DATA:ephemeral\":0,\"rxtx_factor\":1,\"os-flavor-access:is_public\":true}}")]
    [InlineData("tenant-network-create mynet 10.0.0.0/24", "POST os-tenant-networks {\"network\":{\"label\":\"mynet\",\"cidr\":\"10.0.0.0/24\"}}")]
    public async Task A_command_ends_with_its_request(string typed, string expected)
    {
        expected = expected.Replace("/S", $"/{S}", StringComparison.Ordinal).Replace("/N", $"/{N}", StringComparison.Ordinal).Replace("\"N\"", $"\"{N}\"", StringComparison.Ordinal);
        _cloud.WithServer().WithImageAndFlavor().WithGroups()
            .On("GET os-networks", $$$"""{"networks":[{"id":"{{{N}}}","label":"mynet"}]}""")
            .On("GET os-floating-ips", """{"floating_ips":[{"id":5,"ip":"192.168.1.233"}]}""");
        if (!_cloud.Knows(expected))
        {
            _cloud.On(expected.Split(" {")[0], "{}", 200);
        }

        var run = await _cloud.RunAsync([.. typed.Split(' ').Select(word => word == "N" ? N : word)]);
        run.Error.Should().BeEmpty();
        run.Code.Should().Be(0);
        _cloud.Asked[^1].Should().Be(expected);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("auto")]
    public async Task Words_for_networks_are_sent_with_the_first_version_that_has_them(string word)
    {
        _cloud.WithServer().WithImageAndFlavor().On("POST servers", $$$"""{"server":{"id":"{{{S}}}"}}""", 202);
        var run = await _cloud.RunAsync("boot", "--image", "cirros", "--flavor", "1", "--nic", word, "myserver");
        run.Error.Should().BeEmpty();
        var index = _cloud.Asked.FindIndex(asked => asked.StartsWith("POST servers", StringComparison.Ordinal));
        _cloud.Asked[index].Should().Contain($"\"networks\":\"{word}\"");
        _cloud.Requests.First(r => r.Method == HttpMethod.Post && r.RequestUri!.AbsolutePath.EndsWith("/servers", StringComparison.Ordinal))
            .Headers.GetValues("X-OpenStack-Nova-API-Version").Should().Equal("2.37");

        (await _cloud.RunAsync("--os-compute-api-version", "2.30", "boot", "--image", "cirros", "--flavor", "1", "--nic", word, "myserver")).Error.Should().Contain("2.37");
    }

    [Fact]
    public async Task Several_servers_are_deleted_and_those_that_cannot_be_are_told()
    {
        _cloud.WithServer("a").On($"DELETE servers/{S}", "", 204).On("GET servers/detail?name=^b$", """{"servers":[]}""");
        var run = await _cloud.RunAsync("delete", "b", "a");
        run.Should().Be(new Run(
            1,
            "Request to delete server a has been accepted.\n",
            "No server with a name or ID of 'b' exists.\nERROR (CommandError): Unable to delete the specified server(s).\n"));
    }

    [Fact]
    public async Task Filters_go_into_the_query_and_a_limit_of_minus_one_reads_all_pages()
    {
        _cloud.On("GET servers/detail?ip=10.10.&status=ACTIVE&host=h1&sort_key=name&sort_dir=asc", $$"""{"servers":[{{FakeCloud.ServerJson("z")}}]}""")
            .On($"GET servers/detail?ip=10.10.&status=ACTIVE&host=h1&sort_key=name&sort_dir=asc&marker={S}", """{"servers":[]}""");
        var run = await _cloud.RunAsync("list", "--status", "ACTIVE", "--host", "h1", "--ip", "10.10.", "--sort", "name:asc", "--limit", "-1", "--fields", "name,OS-EXT-STS:power_state,networks");
        run.Error.Should().BeEmpty();
        run.Output.Should().Contain("| ID                                   | Name | OS-EXT-STS: Power State | Networks ");
        _cloud.Asked.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_private_key_is_printed_as_it_came_and_a_public_key_is_sent()
    {
        _cloud.Files["id.pub"] = "ssh-rsa AAAA me\n";
        _cloud.On("POST os-keypairs", """{"keypair":{"name":"k","private_key":"-----BEGIN\nabc\n-----END\n"}}""");
        (await _cloud.RunAsync("keypair-add", "k")).Output.Should().Be("-----BEGIN\nabc\n-----END\n");
        (await _cloud.RunAsync("keypair-add", "--pub-key", "id.pub", "k")).Output.Should().BeEmpty();
        _cloud.Asked[^1].Should().Be("""POST os-keypairs {"keypair":{"name":"k","public_key":"ssh-rsa AAAA me"}}""");
    }

    [Fact]
    public async Task Limits_put_use_beside_maximum()
    {
        _cloud.On("GET limits", """{"limits":{"rate":[],"absolute":{"maxTotalCores":20,"totalCoresUsed":3,"maxPersonalitySize":10240,"maxTotalRAMSize":51200,"totalRAMUsed":512,"maxServerMeta":128}}}""");
        (await _cloud.RunAsync("absolute-limits")).Output.Should().Be("""
            +------------------+------+-------+
            | Name             | Used | Max   |
            +------------------+------+-------+
            | Cores            | 3    | 20    |
            | Personality Size | -    | 10240 |
            | RAM              | 512  | 51200 |
            | Server Meta      | -    | 128   |
            +------------------+------+-------+

            """);
    }

    [Fact]
    public async Task Zones_fall_back_to_what_everybody_may_see()
    {
        _cloud.On("GET os-availability-zone/detail", """{"forbidden":{"code":403,"message":"no"}}""", 403)
            .On("GET os-availability-zone", """{"availabilityZoneInfo":[{"zoneName":"nova","zoneState":{"available":true},"hosts":null}]}""");
        (await _cloud.RunAsync("availability-zone-list")).Output.Should().Contain("| nova | available |");
    }
}
