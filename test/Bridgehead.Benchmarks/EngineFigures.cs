namespace Bridgehead.Benchmarks;

/// <summary>The nftables engine alone, in a network namespace of its own: single changes with many and few instances, against the bare netlink batch that makes the same change.</summary>
internal static class EngineFigures
{
    private const int Many = 4000;
    private const int Few = 10;
    private const int Runs = 60;
    private const int Resyncs = 9;

    public static void Run()
    {
        using var large = new Engine(Many);
        Resync(large);
        large.Start();
        new Row("resync when nothing changed: to know it", Times(Runs, large.Know).Median(), "ms", null, new Target(Most: 0.1)).Print();
        new Row("resync when nothing changed: to verify it by reading back", Times(9, large.Verify).Median(), "ms", null, new Target(Most: 20)).Print();
        var changes = EngineChange.Of(Many).Zip(EngineChange.Of(Few)).ToList();
        var measured = changes.ConvertAll(change => large.Measure(change.First, Runs));
        new Row($"resident memory with {Many} instances", Environment.WorkingSet / 1048576.0, "MiB", null, new Target(Most: 150)).Print();
        large.Clear();
        using var small = new Engine(Few);
        small.Start();
        foreach (var ((time, bare), change) in measured.Zip(changes))
        {
            var (little, _) = small.Measure(change.Second, Runs);
            new Row(change.First.Name, time, "ms", bare, change.First.Target).Print();
            new Row($"  the same with {Few} instances, beside {Many}", little, "ms", time, new Target(LeastRatio: 0.67)).Print();
        }

        small.Clear();
    }

    /// <summary>In turns, so that both meet the same noise.</summary>
    private static void Resync(Engine engine)
    {
        engine.Warm();
        var pairs = Enumerable.Range(0, Resyncs).Select(_ => (Ours: engine.Resync(), Bare: engine.BareResync())).ToList();
        var (ours, bare) = (pairs.Select(pair => pair.Ours).Median(), pairs.Select(pair => pair.Bare).Median());
        new Row($"whole resync from empty, {Many} instances", ours, "ms", bare, new Target(Most: 100, MostRatio: 2)).Print();
    }

    private static IEnumerable<double> Times(int runs, Action work) => Enumerable.Range(0, runs).Select(_ => Samples.Time(work)).ToList();
}
