using AwesomeAssertions;
using Bridgehead.Rules.Tracing;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules.Tracing;

/// <summary>Other people's tables, as nft prints them with handles.</summary>
public sealed class NftListingTests
{
    [Fact]
    public void Rules_are_known_by_chain_and_handle()
    {
        var chains = NftListing.Parse(
            "table inet fw { # handle 7\n\tset bad { # handle 2\n\t\ttype ipv4_addr\n\t}\n\n\tchain f { # handle 1\n\t\ttype filter hook forward priority filter; policy drop;\n"
            + "\t\tip saddr @bad counter drop comment \"a # handle 9\" # handle 4\n\t\tct state vmap { invalid : drop, established : accept } # handle 6\n\t}\n\n\tchain empty { # handle 8\n\t}\n}\n");
        chains.Select(chain => (chain.Family, chain.Table, chain.TableName, chain.Name)).Should().Equal(("inet", "fw", "inet fw", "f"), ("inet", "fw", "inet fw", "empty"));
        chains[0].Rules.Select(rule => (rule.Handle, rule.Text, rule.Foreign)).Should().Equal(
            (4ul, "ip saddr @bad counter drop comment \"a # handle 9\"", true), (6ul, "ct state vmap { invalid : drop, established : accept }", true));
        chains[1].Rules.Should().BeEmpty();
    }

    [Fact]
    public void Nothing_is_nothing() => NftListing.Parse("").Should().BeEmpty();
}
