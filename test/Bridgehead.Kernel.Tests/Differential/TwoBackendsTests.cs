using Bridgehead.Model;
using Bridgehead.Rules.Tracing;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Kernel.Tests.Differential;

/// <summary>
/// Any cloud, any packet: what the tracer says is what the kernel does with a real packet, under iptables and under nftables: who sees it, with which addresses, and whether its answer comes back.
/// A failure names the seed, which CLOUD_SEED repeats.
/// </summary>
public sealed class TwoBackendsTests : IDisposable
{
    private readonly Rig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(NetfilterBackend.Nftables, "", 24)]
    [InlineData(NetfilterBackend.Iptables, "nft", 24)]
    [InlineData(NetfilterBackend.Iptables, "legacy", 8)]
    public async Task The_kernel_does_what_the_tracer_says(NetfilterBackend backend, string variant, int clouds)
    {
        var named = Environment.GetEnvironmentVariable("CLOUD_SEED") is { Length: > 0 } text ? ulong.Parse(text) : (ulong?)null;
        var first = named ?? (ulong)Random.Shared.NextInt64(1, 1L << 40);
        using var wire = new Wire(_rig.Series);
        var answered = 0;
        for (var seed = first; seed < first + (named is null ? (ulong)clouds : 1); seed++)
        {
            var (cloud, packets) = Rig.Draw(seed);
            answered += await CheckAsync(wire, cloud, packets, (backend, variant), $"CLOUD_SEED={seed} {backend} {variant}");
        }

        Assert.True(answered > 0, "no packet had an answer: nothing was tested");
    }

    /// <summary>Returns how many answers were seen.</summary>
    private async Task<int> CheckAsync(Wire wire, SampleCloud cloud, Packet[] packets, (NetfilterBackend Kind, string Variant) backend, string name)
    {
        var tracer = cloud.Tracer(backend.Kind);
        await Topology.PlugAsync(cloud);
        var backends = await _rig.ApplyAsync(cloud, backend);
        try
        {
            var shots = packets.Where(packet => Rig.CanBeSent(cloud, packet)).Select(packet => _rig.Aim(cloud, packet, tracer)).ToList();
            var seen = await Rig.FireAsync(wire, shots);
            MustBeRight(name, shots.Select(shot => (shot, shot.Compare(seen))));

            var replies = shots.Where(shot => shot.Place is not null).Select(shot => (Shot: shot, Reply: shot.Reply(shot.Find(seen)!, tracer, _rig.Next()))).Where(pair => pair.Reply is not null).ToList();
            var back = await Rig.FireAsync(wire, [.. replies.Select(pair => pair.Reply!)]);
            MustBeRight($"{name}, answers", replies.Select(pair => (pair.Reply!, pair.Reply!.Compare(back, (pair.Shot.Packet.Destination, pair.Shot.Packet.Source)))));
            return back.Count;
        }
        finally
        {
            Rig.Clear(backends, backend.Variant);
        }
    }

    private static void MustBeRight(string name, IEnumerable<(Shot Shot, string? Wrong)> shots)
    {
        var wrong = shots.Where(shot => shot.Wrong is not null).ToList();
        Assert.True(wrong.Count == 0, $"{name}: {string.Join("\n\n", wrong.Select(shot => $"{shot.Wrong}\n{Tell(shot.Shot)}"))}");
    }

    private static string Tell(Shot shot) => string.Join('\n', shot.Trace.Steps.Where(step => step.Kind != TraceKind.Rule || step.Matched)
        .Select(step => $"{new string(' ', step.Depth * 2)}{step.Chain}: {step.Text}"));
}
