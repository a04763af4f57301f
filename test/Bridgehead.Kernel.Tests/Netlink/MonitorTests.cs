using AwesomeAssertions;
using Bridgehead.Netlink;
using Xunit;

namespace Bridgehead.Kernel.Tests.Netlink;

/// <summary>What others do is heard, ours is known as ours, and packets under trace tell their way.</summary>
public sealed class MonitorTests : NftFixture
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Fact]
    public void Commits_of_others_are_heard_with_process_and_objects()
    {
        using var monitor = new NftMonitor(MonitorGroups.Changes) { Except = Nft.PortId };
        Batch.AddTable(new NftTable(NftFamily.Ip, "ours"));
        Commit();
        World.Run("nft 'add table ip t; add chain ip t c; add set ip t s { type mark; }; add element ip t s { 1 }; add rule ip t c accept'");
        World.Run("nft 'flush chain ip t c; delete element ip t s { 1 }; delete set ip t s; delete chain ip t c; delete table ip t'");
        var events = Hear(monitor);
        var changes = events.OfType<NftEvent.Change>().ToList();
        changes.Should().AllSatisfy(change => change.Table.Should().Be(Table));
        changes.Select(change => (change.Message, change.Name)).Should().Equal(
            (NftMessage.NewTable, ""), (NftMessage.NewChain, "c"), (NftMessage.NewSet, "s"), (NftMessage.NewElement, "s"), (NftMessage.NewRule, "c"),
            (NftMessage.DeleteRule, "c"), (NftMessage.DeleteElement, "s"), (NftMessage.DeleteSet, "s"), (NftMessage.DeleteChain, "c"), (NftMessage.DeleteTable, ""));
        changes.Where(change => change.Message is NftMessage.NewRule or NftMessage.DeleteRule).Select(change => change.Handle).Distinct().Should().ContainSingle().Which.Should().BePositive();
        var commits = events.OfType<NftEvent.Generation>().ToList();
        commits.Should().HaveCount(2).And.AllSatisfy(commit => commit.ThreadName.Should().Be("nft"));
        commits[0].ThreadId.Should().BePositive("it is a number of the first process namespace");
        commits[1].Id.Should().Be(Nft.GetGeneration());
    }

    [Fact]
    public void Own_commits_are_known_by_their_port()
    {
        using var monitor = new NftMonitor(MonitorGroups.Changes);
        Batch.AddTable(Table);
        var generation = Nft.Commit(Batch, Nft.GetGeneration()).Generation;
        var name = File.ReadAllText("/proc/thread-self/comm").Trim();
        var heard = Hear(monitor);
        heard.Should().HaveCount(2);
        heard[0].Should().Be(new NftEvent.Change(NftMessage.NewTable, Table, "", TableHandle(), Nft.PortId));
        var commit = heard[1].Should().BeOfType<NftEvent.Generation>().Subject;
        (commit.Id, commit.ThreadName, commit.PortId).Should().Be((generation, name, Nft.PortId));
    }

    [Fact]
    public void Lost_notifications_are_told_and_later_ones_are_heard()
    {
        using var monitor = new NftMonitor(MonitorGroups.Changes, receiveBuffer: 4096);
        Batch.AddTable(Table);
        for (var i = 0; i < 2000; i++)
        {
            Batch.AddChain(Table, $"c{i}");
        }

        Commit();
        monitor.Wait(Soon, _ => { }).Lost.Should().BeTrue();
        World.Run("nft add chain ip t later");
        var heard = new List<NftEvent>();
        monitor.Wait(Soon, heard.Add).Lost.Should().BeFalse();
        heard.OfType<NftEvent.Change>().Should().ContainSingle(change => change.Name == "later");
    }

    [Fact]
    public async Task A_wait_ends_after_its_time_and_when_it_is_woken()
    {
        using var monitor = new NftMonitor(MonitorGroups.Changes);
        monitor.Wait(TimeSpan.FromMilliseconds(20), _ => { }).Should().Be(default(MonitorResult));
        var waiting = Task.Run(() => monitor.Wait(Timeout.InfiniteTimeSpan, _ => { }), TestContext.Current.CancellationToken);
        monitor.Wake();
        (await waiting.WaitAsync(Soon, TestContext.Current.CancellationToken)).Should().Be(default(MonitorResult));
        monitor.Wait(TimeSpan.Zero, _ => { }).Should().Be(default(MonitorResult));
    }

    [Fact]
    public void A_traced_packet_tells_every_rule_it_meets()
    {
        Batch.AddTable(Table);
        Batch.AddChain(Table, "c");
        Batch.AddChain(Table, "out", new BaseChain("filter", NftHook.Output, 0));
        Batch.AddRule(Table, "c", new RuleBuilder(NftFamily.Ip).SetMark(5).Decide(Verdict.Return).Expressions, echo: true);
        Batch.AddRule(Table, "out", new RuleBuilder(NftFamily.Ip).Equal(Field.IpDestination, new RegisterValue([127, 0, 0, 9])).Trace().Expressions, echo: true);
        Batch.AddRule(Table, "out", new RuleBuilder(NftFamily.Ip).Equal(Field.IpDestination, new RegisterValue([127, 0, 0, 9])).Decide(Verdict.Jump("c")).Expressions, echo: true);
        var handles = Commit().Handles.Select(handle => handle.Handle).ToList();
        using var monitor = new NftMonitor(MonitorGroups.Traces) { Except = Nft.PortId };
        World.Run("echo -n hello > /dev/udp/127.0.0.9/4321");
        var traces = Hear(monitor).OfType<NftEvent.Trace>().ToList();
        // Some kernels tell of a chain's end too, with no rule.
        traces.Where(trace => trace.RuleHandle != 0 || trace.Kind == TraceKind.Policy).Select(trace => (trace.Kind, trace.Chain, trace.RuleHandle, trace.Verdict, trace.Mark)).Should().Equal(
            (TraceKind.Rule, "out", handles[1], new Verdict(VerdictCode.Continue), 0u),
            (TraceKind.Rule, "out", handles[2], Verdict.Jump("c"), 0u),
            (TraceKind.Rule, "c", handles[0], Verdict.Return, 5u),
            (TraceKind.Policy, "out", 0ul, null, 5u));
        traces.Should().AllSatisfy(trace => trace.Table.Should().Be(Table));
        traces.Select(trace => trace.PacketId).Distinct().Should().ContainSingle();
        traces[^1].Policy.Should().Be(VerdictCode.Accept);
        traces[0].PacketFamily.Should().Be(NftFamily.Ip);
        traces[0].Output.Should().Be(1);
        traces[0].NetworkHeader.Span[16..20].ToArray().Should().Equal(127, 0, 0, 9);
        traces[0].TransportHeader.Span[2..4].ToArray().Should().Equal(4321 >> 8, 4321 & 255);
    }

    /// <summary>Everything until nothing comes any more; at least one thing.</summary>
    private static List<NftEvent> Hear(NftMonitor monitor)
    {
        var events = new List<NftEvent>();
        monitor.Wait(Soon, events.Add).Heard.Should().BePositive();
        while (monitor.Wait(TimeSpan.FromMilliseconds(50), events.Add).Heard > 0)
        {
        }

        return events;
    }

    private ulong TableHandle()
    {
        var handle = 0ul;
        Nft.ReadTables(NftFamily.Ip, table => handle = table.Handle);
        return handle;
    }
}
