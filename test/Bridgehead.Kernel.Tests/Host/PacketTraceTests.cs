using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Kernel.Tests.Netlink;
using Bridgehead.Model;
using Bridgehead.Rules.Tracing;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>Packets under trace: which are, what is told of them, and that nobody else notices.</summary>
public sealed class PacketTraceTests : NftFixture
{
    private const string Hello = "echo -n hello > /dev/udp/127.0.0.9/4321";

    public static TheoryData<string, TraceFilter> Filters => new()
    {
        { "everything", new TraceFilter() },
        { "ping-and-answer", new TraceFilter { To = [Cidr.Parse("10.0.0.2/32")], Protocols = [Packet.Icmp, Packet.Icmp6], IcmpType = 8, Replies = true } },
        { "port-by-interface", new TraceFilter { From = [Cidr.Parse("203.0.113.0/25"), Cidr.Parse("fd00::/64")], Protocols = [Packet.Tcp, Packet.Udp], Port = 53, Via = [DeviceName.Parse("eth0")], Replies = true } },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void A_filter_is_these_rules(string name, TraceFilter filter)
    {
        using var trace = Open(filter, ipv6: true);
        var tables = Listing().Split('\n').Select(line => line.StartsWith("table ", StringComparison.Ordinal) ? line.Split('_')[0] : line);
        Bridgehead.Testing.Golden.Matches(string.Join('\n', tables), $"test/Bridgehead.Kernel.Tests/Host/golden/trace-{name}.nft");
    }

    [Fact]
    public void Packets_that_were_asked_for_are_told_and_no_others()
    {
        using var trace = Open(new TraceFilter { To = [Cidr.Parse("127.0.0.9/32")], Protocols = [Packet.Udp], Port = 4321 });
        World.Run($"echo -n no > /dev/udp/127.0.0.9/4322; echo -n no > /dev/udp/127.0.0.8/4321; {Hello}");
        var told = new WayTracer(new RuleBook([]), Nowhere).Trace(Ways(trace).Should().ContainSingle().Subject);
        (told.Packet.DestinationPort, told.Packet.Input, told.Packet.State, told.Fate).Should().Be(((ushort)4321, null, ConnectionState.New, Fate.Delivered));
    }

    [Fact]
    public async Task Other_peoples_rules_are_told_in_nfts_words()
    {
        Load("table inet fw { chain out { type filter hook output priority 5; ip daddr 127.0.0.9 jump deny; }\n chain deny { udp dport 1 accept; udp dport 4321 counter drop comment \"no\"; }\n}");
        using var trace = Open(new TraceFilter { To = [Cidr.Parse("127.0.0.9/32")] });
        var book = new RuleBook(await new ForeignTables(new CommandRunner()).ReadAsync(["inet fw"], CancellationToken.None));
        World.Try(Hello);
        var told = new WayTracer(book, Nowhere).Trace(Ways(trace).Should().ContainSingle().Subject);
        told.Fate.Should().Be(Fate.Dropped);
        told.Steps.Where(step => step.Kind != TraceKind.Note).Select(step => (step.Kind, step.Chain, step.Text)).Should().Equal(
            (TraceKind.Hook, "inet fw out", "output"),
            (TraceKind.Foreign, "inet fw out", "ip daddr 127.0.0.9 jump deny"),
            (TraceKind.Chain, "inet fw deny", "deny"),
            (TraceKind.Rule, "inet fw deny", "udp dport 1 accept"),
            (TraceKind.Foreign, "inet fw deny", "udp dport 4321 counter drop comment \"no\""));
    }

    [Fact]
    public void A_rule_that_comes_meanwhile_is_noticed_and_our_own_tables_are_not()
    {
        using var trace = Open(new TraceFilter());
        trace.RulesChanged = false;
        using (Open(new TraceFilter { Port = 1, Protocols = [Packet.Tcp] }))
        {
            Ways(trace);
            trace.RulesChanged.Should().BeTrue("another trace is somebody else's commit");
        }

        Ways(trace);
        trace.RulesChanged = false;
        Ways(trace);
        trace.RulesChanged.Should().BeFalse();
        World.Run("nft add table ip others");
        Ways(trace);
        trace.RulesChanged.Should().BeTrue();
    }

    [Fact]
    public async Task The_back_end_is_not_disturbed_and_goes_on()
    {
        using var backend = new NftablesBackend(new Rules.Nftables.GuardLayout(ipv6: false));
        var disturbed = 0;
        backend.Disturbed += () => Interlocked.Increment(ref disturbed);
        backend.Replace([]);
        await backend.CommitAsync(observe: true, CancellationToken.None);
        using (var trace = Open(new TraceFilter()))
        {
            (await backend.CommitAsync(observe: false, CancellationToken.None)).Should().BeEmpty();
            Ways(trace);
        }

        (await backend.CommitAsync(observe: false, CancellationToken.None)).Should().BeEmpty("nothing drifted");
        disturbed.Should().Be(0);
        World.Run("nft add rule bridge bridgehead_l2 prerouting accept");
        await World.UntilAsync(() => Task.FromResult(Volatile.Read(ref disturbed) > 0 ? null : "the back end hears nothing"));
    }

    [Fact]
    public void Nothing_is_left_of_it()
    {
        Open(new TraceFilter(), ipv6: true).Dispose();
        Listing().Should().BeEmpty();
    }

    private static TracedHost Nowhere => new() { Addresses = [], Routes = [] };

    private static PacketTrace Open(TraceFilter filter, bool ipv6 = false) => PacketTrace.Open(filter, ipv6, _ => false, TimeProvider.System);

    /// <summary>What is told until nothing is any more.</summary>
    private static List<PacketWay> Ways(PacketTrace trace)
    {
        var ways = new List<PacketWay>();
        for (var idle = 0; idle < 4;)
        {
            var more = trace.Wait();
            ways.AddRange(more);
            idle = more.Count == 0 ? idle + 1 : 0;
        }

        return ways;
    }
}
