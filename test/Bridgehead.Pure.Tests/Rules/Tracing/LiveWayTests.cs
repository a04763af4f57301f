using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules.Tracing;
using Bridgehead.Testing;
using CsCheck;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules.Tracing;

/// <summary>From the events of real packets, recorded from a kernel under either back end, to their stories.</summary>
public sealed class LiveWayTests
{
    private const long Quiet = 10;
    private static readonly string[] Packets = ["ping", "denied", "bridged", "answer", "spoofed", "outward", "loopback"];

    private static readonly Gen<string> Names = Gen.Int[0, Packets.Length - 1].Select(i => Packets[i]);

    private static readonly TracedHost Host = new()
    {
        Addresses = [new HostAddress(Ip.Parse("192.168.1.90"), SampleCloud.Uplink), new HostAddress(Ip.Parse("10.10.10.1"), DeviceName.Parse("br100"))],
        Routes = [new HostRoute(Cidr.AnyV4, SampleCloud.Uplink), new HostRoute(Cidr.Parse("10.10.10.0/24"), DeviceName.Parse("br100"))],
    };

    public static TheoryData<string> Recordings => [.. Packets.SelectMany(packet => new[] { $"{packet}-iptables", $"{packet}-nftables" })];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_recorded_way_reads_like_this(string name)
    {
        var recording = Recording.Of(name);
        var trace = new WayTracer(recording.Book, Host).Trace(Follow(recording.Table, recording.Events).Should().ContainSingle().Subject);
        Golden.Matches(Text(trace), $"test/Bridgehead.Pure.Tests/Rules/Tracing/golden/live-{name}.txt");
    }

    /// <summary>What is complete is told before anything is waited for.</summary>
    [Theory]
    [MemberData(nameof(Recordings))]
    public void Its_end_is_known_from_its_last_event(string name)
    {
        var recording = Recording.Of(name);
        var collector = new WayCollector(recording.Table, IsBridge, Quiet);
        foreach (var told in recording.Events.SkipLast(1))
        {
            collector.Add(told, 0);
            collector.Take(0).Should().BeEmpty();
        }

        collector.Add(recording.Events[^1], 0);
        collector.Take(0).Should().ContainSingle();
    }

    /// <summary>The kernel tells of packets as they come, on every processor.</summary>
    [Fact]
    public void Ways_that_are_told_between_each_other_are_told_apart() =>
        Gen.Select(Names, Names, Gen.Bool.Array[200]).Where((one, other, _) => one != other).Sample((one, other, turns) =>
        {
            var (first, second) = (Recording.Of($"{one}-nftables"), Recording.Of($"{other}-nftables"));
            var mixed = Mix(first.Events, [.. second.Events.Select(told => told with { Table = told.Table == second.Table ? first.Table : told.Table })], turns);
            var ways = Follow(first.Table, mixed);
            ways.Select(way => way.Events.Count).Should().BeEquivalentTo([first.Events.Count, second.Events.Count]);
        });

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_number_that_is_used_again_is_another_packets(string name)
    {
        var recording = Recording.Of(name);
        Follow(recording.Table, [.. recording.Events, .. recording.Events]).Select(way => way.Events.Count).Should().Equal(recording.Events.Count, recording.Events.Count);
        Follow(recording.Table, [.. recording.Events.SkipLast(3), .. recording.Events]).Select(way => way.Events.Count).Should().Contain(recording.Events.Count);
    }

    [Fact]
    public void What_others_have_under_trace_is_not_told()
    {
        var recording = Recording.Of("ping-iptables");
        Follow("bridgehead_trace_1", recording.Events).Should().BeEmpty("another nova-manage follows it");
        Follow(recording.Table, [.. recording.Events.Where(told => told.Table != recording.Table)]).Should().BeEmpty("nft's own trace");
    }

