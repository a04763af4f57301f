using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules;

public sealed class PortGuardTests
{
    private static readonly GuardedPort Port = new(DeviceName.Parse("tap00000001-00"), MacAddress.Parse("fa:16:3e:00:00:01"), [Ip.Parse("10.10.10.2"), Ip.Parse("fd00:1::f816:3eff:fe00:1")]);

    [Theory]
    [InlineData(true, "port-guard-ipv6.nft")]
    [InlineData(false, "port-guard.nft")]
    public void The_whole_table(bool ipv6, string file) => Golden.Matches(PortGuardText.Whole([Port], ipv6), $"test/Bridgehead.Pure.Tests/Rules/golden/{file}");

    [Fact]
    public void A_port_is_taken_away_by_the_elements_that_put_it()
    {
        PortGuardText.Put(Port).Should().NotBeEmpty();
        PortGuardText.Remove(Port).Should().Be(PortGuardText.Put(Port).Replace("add element", "delete element", StringComparison.Ordinal));
    }

    [Fact]
    public void A_port_may_use_its_link_local_address() =>
        PortGuardText.Put(Port).Should().Contain("src6_ok { \"tap00000001-00\" . fa:16:3e:00:00:01 . fe80::f816:3eff:fe00:1 }");
}
