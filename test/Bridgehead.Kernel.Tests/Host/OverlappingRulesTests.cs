using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Netlink;
using Bridgehead.Rules;
using Bridgehead.Rules.Nftables;
using Bridgehead.Testing;
using CsCheck;
using Xunit;
using NftFamily = Bridgehead.Rules.Nftables.NftFamily;
using NftTable = Bridgehead.Rules.Nftables.NftTable;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>Rules of a group whose ranges overlap, in the kernel: whatever comes and goes first, they stand there as in a new daemon's tables.</summary>
public sealed class OverlappingRulesTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;

    /// <summary>Each overlaps at least one other: at an end, in the middle, around, crosswise, and two with the same range.</summary>
    private static readonly SecurityGroupRule[] Rules =
    [
        Sample.Rule("tcp", 80, 80, "10.0.0.0/8", id: 1), Sample.Rule("tcp", 80, 90, "10.1.0.0/16", id: 2), Sample.Rule("tcp", 70, 85, "10.1.2.0/24", id: 3),
        Sample.Rule("tcp", 1, 65535, "10.1.2.3/32", id: 4), Sample.Rule("tcp", 80, 90, "10.1.0.0/16", id: 5),
    ];

    private static readonly SecurityGroupRule[] RulesV6 =
    [
        Sample.Rule("udp", 53, 53, "2001:db8::/32", id: 6), Sample.Rule("udp", 50, 60, "2001:db8:1::/48", id: 7), Sample.Rule("udp", 1, 65535, "::/0", id: 8), Sample.Rule("tcp", 50, 60, "2001:db8::/33", id: 9),
    ];

    public OverlappingRulesTests() => World.Run("nft flush ruleset");

    public void Dispose() => World.Run("nft flush ruleset");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task They_come_and_go_in_every_order(bool v6)
    {
        var all = v6 ? RulesV6 : Rules;
        using var backend = await StartAsync([]);
        var empty = List();
        var full = await FreshAsync(all);
        foreach (var order in OrdersOf(all))
        {
            await PutAllAsync(backend, order);
            List().Should().Be(full, $"they came as {Ids(order)}");
            await TakeAllAsync(backend, order);
            List().Should().Be(empty, $"they went as {Ids(order)}");
        }
    }

    /// <summary>At every step, not only at the end; a new daemon finds nothing to do.</summary>
    [Fact]
    public async Task Any_step_leads_to_what_a_new_daemon_makes()
    {
        var random = new Random(20250501);
        using var backend = await StartAsync([]);
        HashSet<SecurityGroupRule> present = [];
        for (var step = 0; step < 60; step++)
        {
            var rule = random.GetItems([.. Rules, .. RulesV6], 1)[0];
            if (!present.Add(rule))
            {
                present.Remove(rule);
            }

            await PutAsync(backend, present);
            var now = World.Run("nft -s -a list ruleset");
            (await StartAsync(present)).Dispose();
            World.Run("nft -s -a list ruleset").Should().Be(now, "a new daemon has nothing to do");
            List().Should().Be(await FreshAsync(present));
        }
    }

    /// <summary>What our model of the kernel refuses and takes is what the kernel refuses and takes, also where a range surrounds another, which ours never do.</summary>
    [Fact]
    public void The_kernel_refuses_what_the_model_refuses()
    {
        var table = new NftTable(NftFamily.Ip, "t");
        var set = new NftSet(new NftId(table, "s"), [NftType.Ipv4Addr, NftType.InetProto, NftType.InetService], Counter: true, Interval: true);
        using var kernel = new Nftables();
        using var batch = new BatchWriter();
        var (refused, taken) = (0, 0);
        for (ulong seed = 1; seed <= 30; seed++)
        {
            var model = new NftModel();
            Try(() => model.Commit([new NftOperation.AddTable(table), new NftOperation.AddSet(set)])).Should().BeTrue();
            Send(kernel, batch, [new NftOperation.AddTable(table), new NftOperation.AddSet(set)]).Should().BeTrue();
            foreach (var range in Ranges.Generate(new PCG(1, seed), null, out _).Distinct())
            {
                NftOperation[] add = [new NftOperation.AddElements(set, [(range, NftData.None)])];
                var sent = Send(kernel, batch, add);
                Try(() => model.Commit(add)).Should().Be(sent, $"seed {seed}: {NftText.Of(set, range, NftData.None)}\n{List()}");
                (refused, taken) = (refused + (sent ? 0 : 1), taken + (sent ? 1 : 0));
            }

            foreach (var (element, data) in model.Read().Sets[set.Id].Elements)
            {
                NftOperation[] delete = [new NftOperation.DeleteElements(set, [(element, data)])];
                Send(kernel, batch, delete).Should().BeTrue($"seed {seed}: {NftText.Of(set, element, data)} goes");
            }

            List().Should().NotContain("elements");
            World.Run("nft delete table ip t");
        }

        refused.Should().BePositive();
        taken.Should().BePositive();
    }

    private static readonly Gen<NftValue[]> Ranges = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[1, 6], Gen.Int[0, 3]).Select(draft =>
        Corner(draft.Item1, draft.Item3).To(Corner(draft.Item1 + draft.Item2, draft.Item3 + draft.Item4))).Array[10];

    private static NftValue Corner(int address, int port) => NftValue.Of(Cidr.Parse("10.0.0.0/24").At((UInt128)address)).Then(NftValue.Octet(6)).Then(NftValue.Word((ushort)port));

    private static bool Send(Nftables kernel, BatchWriter batch, NftOperation[] operations)
    {
        OperationWriter.Write(operations, batch);
        return kernel.Commit(batch).IsCommitted;
    }

    private static bool Try(Action commit)
    {
        try
        {
            commit();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task PutAllAsync(NftablesBackend backend, SecurityGroupRule[] order)
    {
        for (var count = 1; count <= order.Length; count++)
        {
            await PutAsync(backend, order.Take(count));
        }
    }

    private static async Task TakeAllAsync(NftablesBackend backend, SecurityGroupRule[] order)
    {
        for (var count = 1; count <= order.Length; count++)
        {
            await PutAsync(backend, order.Skip(count));
        }
    }

    private static async Task PutAsync(NftablesBackend backend, IEnumerable<SecurityGroupRule> rules)
    {
        backend.Put(Group(rules));
        (await backend.CommitAsync(observe: false, Never)).Should().BeEmpty();
    }

    private static async Task<NftablesBackend> StartAsync(IEnumerable<SecurityGroupRule> rules)
    {
        var backend = new NftablesBackend(new ComputeLayout(ipv6: true));
        backend.Replace([Group(rules)]);
        await backend.CommitAsync(observe: true, Never);
        return backend;
    }

    /// <summary>How nft lists them where a new daemon made them, in a namespace of its own: here they would be taken for what is there.</summary>
    private static async Task<string> FreshAsync(IEnumerable<SecurityGroupRule> rules)
    {
        var plan = new NftPlan(new ComputeLayout(ipv6: true), RuleEncoder.PrintOf);
        plan.Replace([Group(rules)]);
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, NftScript.Of(plan.Pending()), Never);
        var listing = World.Run($"unshare --net sh -c 'nft -f {script} && nft -s list ruleset'");
        File.Delete(script);
        return Sorted(listing);
    }

    private static string List() => Sorted(World.Run("nft -s list ruleset"));

    /// <summary>Elements, and accepts of a group, stand in the order in which they came: which has no meaning.</summary>
    private static string Sorted(string listing) => string.Join('\n', listing.Replace("elements = {", "elements = {\n", StringComparison.Ordinal).Split('\n').Select(line => line.Trim(' ', '\t', ',', '}')).Order(StringComparer.Ordinal));

    private static Policy Group(IEnumerable<SecurityGroupRule> rules) => InstancePlanner.Group(Sample.Group([.. rules]));

    private static string Ids(SecurityGroupRule[] rules) => string.Join(' ', rules.Select(rule => rule.Id));

    private static IEnumerable<SecurityGroupRule[]> OrdersOf(SecurityGroupRule[] rules) => rules.Length == 0
        ? [[]]
        : rules.SelectMany(first => OrdersOf([.. rules.Where(rule => rule != first)]).Select(rest => (SecurityGroupRule[])[first, .. rest]));
}
