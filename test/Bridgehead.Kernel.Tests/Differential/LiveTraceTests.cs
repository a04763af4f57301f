using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules.Inventory;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Tracing;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Kernel.Tests.Differential;

/// <summary>Any cloud, any packet: the way that the kernel tells of a real packet is, step by step, the one that the tracer tells of it. A failure names the seed, which CLOUD_SEED repeats.</summary>
public sealed class LiveTraceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Rig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(NetfilterBackend.Nftables, "", 8)]
    [InlineData(NetfilterBackend.Iptables, "nft", 8)]
    public async Task A_real_packet_tells_the_way_that_the_tracer_tells(NetfilterBackend backend, string variant, int clouds)
    {
        var named = Environment.GetEnvironmentVariable("CLOUD_SEED") is { Length: > 0 } text ? ulong.Parse(text) : (ulong?)null;
        var first = named ?? (ulong)Random.Shared.NextInt64(1, 1L << 40);
        using var wire = new Wire(_rig.Series);
        var compared = 0;
        for (var seed = first; seed < first + (named is null ? (ulong)clouds : 1); seed++)
        {
            var (cloud, packets) = Rig.Draw(seed);
            compared += await CheckAsync(wire, cloud, packets, (backend, variant), $"CLOUD_SEED={seed} {backend}");
        }

        Assert.True(compared > 0, "no packet was compared: nothing was tested");
    }

    private async Task<int> CheckAsync(Wire wire, SampleCloud cloud, Packet[] packets, (NetfilterBackend Kind, string Variant) backend, string name)
    {
        var tracer = cloud.Tracer(backend.Kind);
        await Topology.PlugAsync(cloud);
        var backends = await _rig.ApplyAsync(cloud, backend);
        try
        {
            var settings = cloud.Settings with { NetfilterBackend = backend.Kind, IptablesVariant = backend.Variant };
            var live = new WayTracer(await BookAsync(cloud, settings), cloud.Host with { Ports = PortsOf(cloud) });
            using var trace = PacketTrace.Open(new TraceFilter(), settings.UseIpv6, device => device.ToString().StartsWith("br", StringComparison.Ordinal), TimeProvider.System);
            var shots = packets.Where(packet => Rig.CanBeSent(cloud, packet) && (packet.IsV4 || settings.UseIpv6)).Select(packet => _rig.Aim(cloud, packet, tracer)).ToList();
            var seen = await Rig.FireAsync(wire, shots);
            MustBeAlike(name, shots, Ways(trace, live, shots));

            var replies = shots.Where(shot => shot.Place is not null).Select(shot => shot.Reply(shot.Find(seen)!, tracer, _rig.Next())).OfType<Shot>().ToList();
            await Rig.FireAsync(wire, replies);
            MustBeAlike($"{name}, answers", replies, Ways(trace, live, replies));
            Assert.Equal(0, trace.Losses);
            return shots.Count + replies.Count;
        }
        finally
        {
            Rig.Clear(backends, backend.Variant);
        }
    }

    private static Dictionary<DeviceName, DeviceName> PortsOf(SampleCloud cloud) =>
        cloud.Servers.SelectMany(server => server.Nics).ToDictionary(nic => nic.Nic.TapName, nic => nic.Network.Bridge);

    private static async Task<RuleBook> BookAsync(SampleCloud cloud, NovaSettings settings)
    {
        var kernel = await new KernelRulesReader(new IptablesPrograms(new CommandRunner(), settings.IptablesVariant)).ReadAsync([IpFamily.V4, IpFamily.V6], CancellationToken.None);
        var listing = Listing.Of(cloud.Policies, settings, [Binaries.Network, Binaries.Compute, Binaries.Api], kernel, RuleEncoder.PrintOf);
        return RuleBooks.Of(listing, [cloud.Policies.Guard(settings), cloud.Policies.Rules(settings)], []);
    }

    /// <summary>The ways are over when each shot's was told, which a busy machine takes its time for, and then nothing is told any more.</summary>
    private static List<Trace> Ways(PacketTrace trace, WayTracer live, IReadOnlyList<Shot> shots)
    {
        var (ways, began) = (new List<Trace>(), TimeProvider.System.GetTimestamp());
        for (var idle = 0; idle < 4 || (TimeProvider.System.GetElapsedTime(began) < Patience && shots.Any(shot => !ways.Exists(way => IsOf(shot, way.Packet))));)
        {
            var more = trace.Wait();
            ways.AddRange(more.Select(live.Trace));
            idle = more.Count == 0 ? idle + 1 : 0;
        }

        ways.AddRange(trace.Rest().Select(live.Trace));
        return ways;
    }

    private static void MustBeAlike(string name, IReadOnlyList<Shot> shots, IReadOnlyList<Trace> live)
    {
        var wrong = new List<string>();
        foreach (var shot in shots)
        {
            var told = live.Where(trace => IsOf(shot, trace.Packet)).Select(Text).Distinct().ToList();
            var alike = shots.Where(other => IsOf(shot, KeyOf(other.Packet))).SelectMany(other => new[] { Text(other.Trace), Text(CopyOf(other.Trace)) });
            if (!told.Contains(Text(shot.Trace)) || told.Except(alike).Any())
            {
                wrong.Add($"{shot.Packet} by {shot.Packet.Input} {shot.Packet.Port}\n-- the tracer says\n{Text(shot.Trace)}\n-- the kernel told {told.Count}\n{string.Join("\n--\n", told)}");
            }
        }

        Assert.True(wrong.Count == 0, $"{name}: {wrong.Count} of {shots.Count}\n{string.Join("\n\n", wrong.Take(3))}\n\nall ways:\n{string.Join('\n', live.Select(trace => $"{trace.Packet} by {trace.Packet.Input}"))}");
    }

    /// <summary>A bridge that has not learned where an address is sends copies out by all ports. Chains that translate are asked for the first only.</summary>
    private static Trace CopyOf(Trace trace) => trace with { Steps = [.. trace.Steps.TakeWhile(step => step is not { Kind: TraceKind.Hook, Chain: "nat POSTROUTING" or "ip bridgehead postrouting" })] };

    /// <summary>ICMP's identifiers are not told: packets that differ in nothing else may be each other.</summary>
    private static bool IsOf(Shot shot, Packet packet) => KeyOf(shot.Packet) == KeyOf(packet);

    private static Packet KeyOf(Packet packet) =>
        packet with { State = default, SourceMac = null, DestinationTranslated = false, SourcePort = packet.Protocol is Packet.Icmp or Packet.Icmp6 ? null : packet.SourcePort };

    /// <summary>
    /// Base chains in which nothing stands are told by neither. What connection tracking translates by itself is told of real packets only; the addresses that come of it are compared. Of an answer the tracer is asked with the addresses that the rules see: how it gets them, and whether it is bridged or routed
    /// until then, is told by the real one only.
    /// </summary>
    private static string Text(Trace trace)
    {
        var isAnswer = trace.Packet.State == ConnectionState.Established;
        var steps = trace.Steps.Where((step, i) => !IsEmptyHook(trace.Steps, i) && !(isAnswer && step is { Chain: "", Decided: false }) && step is not { Kind: TraceKind.Translation, Chain: "" });
        var lines = steps.Select(step => $"{new string(' ', step.Depth * 2)}{(step.Decided ? '*' : step.Matched ? '>' : '-')} {step.Kind} {step.Chain}: {step.Text}   [{step.Why} {step.GroupRule}]");
        return $"{string.Join('\n', lines)}\n{trace.Fate} {trace.Output} {(trace.Passes ? trace.Final.Destination : null)}";
    }

    private static bool IsEmptyHook(IReadOnlyList<TraceStep> steps, int at) => steps[at].Kind == TraceKind.Hook && (at + 1 == steps.Count || steps[at + 1].Depth == 0);
}
