using AwesomeAssertions;
using Bridgehead.Netlink;
using Xunit;

namespace Bridgehead.Kernel.Tests.Netlink;

/// <summary>A table that belongs to a socket, and what its rules are to nft.</summary>
public sealed class OwnedTableTests : NftFixture
{
    [Fact]
    public void Rules_that_limit_and_trace_are_nfts()
    {
        Batch.AddTable(Table);
        Batch.AddChain(Table, "c");
        Batch.AddRule(Table, "c", new RuleBuilder(NftFamily.Ip).LimitPerSecond(100, 20).Trace().Expressions);
        MustEqual("table ip t { chain c { limit rate 100/second burst 20 packets meta nftrace set 1; }\n}");
    }

    [Fact]
    public void Nobody_else_changes_it_and_it_goes_with_its_socket()
    {
        using (var owner = new Nftables())
        {
            Batch.AddTable(Table, TableFlags.Owner);
            Batch.AddChain(Table, "c");
            owner.Commit(Batch).IsCommitted.Should().BeTrue();
            FlagsOf("t").Should().Be(TableFlags.Owner);
            Listing().Should().Contain("flags owner");
            World.Try("nft add rule ip t c accept").ExitCode.Should().NotBe(0);
            World.Run("nft add table ip others; nft flush ruleset");
            FlagsOf("t").Should().Be(TableFlags.Owner, "a flush of everything leaves what is owned");
            FlagsOf("others").Should().BeNull();
        }

        FlagsOf("t").Should().BeNull();
    }

    private TableFlags? FlagsOf(string name)
    {
        TableFlags? flags = null;
        Nft.ReadTables(NftFamily.Ip, table => flags = table.Name == name ? table.Flags : flags);
        return flags;
    }
}
