using System.Diagnostics;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Netlink;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Benchmarks;

/// <summary>Both workers' backends over a cloud.</summary>
internal sealed class Engine(int instances) : IDisposable
{
    private readonly NftablesBackend _compute = new(new ComputeLayout(ipv6: false));
    private readonly NftablesBackend _network = new(new NetworkLayout(RuleProfile.Article));
    private readonly EngineCloud _cloud = new(instances);
    private readonly Nftables _bare = new();

    /// <summary>Everything into empty tables by a new engine, as at a daemon's start.</summary>
    public double Resync()
    {
        Clear();
        using var compute = new NftablesBackend(new ComputeLayout(ipv6: false));
        var policies = _cloud.Compute();
        Collect();
        return Samples.Time(() =>
        {
            compute.Replace(policies);
            Commit(compute, observe: true);
        });
    }

    /// <summary>The same operations, written beforehand.</summary>
    public double BareResync()
    {
        var plan = new NftPlan(new ComputeLayout(ipv6: false), RuleEncoder.PrintOf);
        plan.Replace(_cloud.Compute());
        using var batch = new BatchWriter();
        OperationWriter.Write(plan.Pending(), batch);
        Clear();
        Collect();
        return Samples.Time(() => Require(_bare.Commit(batch), "the whole resync"));
    }

    /// <summary>A daemon starts on an empty heap: what an earlier round left is not this one's burden.</summary>
    private static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);

    public void Start()
    {
        Clear();
        _compute.Replace(_cloud.Compute());
        Commit(_compute, observe: true);
        _network.Replace(_cloud.Network());
        Commit(_network, observe: true);
        Commit(_compute, observe: true);
    }

    public void Know() => Commit(_compute);

    public void Verify() => Commit(_compute, observe: true);

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
        return (times.Median(), bare.Median());
    }

    public void Dispose()
    {
        _compute.Dispose();
        _network.Dispose();
        _bare.Dispose();
    }

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

    private static void Commit(NftablesBackend backend, bool observe = false) => backend.CommitAsync(observe, CancellationToken.None).GetAwaiter().GetResult();

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
        plan.Committed(Require(result, name).Handles.Select(rule => rule.Handle));
        return time;
    }

    /// <summary>Memory is there before anything is measured.</summary>
    public void Warm()
    {
        Resync();
        BareResync();
    }

    /// <summary>Takes everything out of the kernel.</summary>
    public void Clear()
    {
        using var batch = new BatchWriter();
        var table = new Netlink.NftTable(Netlink.NftFamily.Ip, "bridgehead");
        batch.AddTable(table);
        batch.RemoveTable(table);
        Require(_bare.Commit(batch), "the table's removal");
    }

    private static CommitResult Require(CommitResult result, string what) => result.IsCommitted ? result : throw new InvalidOperationException($"{what}: {result}");
}
