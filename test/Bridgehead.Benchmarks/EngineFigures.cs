using System.Diagnostics;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Netlink;
using Bridgehead.Rules;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Benchmarks;

/// <summary>The nftables engine alone, in a network namespace of its own: single changes with many and few instances, against the bare netlink batch that makes the same change.</summary>
internal static class EngineFigures
{
    private const int Runs = 60;

    public static void Run(int many, int few)
    {
        var (large, small) = (new Engine(many), new Engine(few));
        large.Start();
        Report.Line($"whole resync from empty, {many} instances", large.StartTime, large.BareStartTime, "ms", "<= 2x, < 100 ms");
        Report.Line("resync when nothing changed: to know it", Median(Runs, large.Know), null, "ms", "<= 0.1 ms");
        Report.Line("resync when nothing changed: to verify it by reading back", Median(7, large.Verify), null, "ms", "<= 20 ms");
        var changes = Engine.Changes(many).Zip(Engine.Changes(few)).ToList();
        var measured = changes.ConvertAll(change => (change.First.Name, Large: large.Measure(change.First, Runs)));
        Report.Line("resident memory with that many", Environment.WorkingSet / 1048576.0, null, "MiB", "< 150 MiB");
        large.Dispose();
        small.Start();
        foreach (var ((name, (time, bare)), change) in measured.Zip(changes))
        {
            var (little, littleBare) = small.Measure(change.Second, Runs);
            Report.Line(name, time, bare, "ms", change.First.Target);
            Report.Line($"  with {few} instances", little, littleBare, "ms", $">= {time * 2 / 3:0.###}");
        }

        small.Dispose();
    }

    public static double Median(int runs, Func<double> measure) => Enumerable.Range(0, runs).Select(_ => measure()).Order().ElementAt(runs / 2);
}

/// <summary>A change to be made and taken back.</summary>
internal sealed record EngineChange(string Name, string Target, bool Network, Policy Put, Policy? Back, string Key);

/// <summary>Both workers' backends over a cloud.</summary>
internal sealed class Engine(int instances) : IDisposable
{
    private readonly NftablesBackend _compute = new(new ComputeLayout(ipv6: false));
    private readonly NftablesBackend _network = new(new NetworkLayout(RuleProfile.Article));
    private readonly EngineCloud _cloud = new(instances);
    private readonly Nftables _bare = new();

    public double StartTime { get; private set; }

    public double BareStartTime { get; private set; }

    public static IReadOnlyList<EngineChange> Changes(int instances)
    {
        var own = EngineCloud.OwnGroup(0);
        var range = EngineCloud.Rule(own, 50, 7000, 7100, Cidr.Parse("192.0.2.0/24"));
        var shared = EngineCloud.Rule(EngineCloud.Shared, 50, 7000, 7100, Cidr.Parse("192.0.2.0/24"));
        return
        [
            Group("one rule (ports from a prefix) in a group of 20", "<= 2x", own, range),
            Group("one rule (one port from anywhere) in a group of 20", "<= 2x", own, EngineCloud.Rule(own, 51, 7000, 7000, Cidr.AnyV4)),
            Group("one rule (ports from a prefix) in the group that all share", "<= 1 ms", EngineCloud.Shared, shared),
            new("one instance", "<= 2x", false, EngineCloud.Instance(instances) with { Groups = [EngineCloud.Shared, own] }, null, Policy.InstanceFilter.KeyOf(instances + 1)),
            new("one floating address", "<= 2x", true, EngineCloud.Floating(instances + 1), null, EngineCloud.Floating(instances + 1).Key),
            new("one member of a source group", "<= 2x", false, EngineCloud.Member(instances), null, EngineCloud.Member(instances).Key),
        ];
    }

    public void Start()
    {
        Delete();
        Warm();
        var policies = _cloud.Compute();
        var clock = Stopwatch.StartNew();
        _compute.Replace(policies);
        _compute.CommitAsync(observe: true, CancellationToken.None).GetAwaiter().GetResult();
        StartTime = clock.Elapsed.TotalMilliseconds;
        BareStartTime = BareStart();
        _network.Replace(_cloud.Network());
        _network.CommitAsync(observe: true, CancellationToken.None).GetAwaiter().GetResult();
        _compute.CommitAsync(observe: true, CancellationToken.None).GetAwaiter().GetResult();
    }

