using Bridgehead.Model;
using Bridgehead.Rules;

namespace Bridgehead.Benchmarks;

/// <summary>
/// What the rules of 4,000 instances cost the packets that go through the host to one of them, in the middle of all: against the same host with connection tracking and no rules. Both are measured in
/// turns, many times, and as what comes through for a second of processor, since cores are shared.
/// </summary>
internal static class PacketFigures
{
    private const int Many = 4000;
    private const int Measured = Many / 2;
    private const int Milliseconds = 100;
    private const int Rounds = 30;

    private static readonly IReadOnlyList<Load> Loads =
    [
        new("TCP stream", "stream", 8e-9, "Gbit/cpu-s", 0.97),
        new("UDP round trip", "echo", 1e-3, "k/cpu-s", 0.97),
        new("new TCP connections", "connections", 1e-3, "k/cpu-s", 0.95),
        new("one-way UDP of 64 bytes", LoadClient.Unanswered, 1e-3, "k/cpu-s", 0.90),
    ];

    public static void Run()
    {
        using var world = new PacketWorld(EngineCloud.AddressOf(Measured));
        TrackConnections();
        using (var native = new NativeRules(new EngineCloud(Many).Compute().Select(Open).ToList(), new EngineCloud(Many).Network(), Many))
        {
            Print("nftables", Measure(world, Rounds, native.Put, native.Remove), asked: true);
        }

        using var iptables = new IptablesEngine("nft");
        var cloud = new IptablesCloud(Many, Open);
        Print("iptables", Measure(world, 3, () => iptables.StartAsync(cloud).GetAwaiter().GetResult(), () => iptables.ClearAsync().GetAwaiter().GetResult()), asked: false);
    }

    /// <summary>What came through without and with the rules, for each load.</summary>
    private static List<(List<double> Without, List<double> With)> Measure(PacketWorld world, int rounds, Action put, Action remove)
    {
        var rates = Loads.Select(_ => (Without: new List<double>(), With: new List<double>())).ToList();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (load, (without, _)) in Loads.Zip(rates))
            {
                without.Add(world.Run(load.Name, Milliseconds));
            }

            put();
            foreach (var (load, (_, with)) in Loads.Zip(rates))
            {
                with.Add(world.Run(load.Name, Milliseconds));
            }

            remove();
        }

        return rates;
    }

    private static void Print(string rules, List<(List<double> Without, List<double> With)> rates, bool asked)
    {
        foreach (var (load, (without, with)) in Loads.Zip(rates))
        {
            new Row($"{rules}: {load.What}", with.Median() * load.Scale, load.Unit, without.Median() * load.Scale, asked ? new Target(LeastRatio: load.Least) : null).Print();
        }
    }

    /// <summary>A rule that asks for a connection's state has the kernel track them; no packet meets it, since its chain has no hook.</summary>
    private static void TrackConnections() => Self.Require("nft", ["-f", "-"], "table ip tracked { chain nobody { ct state new accept; }; }\n");

    /// <summary>The measured instance's group lets in what is sent.</summary>
    private static Policy Open(Policy policy)
    {
        var group = EngineCloud.OwnGroup(Measured);
        SecurityGroupRule Udp(int number, int port) => EngineCloud.Rule(group, number, port, port, Cidr.AnyV4) with { ProtocolText = "udp" };
        return policy is Policy.GroupRules rules && rules.GroupId == group ? rules with { Rules = [.. rules.Rules, Udp(60, LoadServer.Echo), Udp(61, LoadServer.Silence)] } : policy;
    }

    private sealed record Load(string What, string Name, double Scale, string Unit, double Least);
}
