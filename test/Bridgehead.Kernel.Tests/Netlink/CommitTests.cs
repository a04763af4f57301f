using AwesomeAssertions;
using Bridgehead.Netlink;
using Xunit;

namespace Bridgehead.Kernel.Tests.Netlink;

/// <summary>A batch: all of it or nothing, and what the kernel says to it.</summary>
public sealed class CommitTests : NftFixture
{
    private static readonly Expression[] Accept = [new Expression.Decide(Verdict.Accept)];

    [Fact]
    public void An_anonymous_set_may_have_a_name_of_its_own()
    {
        Batch.AddTable(Table);
        Batch.AddChain(Table, "c");
        Batch.AddSet(new SetSpec(Table, "states", [DataType.ConntrackState]) { Data = DataType.Verdict, Anonymous = true });
        Batch.AddElement(Table, "states", RegisterValue.HostOrder(2).ToArray(), Verdict.Accept);
        Batch.AddElement(Table, "states", RegisterValue.HostOrder(1).ToArray(), Verdict.Drop);
        Batch.AddRule(Table, "c", [new Expression.Conntrack(ConntrackKey.State, Register.First), new Expression.Map("states", Register.First, Register.Verdict)]);
        Commit();
        Listing().Should().Be("table ip t {\n\tchain c {\n\t\tct state vmap { invalid : drop, established : accept }\n\t}\n}\n");
    }

    [Fact]
    public void Nothing_of_a_refused_batch_takes_effect_and_each_error_names_its_operation()
    {
        Batch.Tag = 1;
        Batch.AddTable(Table);
        Batch.Tag = 2;
        Batch.AddRule(Table, "nowhere", Accept);
        Batch.Tag = 3;
        Batch.AddChain(Table, "c");
        Batch.Tag = 4;
        Batch.RemoveSet(Table, "nothing");
        Batch.Tag = 5;
        Batch.AddChain(Table, "last");
        var result = Nft.Commit(Batch);
        result.Outcome.Should().Be(CommitOutcome.Refused);
        result.Errors.Select(error => (error.Tag, error.Operation, error.Object, error.Number)).Should().Equal(
            (2, NftMessage.NewRule, "ip t nowhere", Errno.NoEntry),
            (4, NftMessage.DeleteSet, "ip t nothing", Errno.NoEntry));
        Listing().Should().BeEmpty();
    }

    [Fact]
    public void One_wrong_element_of_hundreds_in_a_message_is_told_apart()
    {
        Start(new SetSpec(Table, "m", [DataType.Ipv4Address]) { Data = DataType.Mark });
        Batch.AddElement(Table, "m", [0, 0, 1, 44], [9, 9, 9, 9]);
        Commit();
        for (var i = 0; i < 500; i++)
        {
            Batch.Tag = i;
            Batch.AddElement(Table, "m", Key(i), Key(1));
        }

        var error = Nft.Commit(Batch).Errors.Should().ContainSingle().Subject;
        (error.Tag, error.Number).Should().Be((300, Errno.Exists));
        error.ToString().Should().Be("add element ip t m: EEXIST, exists already, and is different");
        Elements("m").Should().ContainSingle();
    }

    [Fact]
    public void Errors_say_what_the_kernel_means()
    {
        Batch.AddChain(Table, "c");
        Attempt().Should().Be("Refused: add chain ip t c: ENOENT, no such table, chain, set, element or rule, or the kernel lacks the expression");
        Start(new SetSpec(Table, "s", [DataType.Mark]));
        Batch.AddChain(Table, "d");
        Batch.AddRule(Table, "c", [new Expression.Decide(Verdict.Jump("d"))]);
        Batch.AddRule(Table, "c", new RuleBuilder(NftFamily.Ip).In("s", Field.Mark).Expressions);
        Commit();
        Batch.RemoveChain(Table, "d");
        Batch.RemoveSet(Table, "s");
        Attempt().Should().Be("Refused: remove chain ip t d: EBUSY, still in use; remove set ip t s: EBUSY, still in use");
        Batch.RemoveElement(Table, "s", Key(1));
        Attempt().Should().StartWith("Refused: remove element ip t s: ENOENT");
        Batch.AddElement(Table, "s", [1, 2, 3]);
        Attempt().Should().StartWith("Refused: add element ip t s: EINVAL");
        Batch.AddChain(Table, "base", new BaseChain("filter", NftHook.Input, 0));
        Batch.AddRule(Table, "base", [new Expression.Decide(Verdict.Jump("c"))]);
        Batch.AddRule(Table, "d", [new Expression.Decide(Verdict.Jump("c"))]);
        Attempt().Should().StartWith("Refused: ").And.MatchRegex("ELOOP|EMLINK");
        Batch.AddSet(new SetSpec(Table, "small", [DataType.Mark]) { Size = 2 });
        for (byte i = 0; i < 3; i++)
        {
            Batch.AddElement(Table, "small", [i, 0, 0, 0]);
        }

        Attempt().Should().Be("Refused: add element ip t small: ENFILE, the set is full");
    }