    public double Know()
    {
        var clock = Stopwatch.StartNew();
        _compute.CommitAsync(observe: false, CancellationToken.None).GetAwaiter().GetResult();
        return clock.Elapsed.TotalMilliseconds;
    }

    public double Verify()
    {
        var clock = Stopwatch.StartNew();
        _compute.CommitAsync(observe: true, CancellationToken.None).GetAwaiter().GetResult();
        return clock.Elapsed.TotalMilliseconds;
    }

    /// <summary>The engine's time, from the policy to the kernel's answer, and that of the same batch sent bare.</summary>
    public (double Time, double Bare) Measure(EngineChange change, int runs)
    {
        var backend = change.Network ? _network : _compute;
        var (times, bare) = (new List<double>(), new List<double>());
        for (var i = 0; i < runs; i++)
        {
            var clock = Stopwatch.StartNew();
            backend.Put(change.Put);
            Commit(backend);
            times.Add(clock.Elapsed.TotalMilliseconds);
            TakeBack(backend, change);
        }

        for (var i = 0; i < runs; i++)
        {
            bare.Add(Bare(backend, change));
        }

        // What was sent past the engine is drift to it: it looks once, before the next change is timed.
        Commit(backend);
        return (times.Order().ElementAt(runs / 2), bare.Order().ElementAt(runs / 2));
    }

    public void Dispose()
    {
        _compute.Dispose();
        _network.Dispose();
        Delete();
        _bare.Dispose();
    }

    private static EngineChange Group(string name, string target, long group, SecurityGroupRule rule) =>
        new(name, target, false, EngineCloud.Group(group, rule), EngineCloud.Group(group), Policy.GroupRules.KeyOf(group));

    private static void TakeBack(NftablesBackend backend, EngineChange change)
    {
        Undo(backend, change);
        Commit(backend);
    }

    private static void Undo(NftablesBackend backend, EngineChange change)
    {
        if (change.Back is { } back)
        {
            backend.Put(back);
        }
        else
        {
            backend.Remove(change.Key);
        }
    }

    private static void Commit(NftablesBackend backend) => backend.CommitAsync(observe: false, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>The operations that the engine would send, written beforehand; only the send and the answer are timed.</summary>
    private double Bare(NftablesBackend backend, EngineChange change)
    {
        backend.Put(change.Put);
        var time = Send(backend.Plan, change.Name);
        Undo(backend, change);
        Send(backend.Plan, change.Name);
        return time;
    }

    private double Send(NftPlan plan, string name)
    {
        using var batch = new BatchWriter();
        OperationWriter.Write(plan.Pending(), batch);
        var clock = Stopwatch.StartNew();
        var result = _bare.Commit(batch);
        var time = clock.Elapsed.TotalMilliseconds;
        plan.Committed(result.IsCommitted ? result.Handles.Select(rule => rule.Handle) : throw new InvalidOperationException($"{name}: {result}"));
        return time;
    }

    private double BareStart()
    {
        var plan = new NftPlan(new ComputeLayout(ipv6: false), RuleEncoder.PrintOf);
        plan.Replace(_cloud.Compute());
        using var batch = new BatchWriter();
        OperationWriter.Write(plan.Pending(), batch);
        Delete();
        var clock = Stopwatch.StartNew();
        var result = _bare.Commit(batch);
        return result.IsCommitted ? clock.Elapsed.TotalMilliseconds : throw new InvalidOperationException($"{result}");
    }

    /// <summary>The code is compiled, and memory is there, before anything is measured.</summary>
    private static void Warm()
    {
        using var backend = new NftablesBackend(new ComputeLayout(ipv6: false));
        backend.Replace(new EngineCloud(200).Compute());
        backend.CommitAsync(observe: true, CancellationToken.None).GetAwaiter().GetResult();
        backend.Replace([]);
        backend.CommitAsync(observe: true, CancellationToken.None).GetAwaiter().GetResult();
    }

    private void Delete()
    {
        using var batch = new BatchWriter();
        var table = new Netlink.NftTable(Netlink.NftFamily.Ip, "bridgehead");
        batch.AddTable(table);
        batch.RemoveTable(table);
        _bare.Commit(batch);
    }
}
