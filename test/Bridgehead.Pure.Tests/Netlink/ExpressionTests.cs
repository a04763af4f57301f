using AwesomeAssertions;
using Bridgehead.Netlink;
using CsCheck;
using Xunit;

namespace Bridgehead.Pure.Tests.Netlink;

/// <summary>Expressions and their bytes; that the kernel means the same by them is the kernel ring's to show.</summary>
public sealed class ExpressionTests
{
    private static readonly Gen<Register> Registers = Gen.Int[0, 15].Select(Register.Place);
    private static readonly Gen<Register?> MaybeRegister = Gen.Bool.SelectMany(has => has ? Registers.Select(register => (Register?)register) : Gen.Const((Register?)null));
    private static readonly Gen<RegisterValue> Values = Gen.Byte.Array[1, 16].Select(bytes => new RegisterValue(bytes));
    private static readonly Gen<string> Names = Gen.String[Gen.Char['!', '~'], 1, 40];

    private static readonly Gen<Verdict> Verdicts = Gen.Select(OneOf(Enum.GetValues<VerdictCode>()), Names)
        .Select((code, chain) => new Verdict(code, code is VerdictCode.Jump or VerdictCode.Goto ? chain : null));

    private static readonly Gen<Expression> Any = Gen.OneOf(
        Gen.Select(OneOf(Enum.GetValues<PayloadBase>()), Gen.Int[0, 255], Gen.Int[1, 16], Registers).Select((origin, offset, length, to) => (Expression)new Expression.Payload(origin, offset, length, to)),
        Gen.Select(OneOf(Enum.GetValues<MetaKey>()), Registers).Select((key, to) => (Expression)new Expression.Meta(key, to)),
        Gen.Select(OneOf(Enum.GetValues<MetaKey>()), Registers).Select((key, from) => (Expression)new Expression.SetMeta(key, from)),
        Gen.Select(OneOf(Enum.GetValues<ConntrackKey>()), Registers).Select((key, to) => (Expression)new Expression.Conntrack(key, to)),
        Gen.Select(Registers, OneOf(Enum.GetValues<CompareOperator>()), Values).Select((from, test, value) => (Expression)new Expression.Compare(from, test, value)),
        Gen.Select(Registers, Values, Values, Gen.Bool).Select((from, first, last, inverted) => (Expression)new Expression.Range(from, first, last, inverted)),
        Gen.Select(Registers, Registers, Values, Values).Select((from, to, mask, xor) => (Expression)new Expression.Bitwise(from, to, mask, xor)),
        Gen.Select(Names, Registers, Gen.Bool).Select((set, from, inverted) => (Expression)new Expression.Lookup(set, from, inverted)),
        Gen.Select(Names, Registers, Registers).Select((set, from, to) => (Expression)new Expression.Map(set, from, to)),
        Gen.Select(Registers, Values).Select((to, value) => (Expression)new Expression.Immediate(to, value)),
        Verdicts.Select(verdict => (Expression)new Expression.Decide(verdict)),
        Gen.Select(Gen.ULong, Gen.ULong).Select((packets, bytes) => (Expression)new Expression.Counter(packets, bytes)),
        Gen.Select(Gen.ULong, Gen.ULong, Gen.UInt).Select((packets, seconds, burst) => (Expression)new Expression.Limit(packets, seconds, burst)),
        Gen.Select(OneOf(NatKind.Source, NatKind.Destination), MaybeRegister, MaybeRegister, OneOf(NatFlags.None, NatFlags.Random, NatFlags.Persistent | NatFlags.FullyRandom))
            .Select((kind, address, port, flags) => (Expression)new Expression.Nat(kind, NftFamily.Ip6, address, port, flags)),
        MaybeRegister.Select(port => (Expression)new Expression.Redirect(port)),
        OneOf(NatFlags.None, NatFlags.Random).Select(flags => (Expression)new Expression.Masquerade(flags)));

    [Fact]
    public void What_was_written_is_read() => Any.Array[0, 12].Sample(expressions => RuleBytes.Read(RuleBytes.Of(expressions)).Should().Equal(expressions));

    [Fact]
    public void Bytes_of_no_meaning_are_read_without_harm() => Gen.Byte.Array[0, 200].Sample(bytes => RuleBytes.Read(bytes));

    [Fact]
    public void A_byte_that_changed_or_is_missing_does_no_harm() => Gen.Select(Any.Array[1, 5], Gen.Int[0, 4000], Gen.Byte, Gen.Int[0, 4000]).Sample((expressions, place, value, length) =>
    {
        var bytes = RuleBytes.Of(expressions);
        bytes[place % bytes.Length] = value;
        RuleBytes.Read(bytes.AsSpan(0, length % (bytes.Length + 1)));
    });

    [Fact]
    public void Places_have_the_numbers_that_the_kernel_writes() =>
        Enumerable.Range(0, 16).Select(place => Register.Place(place).Number).Should().Equal(1, 9, 10, 11, 2, 13, 14, 15, 3, 17, 18, 19, 4, 21, 22, 23);

    [Fact]
    public void A_rule_is_the_bytes_that_the_kernel_has_for_it() => Convert.ToHexStringLower(RuleBytes.Of([new Expression.Conntrack(ConntrackKey.State, Register.First)]))
        .Should().Be("20000100" + "07000100" + "63740000" + "14000200" + "0800010000000001" + "0800020000000000");

    [Theory]
    [InlineData(0, "00000000")]
    [InlineData(1, "80000000")]
    [InlineData(12, "fff00000")]
    [InlineData(32, "ffffffff")]
    public void Masks(int ones, string hex) => RegisterValue.Mask(4, ones).ToString().Should().Be(hex);

    [Fact]
    public void Only_what_is_not_certain_yet_is_tested()
    {
        var rule = new RuleBuilder(NftFamily.Bridge).Equal(Field.IcmpType, RegisterValue.Of(8)).Equal(Field.IcmpCode, RegisterValue.Of(0)).Prefix(Field.IpSource, new RegisterValue([10, 0, 0, 0]), 8);
        rule.Expressions.Should().Equal(
            new Expression.Payload(PayloadBase.Link, 12, 2, Register.First),
            new Expression.Compare(Register.First, CompareOperator.Equal, RegisterValue.NetworkOrder(Protocols.Ip)),
            new Expression.Meta(MetaKey.TransportProtocol, Register.First),
            new Expression.Compare(Register.First, CompareOperator.Equal, RegisterValue.Of(Protocols.Icmp)),
            new Expression.Payload(PayloadBase.Transport, 0, 2, Register.First),
            new Expression.Compare(Register.First, CompareOperator.Equal, new RegisterValue([8, 0])),
            new Expression.Payload(PayloadBase.Network, 12, 1, Register.First),
            new Expression.Compare(Register.First, CompareOperator.Equal, RegisterValue.Of(10)));
    }

    [Fact]
    public void A_value_of_another_length_than_its_field_is_refused() =>
        new Action(() => new RuleBuilder(NftFamily.Ip).Equal(Field.IpSource, RegisterValue.Of(1))).Should().Throw<ArgumentException>();

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