    [Fact]
    public void Every_error_of_a_batch_that_is_all_wrong_is_told()
    {
        Batch.AddTable(Table);
        for (var i = 1; i <= 20_000; i++)
        {
            Batch.Tag = i;
            Batch.RemoveChain(Table, "nowhere");
        }

        Nft.Commit(Batch).Errors.Select(error => error.Tag).Should().Equal(Enumerable.Range(1, 20_000));
        Nft.GetGeneration().Should().BePositive("no answer is left over");
    }

    [Fact]
    public void Answers_that_were_lost_are_no_success()
    {
        using var narrow = new Nftables(answersMaximum: 4096);
        Batch.AddTable(Table);
        Batch.AddChain(Table, "c");
        for (var i = 0; i < 2000; i++)
        {
            Batch.AddRule(Table, "c", Accept, echo: true);
        }

        narrow.Commit(Batch).Outcome.Should().Be(CommitOutcome.Unknown);
        Batch.Clear();
        for (var i = 0; i < 2000; i++)
        {
            Batch.RemoveChain(Table, "nowhere");
        }

        var refused = narrow.Commit(Batch);
        refused.Outcome.Should().Be(CommitOutcome.Refused);
        refused.Errors.Count.Should().BeInRange(1, 1999);
        Batch.Clear();
        Batch.AddChain(Table, "later");
        narrow.Commit(Batch).IsCommitted.Should().BeTrue();
        var rules = 0;
        narrow.ReadRules(Table, "c", _ => rules++).IsComplete.Should().BeTrue();
        rules.Should().Be(2000);
    }

    [Fact]
    public void A_batch_for_another_generation_is_refused_whole()
    {
        var before = Nft.GetGeneration();
        Batch.AddTable(Table);
        var first = Nft.Commit(Batch, before);
        first.Outcome.Should().Be(CommitOutcome.Committed);
        first.Generation.Should().Be(Nft.GetGeneration()).And.NotBe(before);
        Batch.Clear();
        Batch.AddChain(Table, "c");
        Nft.Commit(Batch, before).Outcome.Should().Be(CommitOutcome.Stale);
        Listing().Should().NotContain("chain c");
        var again = Nft.Commit(Batch, first.Generation);
        again.IsCommitted.Should().BeTrue();
        Listing().Should().Contain("chain c");
        again.Generation.Should().Be(Nft.GetGeneration());
    }

    [Fact]
    public void A_commit_that_changes_nothing_makes_no_generation_and_the_next_one_is_refused()
    {
        Batch.AddTable(Table);
        Commit();
        var generation = Nft.GetGeneration();
        Nft.Commit(Batch, generation).Should().Be(new CommitResult(CommitOutcome.Committed, generation, [], []), "an empty batch is not sent");
        Batch.AddTable(Table);
        var idle = Nft.Commit(Batch, generation);
        idle.IsCommitted.Should().BeTrue();
        Nft.GetGeneration().Should().Be(generation);
        Nft.Commit(Batch, idle.Generation).Outcome.Should().Be(CommitOutcome.Stale);
    }

    [Fact]
    public void Echoed_handles_are_in_order_and_remove_the_right_rule()
    {
        Batch.AddTable(Table);
        Batch.AddChain(Table, "c");
        for (var i = 0; i < 300; i++)
        {
            Batch.Tag = i;
            Batch.AddRule(Table, "c", new RuleBuilder(NftFamily.Ip).SetMark((uint)i).Expressions, echo: i != 7);
        }

        var handles = Nft.Commit(Batch).Handles;
        handles.Select(handle => handle.Tag).Should().Equal(Enumerable.Range(0, 300).Where(i => i != 7));
        Batch.Clear();
        Batch.RemoveRule(Table, "c", handles.Single(handle => handle.Tag == 42).Handle);
        Batch.AddRule(Table, "c", [new Expression.Counter()], place: RulePlace.First);
        Batch.AddRule(Table, "c", [new Expression.Counter()], place: RulePlace.After(handles.Single(handle => handle.Tag == 1).Handle));
        Batch.AddRule(Table, "c", [new Expression.Counter()], place: RulePlace.Before(handles.Single(handle => handle.Tag == 4).Handle));
        Batch.AddRule(Table, "c", Accept, place: RulePlace.InsteadOf(handles.Single(handle => handle.Tag == 5).Handle));
        Commit();
        var marks = new List<uint?>();
        Nft.ReadRules(Table, "c", rule => marks.Add((rule.Expressions()[0] as Expression.Immediate)?.Value.ToHostOrder32()));
        marks.Should().Equal([null, 0, 1, null, 2, 3, null, 4, null, .. Enumerable.Range(6, 294).Where(i => i != 42).Select(i => (uint?)i)]);
    }

