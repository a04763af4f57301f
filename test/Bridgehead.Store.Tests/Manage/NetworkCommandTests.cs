using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Store.Tests.Manage;

public sealed class NetworkCommandTests
{
    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task The_article_s_network_is_created_by_position(string kind)
    {
        await using var at = await Operator.AtAsync(kind);
        (await at.DoAsync("network create mynet 10.10.10.0/24")).Should().BeEmpty();
        var network = (await at.NetworksAsync()).Should().ContainSingle().Subject;
        (network.Label, network.Cidr!.Value.ToString(), network.Bridge.ToString()).Should().Be(("mynet", "10.10.10.0/24", "br100"));
        (network.Gateway!.ToString(), network.DhcpStart!.ToString(), network.Dns1!.ToString()).Should().Be(("10.10.10.1", "10.10.10.2", "8.8.4.4"));
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Every_flag_reaches_the_network_in_both_spellings(string kind)
    {
        await using var at = await Operator.AtAsync(kind);
        var uuid = Guid.NewGuid();
        await at.DoAsync(
            $"network create --label=a --fixed-range-v4 10.1.0.0/24 --fixed_range_v6=fd00:1::/64 --multi-host T --gateway 10.1.0.254 --gateway-v6 fd00:1::9 --bridge br7 --bridge-interface eth7 " +
            $"--dns1 9.9.9.9 --dns2=1.1.1.1 --project-id admin --priority 3 --uuid {uuid} --fixed-cidr 10.1.0.64/26 --mtu 1400");
        var n = (await at.NetworksAsync()).Should().ContainSingle().Subject;
        (n.Uuid, n.MultiHost, n.Priority, n.Mtu).Should().Be((uuid, true, 3, 1400));
        (n.Gateway!.ToString(), n.GatewayV6!.ToString(), n.Dns1!.ToString(), n.Dns2!.ToString()).Should().Be(("10.1.0.254", "fd00:1::9", "9.9.9.9", "1.1.1.1"));
        (n.Bridge.ToString(), n.BridgeInterface.ToString(), n.CidrV6!.Value.ToString()).Should().Be(("br7", "eth7", "fd00:1::/64"));
        (n.Bottom, n.Top, n.ProjectId).Should().Be((64, 127, await at.ProjectAsync()));
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_range_is_split_into_numbered_networks(string kind)
    {
        await using var at = await Operator.AtAsync(kind);
        await at.DoAsync("network create --label n --range_v4 10.2.0.0/16 --num_networks 3 --network_size 256");
        (await at.NetworksAsync()).Select(n => $"{n.Label} {n.Cidr}").Should().Equal("n_0 10.2.0.0/24", "n_1 10.2.1.0/24", "n_2 10.2.2.0/24");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Networks_are_listed_in_nova_s_columns(string kind)
    {
        await using var at = await Operator.AtAsync(kind);
        (await at.DoAsync("network list")).Should().Equal("No networks found");
        await at.DoAsync("network create mynet 10.10.10.0/24");
        var uuid = (await at.NetworksAsync())[0].Uuid;
        (await at.DoAsync("network list")).Should().Equal(
            "id   \tIPv4              \tIPv6           \tstart address  \tDNS1           \tDNS2           \tVlanID         \tproject        \tuuid           ",
            $"1    \t10.10.10.0/24     \tNone           \t10.10.10.2     \t8.8.4.4        \tNone           \tNone           \tNone           \t{uuid}");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_network_is_deleted_by_range_or_uuid_once_its_project_lets_go(string kind)
    {
        await using var at = await Operator.AtAsync(kind);
        await at.DoAsync("network create a 10.1.0.0/24");
        await at.DoAsync("network create b 10.2.0.0/24 --project_id admin");
        await at.DoAsync("network delete 10.1.0.0/24");
        var b = (await at.NetworksAsync()).Should().ContainSingle().Subject;
        (await at.FailAsync($"network delete --uuid {b.Uuid}")).Should().Contain("must be disassociated");
        await at.DoAsync("network modify --fixed_range 10.2.0.0/24 --disassociate-project");
        await at.DoAsync($"network delete --uuid={b.Uuid}");
        (await at.NetworksAsync()).Should().BeEmpty();
        (await at.FailAsync("network delete 10.1.0.0/24")).Should().Be("error: There is no network with the range 10.1.0.0/24.");
        (await at.FailAsync("network delete", 2)).Should().StartWith("error: Which network?");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_network_in_use_is_not_deleted(string kind)
    {
        await using var at = await Operator.AtAsync(kind);
        await at.DoAsync("network create a 10.1.0.0/24");
        var network = (await at.NetworksAsync())[0];
        await at.Store.WriteAsync(
            async s =>
            {
                var nic = await s.VirtualInterfaces.AddAsync(network.Id, Guid.NewGuid(), Operator.Cancel);
                return await s.FixedIps.AllocateAsync(network, nic!.Id, nic.InstanceUuid, s.Now, Operator.Cancel);
            },
            Operator.Cancel);
        (await at.FailAsync("network delete 10.1.0.0/24")).Should().Contain("still in use");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Project_and_host_are_set_and_cleared_but_not_both_at_once(string kind)
    {
        await using var at = await Operator.AtAsync(kind);
        await at.DoAsync("network create a 10.1.0.0/24");
        await at.DoAsync("network modify 10.1.0.0/24 --project admin --host node7");
        var network = (await at.NetworksAsync())[0];
        (network.ProjectId, network.Host).Should().Be((await at.ProjectAsync(), "node7"));
        (await at.FailAsync("network modify 10.1.0.0/24 --host x --disassociate-host")).Should().Contain("exclude each other");
        await at.DoAsync("network modify 10.1.0.0/24 --disassociate-host --disassociate-project");
        network = (await at.NetworksAsync())[0];
        (network.ProjectId, network.Host).Should().Be((null, null));
    }

    [Theory]
    [InlineData("network create", 2, "error: The network needs a label: network create LABEL RANGE.")]
    [InlineData("network create a", 1, "error: Network create requires at least one of cidr and cidr_v6.")]
    [InlineData("network create a 10.10.10.5/24", 1, "error: cidr 10.10.10.5/24 is not a valid IPv4 network: write it as address/prefix without host bits, such as 10.10.10.0/24.")]
    [InlineData("network create a 10.1.0.0/24 --vlan 100", 1, "error: VLAN mode is not there yet: leave out --vlan.")]
    [InlineData("network create a 10.1.0.0/24 --num_networks two", 1, "error: num_networks must be a whole number, not 'two'.")]
    [InlineData("network create a 10.1.0.0/24 --multi_host maybe", 1, "error: multi_host must be T or F, not 'maybe'.")]
    [InlineData("network create a 10.1.0.0/24 --bridge br/0", 1, "error: 'br/0' is not an interface name.")]
    [InlineData("network create a 10.1.0.0/24 --project_id nobody", 1, "error: There is no project 'nobody'.")]
    [InlineData("network create a 10.1.0.0/24 --uuid 7", 1, "error: uuid 7 is not a uuid.")]
    [InlineData("network create a 10.1.0.0/24 --dns1 8.8.8", 1, "error: dns1 8.8.8 is not an IP address.")]
    public async Task A_refusal_is_one_sentence(string line, int code, string sentence)
    {
        await using var at = await Operator.AtAsync("sqlite");
        (await at.FailAsync(line, code)).Should().Be(sentence);
        (await at.NetworksAsync()).Should().BeEmpty();
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_range_that_overlaps_a_network_is_refused(string kind)
    {
        await using var at = await Operator.AtAsync(kind);
        await at.DoAsync("network create a 10.1.0.0/24");
        (await at.FailAsync("network create b 10.1.0.0/25")).Should().Contain("conflicts with existing network a");
    }
}
