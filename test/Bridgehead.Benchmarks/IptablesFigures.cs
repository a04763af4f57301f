using Bridgehead.Rules;

namespace Bridgehead.Benchmarks;

/// <summary>The iptables engine alone, with the article's rules: single changes, against a bare iptables-restore with the very text that the engine sends.</summary>
internal static class IptablesFigures
{
    private const int Many = 4000;
    private const int Rounds = 3;

    public static async Task RunAsync()
    {
        await RunAsync("nft", new IptablesCloud(Many), asked: true);
        await RunAsync("legacy", new IptablesCloud(Many), asked: false);
    }

    /// <param name="asked">Whether the targets are for this variant; the other one is for orientation.</param>
    private static async Task RunAsync(string variant, IptablesCloud cloud, bool asked)
    {
        using var engine = new IptablesEngine(variant);
        new Row($"{variant}: whole resync from empty, {Many} instances", await Samples.TimeAsync(() => engine.StartAsync(cloud)), "ms").Print();
        var changes = cloud.Changes();
        var times = changes.Select(_ => (Ours: new List<double>(), Bare: new List<double>())).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (change, (ours, _)) in changes.Zip(times))
            {
                ours.AddRange(await engine.OursAsync(change, RunsOf(change)));
            }

            foreach (var (change, (_, bare)) in changes.Zip(times))
            {
                bare.AddRange(engine.Bare(change, RunsOf(change)));
            }

            // What was sent past the engine is drift to it: it looks once, before the next change is timed.
            await engine.LookAsync();
        }

        foreach (var (change, (ours, bare)) in changes.Zip(times))
        {
            new Row($"{variant}: {change.Name}", ours.Median(), "ms", bare.Median(), asked ? change.Target : null).Print();
        }

        await engine.ClearAsync();
    }

    private static int RunsOf(EngineChange change) => change.Key == Policy.GroupRules.KeyOf(EngineCloud.Shared) ? 2 : 6;
}
