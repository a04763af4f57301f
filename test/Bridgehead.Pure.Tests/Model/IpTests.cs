using System.Net;
using AwesomeAssertions;
using Bridgehead.Model;
using CsCheck;
using Xunit;

namespace Bridgehead.Pure.Tests.Model;

public sealed class IpTests
{
    internal static readonly Gen<IPAddress> V4 = Gen.UInt.Select(number => Ip.FromNumber(number, v4: true));
    internal static readonly Gen<IPAddress> V6 = Gen.Byte.Array[16].Select(octets => new IPAddress(octets));
    internal static readonly Gen<IPAddress> Any = Gen.OneOf(V4, V6);

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fd00:1::f816:3eff:fe00:1")]
    [InlineData("::ffff:10.0.0.1")]
    public void Addresses_are_taken(string text) => Ip.Parse(text).ToString().Should().Be(text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("10.1")]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.1.")]
    [InlineData("10.0.0.010")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("256.0.0.1")]
    [InlineData("1000.0.0.1")]
    [InlineData("10.0.0.-1")]
    [InlineData("10.0.0.+1")]
    [InlineData(" 10.0.0.1")]
    [InlineData("10.0.0.1\n")]
    [InlineData("10.0.0.1/32")]
    [InlineData("10.0.0.١")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("::1 ")]
    [InlineData("::1/128")]
    [InlineData("::ffff:10.0.0.010")]
    [InlineData("::ffff:10.1")]
    public void Everything_else_is_refused(string? text) => Ip.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void What_is_printed_is_parsed_back() => Any.Sample(address => Ip.TryParse(address.ToString(), out var back) && back.Equals(address));

    [Fact]
    public void Text_that_is_taken_as_IPv4_is_the_only_text_of_its_address() =>
        Gen.String["0123456789.x- "].Where(text => !text.Contains(':')).Sample(text => !Ip.TryParse(text, out var address) || address.ToString() == text);

    [Fact]
    public void Numbers_and_keys_keep_the_order()
    {
        Any.Sample(address => Ip.FromNumber(address.ToNumber(), address.IsV4()).Equals(address));
        Gen.Select(V6, V6).Sample((a, b) => Math.Sign(string.CompareOrdinal(a.ToKey(), b.ToKey())) == a.ToNumber().CompareTo(b.ToNumber()));
    }

    [Fact]
    public void A_step_and_a_step_back_is_none() =>
        Gen.Select(V4, Gen.Int[0, 1000]).Where((address, _) => address.ToNumber() <= uint.MaxValue - 1000).Sample((address, step) => address.Plus(step).Plus(-step).Equals(address));
}