    [Fact]
    public void A_packet_of_which_no_end_is_told_is_lost_after_a_while()
    {
        var recording = Recording.Of("ping-iptables");
        var collector = new WayCollector(recording.Table, IsBridge, Quiet);
        foreach (var told in recording.Events.TakeWhile(told => told.Chain != "begin_forward"))
        {
            collector.Add(told, 5);
        }

        collector.Take(5 + Quiet - 1).Should().BeEmpty();
        var way = collector.Take(5 + Quiet).Should().ContainSingle().Subject;
        var nowhere = Host with { Routes = [] };
        var trace = new WayTracer(recording.Book, nowhere).Trace(way);
        (trace.Fate, trace.Steps[^1].Text).Should().Be((Fate.Unroutable, "routing: the host has no route to 10.10.10.2"));
        new WayTracer(recording.Book, Host).Trace(way).Steps[^1].Text.Should().Be("nothing more was told of it after prerouting: the host's own checks or routing lost it, or something holds it back");
    }

    /// <summary>A bridge that does not know where an address is sends copies to all ports: each is a way from there on.</summary>
    [Fact]
    public void Copies_of_a_frame_are_ways_of_their_own()
    {
        var recording = Recording.Of("bridged-nftables");
        var at = recording.Events.ToList().FindIndex(told => told is { Family: "bridge", Chain: "begin_forward" });
        var copy = recording.Events.Skip(at).Select(told => told with { PacketId = 77 });
        var ways = Follow(recording.Table, [.. recording.Events, .. copy]);
        ways.Select(way => way.Events.Count).Should().Equal(recording.Events.Count, recording.Events.Count);
        ways.Select(way => new WayTracer(recording.Book, Host).Trace(way).Fate).Should().Equal(Fate.Sent, Fate.Sent);
    }

    /// <summary>Under a flood the kernel drops events.</summary>
    [Fact]
    public void Events_that_are_lost_do_no_harm() => Gen.Select(Names, Gen.Int[0, 3].Array[300]).Sample((name, chance) =>
    {
        var recording = Recording.Of($"{name}-iptables");
        foreach (var way in Follow(recording.Table, [.. recording.Events.Where((_, i) => chance[i % chance.Length] != 0)]))
        {
            new WayTracer(recording.Book, Host).Trace(way).Steps.Should().NotBeEmpty();
        }
    });

    [Fact]
    public void A_rule_that_went_is_told_from_the_book_before()
    {
        var recording = Recording.Of("denied-nftables");
        var way = Follow(recording.Table, recording.Events).Single();
        var known = Text(new WayTracer(recording.Book, Host).Trace(way));
        Text(new WayTracer(new RuleBook([], recording.Book), Host).Trace(way)).Should().Contain("* counter drop   [what no security group allows is dropped]");
        Text(new WayTracer(new RuleBook([]), Host).Trace(way)).Should().Contain(", which could not be read").And.NotBe(known);
    }

    private static IReadOnlyList<PacketWay> Follow(string table, IReadOnlyList<TraceEvent> events)
    {
        var collector = new WayCollector(table, IsBridge, Quiet);
        foreach (var told in events)
        {
            collector.Add(told, 0);
        }

        return [.. collector.TakeAll()];
    }

    private static bool IsBridge(DeviceName device) => device.ToString() == "br100";

    private static List<TraceEvent> Mix(IReadOnlyList<TraceEvent> one, IReadOnlyList<TraceEvent> other, bool[] turns)
    {
        var mixed = new List<TraceEvent>();
        for (var (i, k) = (0, 0); i < one.Count || k < other.Count;)
        {
            mixed.Add(k == other.Count || (i < one.Count && turns[(i + k) % turns.Length]) ? one[i++] : other[k++]);
        }

        return mixed;
    }

    private static string Text(Trace trace)
    {
        var lines = trace.Steps.Select(step => $"{new string(' ', step.Depth * 2)}{(step.Decided ? '*' : step.Matched ? '>' : '-')} {(step.Kind == TraceKind.Rule ? "" : $"{step.Kind}: ")}{step.Text}{(step.Why is null ? "" : $"   [{step.Why}]")}");
        return $"{trace.Packet}, {trace.Packet.State}, by {trace.Packet.Input} {trace.Packet.Port}\n{string.Join('\n', lines)}\n{trace.Fate} {trace.Output}: {trace.Final}\n";
    }
}
