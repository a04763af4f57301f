using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Nftables;
using Bridgehead.Rules.Tracing;
using Bridgehead.Testing;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bridgehead.Kernel.Tests.Differential;

/// <summary>
/// Any cloud, any packet: what the tracer says is what the kernel does with a real packet, under iptables and under nftables: who sees it, with which addresses, and whether its answer comes back.
/// A failure names the seed, which CLOUD_SEED repeats.
/// </summary>
public sealed class TwoBackendsTests : IDisposable
{
    private const int PacketsEach = 24;
    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly string _state = Directory.CreateTempSubdirectory("bridgehead-differential-").FullName;
    private readonly ulong _series = (ulong)Random.Shared.Next(1 << 16, int.MaxValue) << 32;
    private uint _token;
    private ushort _port = 20000;

    public TwoBackendsTests() => Topology.Build();

    public void Dispose()
    {
        Topology.TearDown();
        Directory.Delete(_state, recursive: true);
    }

    [Theory]
    [InlineData(NetfilterBackend.Nftables, "", 24)]
    [InlineData(NetfilterBackend.Iptables, "nft", 24)]
    [InlineData(NetfilterBackend.Iptables, "legacy", 8)]
    public async Task The_kernel_does_what_the_tracer_says(NetfilterBackend backend, string variant, int clouds)
    {
        var named = Environment.GetEnvironmentVariable("CLOUD_SEED") is { Length: > 0 } text ? ulong.Parse(text) : (ulong?)null;
        var first = named ?? (ulong)Random.Shared.NextInt64(1, 1L << 40);
        using var wire = new Wire(_series);
        var answered = 0;
        for (var seed = first; seed < first + (named is null ? (ulong)clouds : 1); seed++)
        {
            var (cloud, packets) = Draw(seed);
            answered += await CheckAsync(wire, cloud, packets, (backend, variant), $"CLOUD_SEED={seed} {backend} {variant}");
        }

        Assert.True(answered > 0, "no packet had an answer: nothing was tested");
    }

    private static (SampleCloud Cloud, Packet[] Packets) Draw(ulong seed)
    {
        var random = new PCG(1, seed);
        var cloud = CloudGen.Clouds.Generate(random, null, out _);
        return (cloud, PacketGen.New(cloud).Array[PacketsEach].Generate(random, null, out _));
    }

    /// <summary>Returns how many answers were seen.</summary>
    private async Task<int> CheckAsync(Wire wire, SampleCloud cloud, Packet[] packets, (NetfilterBackend Kind, string Variant) backend, string name)
    {
        var tracer = cloud.Tracer(backend.Kind);
        await Topology.PlugAsync(cloud);
        var backends = await ApplyAsync(cloud, backend);
        try
        {
            var shots = packets.Where(packet => CanBeSent(cloud, packet)).Select(packet => Aim(cloud, packet, tracer)).ToList();
            var seen = await FireAsync(wire, shots);
            MustBeRight(name, shots.Select(shot => (shot, shot.Compare(seen))));

            var replies = shots.Where(shot => shot.Place is not null).Select(shot => (Shot: shot, Reply: shot.Reply(shot.Find(seen)!, tracer, Next()))).Where(pair => pair.Reply is not null).ToList();
            var back = await FireAsync(wire, [.. replies.Select(pair => pair.Reply!)]);
            MustBeRight($"{name}, answers", replies.Select(pair => (pair.Reply!, pair.Reply!.Compare(back, (pair.Shot.Packet.Destination, pair.Shot.Packet.Source)))));
            return back.Count;
        }
        finally
        {
            Clear(backends, backend.Variant);
        }
    }

    /// <summary>A packet between two addresses of one interface never meets the host; addresses of nobody have no end to be seen at.</summary>
    private static bool CanBeSent(SampleCloud cloud, Packet packet) => !packet.Source.Equals(packet.Destination)
        && !(cloud.NicOf(packet.Source) is { } nic && nic == cloud.NicOf(packet.Destination));

    private Shot Aim(SampleCloud cloud, Packet packet, PacketTracer tracer)
    {
        // Port 67 is looked at by rules; all others are a new connection's.
        var port = packet.SourcePort == 67 ? packet.SourcePort : ++_port;
        return new Shot(cloud, packet with { SourcePort = port }, tracer.Trace(packet with { SourcePort = port }), Next());
    }

    private static async Task<IReadOnlyList<Seen>> FireAsync(Wire wire, IReadOnlyList<Shot> shots)
    {
        foreach (var shot in shots)
        {
            shot.Send(wire);
        }

        return await wire.CollectAsync([.. shots.Where(shot => shot.Place is not null).Select(shot => shot.Token)]);
    }

    private async Task<List<IFirewallBackend>> ApplyAsync(SampleCloud cloud, (NetfilterBackend Kind, string Variant) backend)
    {
        var (policies, settings) = (cloud.Policies, cloud.Settings);
        var nft = backend.Kind == NetfilterBackend.Nftables;
        List<(IFirewallBackend Backend, IReadOnlyList<Policy> Policies)> workers =
        [
            (new NftablesBackend(new GuardLayout(settings.UseIpv6)), policies.Ports),
            (nft ? new NftablesBackend(new NetworkLayout(settings.RuleProfile)) : Iptables(Binaries.Network, settings, backend.Variant), policies.Network),
            (nft ? new NftablesBackend(new ComputeLayout(settings.UseIpv6)) : Iptables(Binaries.Compute, settings, backend.Variant), policies.Compute),
        ];
        if (!nft)
        {
            workers.Add((Iptables(Binaries.Api, settings, backend.Variant), policies.Api));
        }

        foreach (var worker in workers)
        {
            await new FirewallWriter(worker.Backend, TimeProvider.System, NullLogger<FirewallWriter>.Instance).StartAsync(worker.Policies, Never);
        }

        return workers.ConvertAll(worker => worker.Backend);
    }

    private IptablesBackend Iptables(string worker, NovaSettings settings, string variant) => new(
        new FirewallPlan(worker, RuleProfiles.For(settings.RuleProfile), settings.UseIpv6), new IptablesPrograms(new CommandRunner(), variant), new HostFiles(TimeProvider.System), Path.Combine(_state, "lock"));

    private static void Clear(List<IFirewallBackend> backends, string variant)
    {
        backends.OfType<IDisposable>().ToList().ForEach(backend => backend.Dispose());
        if (variant == "legacy")
        {
            World.Run("for i in iptables ip6tables; do for t in filter nat mangle; do $i-legacy -t $t -F && $i-legacy -t $t -X; done; done");
        }

        World.Run("nft flush ruleset; conntrack -F 2>/dev/null");
    }

    private ulong Next() => _series | ++_token;

    private static void MustBeRight(string name, IEnumerable<(Shot Shot, string? Wrong)> shots)
    {
        var wrong = shots.Where(shot => shot.Wrong is not null).ToList();
        Assert.True(wrong.Count == 0, $"{name}: {string.Join("\n\n", wrong.Select(shot => $"{shot.Wrong}\n{Tell(shot.Shot)}"))}");
    }

    private static string Tell(Shot shot) => string.Join('\n', shot.Trace.Steps.Where(step => step.Kind != TraceKind.Rule || step.Matched)
        .Select(step => $"{new string(' ', step.Depth * 2)}{step.Chain}: {step.Text}"));
}