    [Fact]
    public void Ten_thousand_elements_go_in_one_commit_and_come_back()
    {
        // With a size the kernel never rearranges the set, so that the dump is certain: see Nftables.ReadElements.
        Start(new SetSpec(Table, "m", [DataType.Ipv4Address]) { Data = DataType.Mark, Size = 10_000 });
        for (var i = 0; i < 10_000; i++)
        {
            Batch.AddElement(Table, "m", Key(i), Key(i + 1));
        }

        Commit();
        Elements("m").Order().Should().Equal(Enumerable.Range(0, 10_000).Select(i => (BitConverter.ToUInt32(Key(i)), BitConverter.ToUInt32(Key(i + 1)))).Order());
        for (var i = 0; i < 10_000; i += 2)
        {
            Batch.RemoveElement(Table, "m", Key(i));
        }

        Commit();
        Elements("m").Should().HaveCount(5_000);
        Batch.FlushSet(Table, "m");
        Commit();
        Elements("m").Should().BeEmpty();
    }

    [Fact]
    public void What_cannot_be_a_name_or_key_is_refused_before_the_kernel_and_leaves_the_rest_of_the_batch()
    {
        Batch.AddTable(Table);
        foreach (var name in (string[])[new('x', 65536), new('x', 256), new('\u00e9', 128), "", "a\0b"])
        {
            Refused(() => Batch.AddTable(new NftTable(NftFamily.Ip, name)));
            Refused(() => Batch.AddChain(Table, name));
            Refused(() => Batch.AddSet(new SetSpec(Table, name, [DataType.Mark])));
            Refused(() => Batch.AddElement(Table, name, Key(1)));
            Refused(() => Batch.AddElement(Table, "m", Key(1), Verdict.Goto(name)));
            Refused(() => Batch.AddRule(Table, "c", [new Expression.Decide(Verdict.Jump(name))]));
            Refused(() => Batch.AddRule(Table, "c", [new Expression.Lookup(name, Register.First)]));
        }

        Refused(() => Batch.AddRule(Table, "c", Accept, comment: new string('x', 129)));
        Refused(() => Batch.AddRule(Table, "c", Accept, comment: "a\0"));
        Refused(() => Batch.AddElement(Table, "m", []));
        Refused(() => Batch.AddElement(Table, "m", new byte[65]));
        Refused(() => RegisterValue.InterfaceName("sixteen-bytes-xx"));
        Batch.AddChain(Table, new string('y', 255));
        Commit();
        Listing().Should().Be($"table ip t {{\n\tchain {new string('y', 255)} {{\n\t}}\n}}\n");
    }

    [Fact]
    public void A_comment_of_128_bytes_is_listed()
    {
        Batch.AddTable(Table);
        Batch.AddChain(Table, "c");
        Batch.AddRule(Table, "c", Accept, comment: new string('x', 128));
        Commit();
        Listing().Should().Contain($"accept comment \"{new string('x', 128)}\"");
    }

    [Fact]
    public void Tables_chains_rules_and_sets_go_as_they_came()
    {
        Layout.Write(Batch);
        Commit();
        Batch.FlushChain(Layout.Table, "source");
        Batch.FlushChain(Layout.Table, "postrouting");
        Batch.RemoveChain(Layout.Table, "source");
        Batch.RemoveSet(Layout.Table, "fip_snat_dev");
        Batch.RemoveInterval(Layout.Table, "fixed", [10, 0, 0, 0], [10, 0, 255, 255]);
        Batch.RemoveInterval(Layout.Table, "pairs", [10, 0, 0, 0, 0, 22, 0, 0], [10, 0, 255, 255, 0, 80, 0, 0], concatenation: true);
        Commit();
        var text = Listing();
        text.Should().NotContain("chain source").And.NotContain("fip_snat_dev").And.NotContain("22-80").And.Contain("elements = { 255.255.255.0/24 }");
        Batch.RemoveTable(Layout.Table);
        Commit();
        Listing().Should().BeEmpty();
    }

    private static void Refused(Action write) => write.Should().Throw<ArgumentException>();

    private static byte[] Key(int i) => [(byte)(i >> 24), (byte)(i >> 16), (byte)(i >> 8), (byte)i];

    private void Start(SetSpec set)
    {
        Batch.AddTable(Table);
        Batch.AddChain(Table, "c");
        Batch.AddSet(set);
        Commit();
    }

    private string Attempt()
    {
        var result = Nft.Commit(Batch).ToString();
        Batch.Clear();
        return result;
    }

    private List<(uint Key, uint Value)> Elements(string set)
    {
        var elements = new List<(uint, uint)>();
        Nft.ReadElements(Table, set, element => elements.Add((BitConverter.ToUInt32(element.Key), BitConverter.ToUInt32(element.Value)))).IsComplete.Should().BeTrue();
        return elements;
    }
}
