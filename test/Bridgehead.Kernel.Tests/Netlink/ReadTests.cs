using System.Net;
using AwesomeAssertions;
using Bridgehead.Netlink;
using Xunit;

namespace Bridgehead.Kernel.Tests.Netlink;

/// <summary>Dumps: what is there is read, counters too, and a dump into which somebody commits says so.</summary>
public sealed class ReadTests : NftFixture
{
    [Fact]
    public void Tables_chains_and_sets_are_read_as_they_were_written()
    {
        Layout.Write(Batch);
        GuardLayout.Write(Batch);
        Commit();
        var tables = new List<(NftFamily, string)>();
        Nft.ReadTables(NftFamily.Unspecified, table => tables.Add((table.Family, table.Name))).IsComplete.Should().BeTrue();
        tables.Should().BeEquivalentTo([(NftFamily.Ip, "bridgehead"), (NftFamily.Bridge, "bridgehead_l2")]);
        var chains = new List<(string, string, BaseChain?)>();
        Nft.ReadChains(NftFamily.Ip, chain => chains.Add((chain.Table, chain.Name, chain.Hook))).IsComplete.Should().BeTrue();
        chains.Should().BeEquivalentTo(Layout.Chains.Select(chain => ("bridgehead", chain.Chain, chain.Hook)));
        var sets = new Dictionary<string, (SetFlags Flags, uint Key, int Length, uint Data, int DataLength, bool Counter, string? Comment)>(StringComparer.Ordinal);
        Nft.ReadSets(Layout.Table, set => sets.Add(set.Name, (set.Flags, set.KeyType, set.KeyLength, set.DataType, set.DataLength, set.HasCounter, set.Comment)));
        sets["inst"].Should().Be((SetFlags.Map, 7u, 4, 19u, 4, false, null));
        sets["cls"].Should().Be((SetFlags.Map, 19u, 4, 0xffffff00u, 16, false, null));
        sets["ports-1"].Should().Be((SetFlags.None, (12u << 6) | 13, 8, 0u, 0, true, null));
        sets["from-1"].Should().Be((SetFlags.Interval | SetFlags.Concatenation, (7u << 12) | (12u << 6) | 13, 12, 0u, 0, true, null));
        sets["members-1"].Comment.Should().Be("of group 1");
        sets["pairs"].Flags.Should().Be(SetFlags.Interval | SetFlags.Concatenation);
        sets["states"].Flags.Should().Be(SetFlags.Anonymous | SetFlags.Constant | SetFlags.Map);
        sets.Should().HaveCount(12);
    }

    [Fact]
    public void Elements_of_every_kind_are_read()
    {
        Layout.Write(Batch);
        Commit();
        var verdicts = new List<(uint, Verdict)>();
        Nft.ReadElements(Layout.Table, "cls", element => verdicts.Add((BitConverter.ToUInt32(element.Key), element.Verdict)));
        verdicts.Should().Equal((1u, Verdict.Goto("cls-1")));
        var intervals = new List<(IPAddress, bool)>();
        Nft.ReadElements(Layout.Table, "fixed", element => intervals.Add((new IPAddress(element.Key), element.IsIntervalEnd)));
        intervals.Should().BeEquivalentTo([(new IPAddress([10, 0, 0, 0]), false), (new IPAddress([10, 1, 0, 0]), true), (new IPAddress([255, 255, 255, 0]), false)]);
        var pairs = new List<string>();
        Nft.ReadElements(Layout.Table, "pairs", element => pairs.Add(Convert.ToHexString(element.Key) + "-" + Convert.ToHexString(element.KeyEnd)));
        pairs.Should().Equal("0A00000000160000-0A00FFFF00500000");
        Nft.ReadElements(Layout.Table, "nothing", _ => { }).Number.Should().Be(Errno.NoEntry);
        Nft.GetGeneration().Should().BePositive("the connection is usable after an error");
    }

    [Fact]
    public void Counters_of_rules_and_elements_count()
    {
        Batch.AddTable(Table);
        Batch.AddSet(new SetSpec(Table, "ports", [DataType.InetProtocol, DataType.InetService]) { Counter = true });
        Batch.AddElement(Table, "ports", [17, 0, 0, 0, 16, 225, 0, 0]);
        Batch.AddElement(Table, "ports", [17, 0, 0, 0, 16, 226, 0, 0]);
        Batch.AddChain(Table, "out", new BaseChain("filter", NftHook.Output, 0));
        Batch.AddRule(Table, "out", new RuleBuilder(NftFamily.Ip).In("ports", Field.TransportProtocol, Field.DestinationPort).Counter().Expressions);
        Commit();
        World.Run("for i in 1 2 3; do echo -n hello > /dev/udp/127.0.0.9/4321; done");
        var counters = new List<(byte Last, ulong Packets, ulong Bytes)>();
        Nft.ReadElements(Table, "ports", element => counters.Add((element.Key[5], element.Counter.Packets, element.Counter.Bytes)));
        counters.Should().BeEquivalentTo([((byte)225, 3ul, 99ul), ((byte)226, 0ul, 0ul)]);
        Expression? counter = null;
        Nft.ReadRules(Table, "out", rule => counter = rule.Expressions()[^1]);
        counter.Should().Be(new Expression.Counter(3, 99));
    }

    [Fact]
    public void Rules_of_one_chain_are_read_alone()
    {
        Layout.Write(Batch);
        Commit();
        var rules = new List<(string, ulong)>();
        Nft.ReadRules(Layout.Table, "bridges", rule => rules.Add((rule.Chain, rule.Handle))).IsComplete.Should().BeTrue();
        rules.Should().HaveCount(2).And.AllSatisfy(rule => rule.Item1.Should().Be("bridges"));
        var all = 0;
        Nft.ReadRules(Layout.Table, null, _ => all++);
        all.Should().Be(Layout.Chains.Sum(chain => chain.Rules.Length));
    }

    [Fact]
    public void A_commit_during_a_dump_is_noticed()
    {
        Batch.AddTable(Table);
        for (var i = 0; i < 5000; i++)
        {
            Batch.AddChain(Table, $"chain{i}");
        }

        Commit();
        using var other = new Nftables();
        using var batch = new BatchWriter();
        batch.AddChain(Table, "between");
        var seen = 0;
        var result = Nft.ReadChains(NftFamily.Ip, _ =>
        {
            if (seen++ == 10)
            {
                other.Commit(batch).IsCommitted.Should().BeTrue();
            }
        });
        result.Interrupted.Should().BeTrue();
        result.IsComplete.Should().BeFalse();
        Nft.ReadChains(NftFamily.Ip, _ => { }).IsComplete.Should().BeTrue();
    }

    [Fact]
    public void A_visitor_that_throws_leaves_the_connection_usable()
    {
        Batch.AddTable(Table);
        for (var i = 0; i < 2000; i++)
        {
            Batch.AddChain(Table, $"chain{i}");
        }

        Commit();
        var read = () => Nft.ReadChains(NftFamily.Ip, _ => throw new InvalidOperationException("enough"));
        read.Should().Throw<InvalidOperationException>();
        var seen = 0;
        Nft.ReadChains(NftFamily.Ip, _ => seen++).IsComplete.Should().BeTrue();
        seen.Should().Be(2000);
    }
}
