using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Nftables;
using Bridgehead.Rules.Tracing;
using Bridgehead.Testing;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bridgehead.Kernel.Tests.Differential;

/// <summary>A host with cables, on which one cloud after the other is set up and packets are sent.</summary>
internal sealed class Rig : IDisposable
{
    private const int PacketsEach = 24;
    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly string _state = Directory.CreateTempSubdirectory("bridgehead-differential-").FullName;
    private uint _token;
    private ushort _port = 20000;

    public Rig() => Topology.Build();

    /// <summary>The upper half of all tokens.</summary>
    public ulong Series { get; } = (ulong)Random.Shared.Next(1 << 16, int.MaxValue) << 32;

    public void Dispose()
    {
        Topology.TearDown();
        Directory.Delete(_state, recursive: true);
    }

    public static (SampleCloud Cloud, Packet[] Packets) Draw(ulong seed)
    {
        var random = new PCG(1, seed);
        var cloud = CloudGen.Clouds.Generate(random, null, out _);
        return (cloud, PacketGen.New(cloud).Array[PacketsEach].Generate(random, null, out _));
    }

    /// <summary>A packet between two addresses of one interface never meets the host; addresses of nobody have no end to be seen at.</summary>
    public static bool CanBeSent(SampleCloud cloud, Packet packet) => !packet.Source.Equals(packet.Destination)
        && !(cloud.NicOf(packet.Source) is { } nic && nic == cloud.NicOf(packet.Destination));

    public Shot Aim(SampleCloud cloud, Packet packet, PacketTracer tracer)
    {
        // Port 67 is looked at by rules; all others are a new connection's.
        var port = packet.SourcePort == 67 ? packet.SourcePort : ++_port;
        return new Shot(cloud, packet with { SourcePort = port }, tracer.Trace(packet with { SourcePort = port }), Next());
    }

    public static async Task<IReadOnlyList<Seen>> FireAsync(Wire wire, IReadOnlyList<Shot> shots)
    {
        foreach (var shot in shots)
        {
            shot.Send(wire);
        }

        return await wire.CollectAsync([.. shots.Where(shot => shot.Place is not null).Select(shot => shot.Token)]);
    }

    public async Task<List<IFirewallBackend>> ApplyAsync(SampleCloud cloud, (NetfilterBackend Kind, string Variant) backend)
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

    public static void Clear(List<IFirewallBackend> backends, string variant)
    {
        backends.OfType<IDisposable>().ToList().ForEach(backend => backend.Dispose());
        if (variant == "legacy")
        {
            World.Run("for i in iptables ip6tables; do for t in filter nat mangle; do $i-legacy -t $t -F && $i-legacy -t $t -X; done; done");
        }

        World.Run("nft flush ruleset; conntrack -F 2>/dev/null");
    }

    public ulong Next() => Series | ++_token;
}
