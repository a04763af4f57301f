using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Store.Tests.Manage;

public sealed class AddressCommandTests
{
    [Theory]
    [InlineData("sqlite", "--ip_range=192.168.1.232/30")]
    [InlineData("sqlite", "--ip-range 192.168.1.232/30")]
    [InlineData("sqlite", "192.168.1.232/30")]
    [InlineData("postgres", "--ip_range=192.168.1.232/30")]
    public async Task The_article_s_floating_range_has_two_addresses(string kind, string range)
    {
        await using var at = await Operator.AtAsync(kind);
        (await at.DoAsync("floating list")).Should().Equal("No floating IP addresses have been defined.");
        (await at.DoAsync($"floating create {range}")).Should().BeEmpty();
        (await at.DoAsync("floating list")).Should().Equal("None\t192.168.1.233\tNone\tnova\teth0", "None\t192.168.1.234\tNone\tnova\teth0");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Floating_ranges_go_to_a_pool_and_interface_and_away_again(string kind)
    {
        await using var at = await Operator.AtAsync(kind);
        await at.DoAsync("floating create --ip_range 172.16.0.0/29 --pool outside --interface eth9");
        (await at.FloatingAsync()).Should().HaveCount(6).And.OnlyContain(f => f.Pool == "outside" && f.Interface == "eth9");
        (await at.FailAsync("floating create 172.16.0.6")).Should().Be("error: Floating IP 172.16.0.6 already exists.");
        (await at.FailAsync("floating create 172.16.0.0/31")).Should().Contain("give single addresses");
        await at.DoAsync("floating delete --ip_range 172.16.0.0/30");
        (await at.FloatingAsync()).Select(f => f.Address.ToString()).Should().Equal("172.16.0.3", "172.16.0.4", "172.16.0.5", "172.16.0.6");
        (await at.DoAsync("floating list --host node1")).Should().Equal("No floating IP addresses have been defined.");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_reserved_address_is_skipped_until_it_is_given_back(string kind)
    {
        await using var at = await Operator.AtAsync(kind);
        (await at.DoAsync("fixed list")).Should().Equal("No fixed IP found.");
        await at.DoAsync("network create a 10.1.0.0/24");
        await at.DoAsync("fixed reserve 10.1.0.2");
        (await AllocateAsync(at)).Should().Be("10.1.0.3");
        (await at.DoAsync("fixed get 10.1.0.2")).Should().Contain(line => line.StartsWith("reserved", StringComparison.Ordinal) && line.EndsWith("True", StringComparison.Ordinal));
        await at.DoAsync("fixed unreserve --address=10.1.0.2");
        (await at.DoAsync("fixed get 10.1.0.2")).Should().Contain(line => line.StartsWith("reserved", StringComparison.Ordinal) && line.EndsWith("False", StringComparison.Ordinal));
        (await at.FailAsync("fixed reserve 10.9.0.2", 2)).Should().Be("error: Fixed IP 10.9.0.2 not found");
        (await at.FailAsync("fixed get 10.9.0.2", 2)).Should().Be("error: Fixed IP 10.9.0.2 not found");
        (await at.FailAsync("fixed reserve ten", 2)).Should().Be("error: ten is not an IP address.");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Fixed_addresses_are_listed_with_a_warning_when_their_instance_is_gone(string kind)
    {
        await using var at = await Operator.AtAsync(kind);
        await at.DoAsync("network create a 10.1.0.0/24");
        await AllocateAsync(at);
        var (code, output, error) = await at.TypeAsync("fixed list");
        (code, output).Should().Be((0, "network           \tIP address     \thostname       \thost\n10.1.0.0/24       \t10.1.0.2       \tNone           \tNone\n"));
        error.Should().StartWith("warning: 10.1.0.2 belongs to instance ");
        (await at.DoAsync("fixed list --host node1")).Should().Equal("No fixed IP found.");
    }

    private static async Task<string?> AllocateAsync(Operator at)
    {
        var network = (await at.NetworksAsync())[0];
        return await at.Store.WriteAsync(
            async s =>
            {
                var nic = await s.VirtualInterfaces.AddAsync(network.Id, Guid.NewGuid(), Operator.Cancel);
                return (await s.FixedIps.AllocateAsync(network, nic!.Id, nic.InstanceUuid, s.Now, Operator.Cancel))?.ToString();
            },
            Operator.Cancel);
    }
}
