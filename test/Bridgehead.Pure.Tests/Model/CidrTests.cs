using System.Net;
using AwesomeAssertions;
using Bridgehead.Model;
using CsCheck;
using Xunit;

namespace Bridgehead.Pure.Tests.Model;

public sealed class CidrTests
{
    private static readonly Gen<IPNetwork> V4 = Gen.Select(IpTests.V4, Gen.Int[0, 32]).Select((address, length) => Masked($"{address}/{length}"));
    private static readonly Gen<IPNetwork> Any = Gen.OneOf(V4, Gen.Select(IpTests.V6, Gen.Int[0, 128]).Select((address, length) => Masked($"{address}/{length}")));

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("0.0.0.0/0")]
    [InlineData("10.10.10.2/32")]
    [InlineData("fd00:1::/64")]
    [InlineData("::/0")]
    public void Ranges_are_taken(string text) => Cidr.Parse(text).ToString().Should().Be(text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.5/24")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("/8")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("010.0.0.0/24")]
    [InlineData("10/8")]
    [InlineData("10.0.0.0/8\n")]
    [InlineData("fd00::1/64")]
    [InlineData("fd00::/129")]
    [InlineData("1.2.3.4/0")]
    public void Everything_else_is_refused(string? text) => Cidr.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void Host_bits_are_cleared_when_asked_for()
    {
        Cidr.TryParseMasked("10.0.0.5/24", out var range, out var address).Should().BeTrue();
        range.Should().Be(Cidr.Parse("10.0.0.0/24"));
        address.Should().Be(Ip.Parse("10.0.0.5"));
    }

    [Fact]
    public void What_is_printed_is_parsed_back() => Any.Sample(range => Cidr.Parse(range.ToString()).Equals(range));

    [Fact]
    public void First_and_last_are_inside_and_their_neighbours_are_not() => V4.Where(range => range.PrefixLength > 0).Sample(range =>
        range.Contains(range.BaseAddress) && range.Contains(range.Last()) && range.At(range.Size() - 1).Equals(range.Last()) &&
        (range.Last().ToNumber() == uint.MaxValue || !range.Contains(range.Last().Plus(1))) &&
        (range.BaseAddress.ToNumber() == 0 || !range.Contains(range.BaseAddress.Plus(-1))));

    [Fact]
    public void The_netmask_keeps_the_first_address_and_has_the_prefix_length_of_ones() => Any.Sample(range =>
        (range.Last().ToNumber() & range.Netmask().ToNumber()) == range.BaseAddress.ToNumber() && UInt128.PopCount(range.Netmask().ToNumber()) == (UInt128)range.PrefixLength);

    [Fact]
    public void Ranges_overlap_when_one_holds_the_others_first_address() => Gen.Select(Any, Any).Sample((one, other) =>
        one.Overlaps(other) == (one.IsV4() == other.IsV4() && (one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress))) && one.Overlaps(one) && one.Overlaps(other) == other.Overlaps(one));

    [Fact]
    public void A_range_covers_its_halves() => V4.Where(range => range.PrefixLength < 32).Sample(range =>
    {
        var half = new IPNetwork(range.BaseAddress, range.PrefixLength + 1);
        return range.Covers(half) && !half.Covers(range);
    });

    private static IPNetwork Masked(string text) => Cidr.TryParseMasked(text, out var range, out _) ? range : throw new FormatException(text);
}
