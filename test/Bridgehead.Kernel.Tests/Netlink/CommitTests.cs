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
}
