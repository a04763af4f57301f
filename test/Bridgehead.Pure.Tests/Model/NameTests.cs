using AwesomeAssertions;
using Bridgehead.Model;
using CsCheck;
using Xunit;

namespace Bridgehead.Pure.Tests.Model;

public sealed class NameTests
{
    private static readonly Gen<MacAddress> Mac = Gen.Long[0, 0xffff_ffff_ffff].Select(value => new MacAddress(value));

    [Theory]
    [InlineData("")]
    [InlineData("fa:16:3e:00:00")]
    [InlineData("fa:16:3e:00:00:0")]
    [InlineData("fa-16-3e-00-00-01")]
    [InlineData("fa:16:3e:00:00:0g")]
    [InlineData("fa:16:3e:00:00:01\n")]
    [InlineData("fa:16:3e:00:00:01,")]
    [InlineData("fa163e:00:00:01:0")]
    public void What_is_not_six_pairs_is_no_MAC(string text) => MacAddress.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void A_MAC_is_parsed_back_in_either_case() =>
        Mac.Sample(mac => MacAddress.Parse(mac.ToString()) == mac && MacAddress.Parse(mac.ToString().ToUpperInvariant()) == mac && mac.ToString().Length == 17);

    [Fact]
    public void Interfaces_of_instances_have_OpenStacks_prefix() =>
        Gen.Int.Sample(random => MacAddress.ForInstance(random).ToString().StartsWith("fa:16:3e:", StringComparison.Ordinal));

    [Fact]
    public void An_IPv6_address_of_a_MAC_is_in_the_prefix_and_different_for_different_MACs()
    {
        MacAddress.Parse("fa:16:3e:12:34:56").Eui64(Cidr.Parse("fd00:1::/64")).ToString().Should().Be("fd00:1::f816:3eff:fe12:3456");
        Gen.Select(Mac, Mac).Sample((one, other) => Cidr.Parse("fd00:1::/64").Contains(one.Eui64(Cidr.Parse("fd00:1::/64"))) &&
            one == other == one.Eui64(Cidr.Parse("fd00:1::/64")).Equals(other.Eui64(Cidr.Parse("fd00:1::/64"))));
    }

    [Theory]
    [InlineData("br100", true)]
    [InlineData("br-0123456789a", true)]
    [InlineData("eth0.100", true)]
    [InlineData("fifteen-letters", true)]
    [InlineData("sixteen--letters", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("-j", false)]
    [InlineData("..", false)]
    [InlineData("a b", false)]
    [InlineData("a\nb", false)]
    [InlineData("a/b", false)]
    [InlineData("a+", false)]
    [InlineData("a;b", false)]
    [InlineData("é", false)]
    public void An_interface_name_is_safe_in_a_rule(string? text, bool valid) => DeviceName.TryParse(text, out _).Should().Be(valid);

    [Fact]
    public void No_interface_name_has_more_than_one_word() => Gen.String.Sample(text =>
        !DeviceName.TryParse(text, out var name) || (name.ToString() == text && !text.Any(char.IsWhiteSpace) && !text.StartsWith('-') && text.Length <= 15));

    [Theory]
    [InlineData("web", true)]
    [InlineData("web-1", true)]
    [InlineData("1", true)]
    [InlineData("", false)]
    [InlineData("-web", false)]
    [InlineData("web-", false)]
    [InlineData("Web", false)]
    [InlineData("web.1", false)]
    [InlineData("web,1", false)]
    [InlineData("web\n", false)]
    [InlineData("wéb", false)]
    public void A_host_name_is_one_label(string text, bool valid) => HostName.IsValid(text).Should().Be(valid);

    [Theory]
    [InlineData("My Server_1", "my-server-1")]
    [InlineData("a.b.c", "a-b-c")]
    [InlineData("--x--", "x")]
    [InlineData("a,b\nc", "abc")]
    [InlineData("İstanbul", "stanbul")]
    public void A_display_name_becomes_a_host_name(string display, string host) => HostName.From(display, Guid.Empty).Should().Be(host);

    [Fact]
    public void Nothing_left_gives_the_uuid() => HostName.From("日本", Guid.Empty).Should().Be("server-00000000-0000-0000-0000-000000000000");

    [Fact]
    public void A_long_name_is_cut_to_63() => HostName.From(new string('a', 62) + " b", Guid.Empty).Should().Be(new string('a', 62));
}
