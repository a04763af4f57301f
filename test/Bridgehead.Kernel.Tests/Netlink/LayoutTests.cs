using AwesomeAssertions;
using Bridgehead.Netlink;
using Xunit;

namespace Bridgehead.Kernel.Tests.Netlink;

/// <summary>What we write and what nft writes for the same text are the same to nft, and to the kernel.</summary>
public sealed class LayoutTests : NftFixture
{
    /// <summary>Register 9 to register 9, length 1.</summary>
    private const string OneByte = "08000100000000090800020000000009080003000000000108000400000000010800050000000002";

    [Fact]
    public void The_whole_layout_is_listed_as_when_nft_wrote_it()
    {
        Layout.Write(Batch);
        MustEqual(Layout.Text);
    }

    [Fact]
    public void The_kernel_keeps_of_our_rules_what_it_keeps_of_nfts_and_gives_it_back_as_we_wrote_it()
    {
        Load(Layout.Text);
        var theirs = Rules(Layout.Table);
        World.Run("nft flush ruleset");
        Layout.Write(Batch);
        Commit();
        var ours = Rules(Layout.Table);
        var written = Layout.Chains.SelectMany(chain => chain.Rules).Select(rule => Convert.ToHexString(RuleBytes.Of(rule.Rule.Expressions))).ToList();
        ours.Select(rule => Convert.ToHexString(rule.Raw)).Should().Equal(written);
        ours.Select(rule => Convert.ToHexString(RuleBytes.Of(rule.Expressions))).Should().Equal(written);
        theirs.Select(rule => Names(rule.Expressions)).Should().Equal(ours.Select(rule => Names(rule.Expressions)));
        ours.Select(rule => rule.Comment).Should().Equal(theirs.Select(rule => rule.Comment)).And.ContainSingle(comment => comment == "metadata");
    }

    [Fact]
    public void Ip6_and_inet_rules_get_the_dependencies_that_nft_gives_them()
    {
        var six = new NftTable(NftFamily.Ip6, "six");
        var both = new NftTable(NftFamily.Inet, "both");
        var prefix = new RegisterValue([0x20, 1, 0x0d, 0xb8, .. new byte[12]]);
        Batch.AddTable(six);
        Batch.AddChain(six, "c");
        Batch.AddRule(six, "c", new RuleBuilder(NftFamily.Ip6).Prefix(Field.Ip6Source, prefix, 33).Equal(Field.Icmpv6Type, RegisterValue.Of(128)).Decide(Verdict.Accept).Expressions);
        Batch.AddRule(six, "c", new RuleBuilder(NftFamily.Ip6).Prefix(Field.Ip6Destination, prefix, 32).Equal(Field.Ip6NextHeader, RegisterValue.Of(47)).Decide(Verdict.Accept).Expressions);
        Batch.AddTable(both);
        Batch.AddChain(both, "c");
        Batch.AddRule(both, "c", new RuleBuilder(NftFamily.Inet).Prefix(Field.IpSource, new RegisterValue([10, 0, 0, 0]), 8).Transport(Protocols.Tcp).Equal(Field.DestinationPort, RegisterValue.NetworkOrder(22)).Decide(Verdict.Accept).Expressions);
        MustEqual(
            """
            table ip6 six { chain c {
              ip6 saddr 2001:db8::/33 icmpv6 type 128 accept
              ip6 daddr 2001:db8::/32 ip6 nexthdr 47 accept
            }
            }
            table inet both { chain c {
              ip saddr 10.0.0.0/8 tcp dport 22 accept
            }
            }
            """);
    }

    [Fact]
    public void What_somebody_else_wrote_is_read_too()
    {
        Load("table ip t { chain c {\nlimit rate over 5 bytes/second log prefix \"x\" accept\nct mark set 7\n@th,0,16 set 5\nct original packets > 3 reject\n}\n}");
        var rules = Rules(Table);
        rules.Should().HaveCount(4);
        rules[0].Expressions.Select(expression => expression.GetType()).Should().Equal(typeof(Expression.Other), typeof(Expression.Other), typeof(Expression.Decide));
        ((Expression.Other)rules[0].Expressions[0]).Name.Should().Be("limit");
        rules.Skip(1).Should().AllSatisfy(rule => rule.Expressions.Should().Contain(expression => expression is Expression.Other));
    }

    private List<(byte[] Raw, List<Expression> Expressions, string? Comment)> Rules(NftTable table)
    {
        var rules = new List<(byte[], List<Expression>, string?)>();
        Nft.ReadRules(table, null, rule => rules.Add((rule.Raw.ToArray(), rule.Expressions(), rule.Comment))).IsComplete.Should().BeTrue();
        return rules;
    }

    /// <summary>
    /// Without the name of the one anonymous set, which nft has the kernel pick, and without a turn of bytes that this nft asks for where a protocol's number stands in a concatenation of ranges: of one byte,
    /// which the kernel does not turn.
    /// </summary>
    private static string Names(List<Expression> expressions) => string.Join(' ', expressions.Where(expression => expression is not Expression.Other { Name: "byteorder", Hex: OneByte }))
        .Replace("__map0", "states", StringComparison.Ordinal);
}
