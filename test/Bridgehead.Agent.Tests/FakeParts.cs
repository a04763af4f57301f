using Bridgehead.Host;
using Bridgehead.Instances;
using Bridgehead.Model;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Nftables;
using Bridgehead.Store;

namespace Bridgehead.Agent.Tests;

/// <summary>The real agents and appliers, on a fake machine.</summary>
internal static class FakeParts
{
    /// <summary>nova-network and nova-compute.</summary>
    public static IReadOnlyList<IAgent> Agents(FakeMachine machine, Database store, NovaSettings settings, FakeHands hands, Complaints logs, CancellationToken stop)
    {
        var sysctls = new Sysctls(hands.Files, machine.Sysctls);
        var network = new NetworkAppliers(
            hands.Firewall(Backend(machine, settings, hands, Binaries.Network)),
            hands.Files,
            NewLinks(machine, hands),
            sysctls,
            new DnsmasqService(hands.Runner, hands.Files, hands.Processes, settings, "/helper"),
            new Conntrack(hands.Runner),
            AddressJournal.Floating(machine.State, hands.Files),
            AddressJournal.Gateways(machine.State, hands.Files),
            AddressJournal.Services(machine.State, hands.Files));
        var compute = new ComputeAppliers(
            hands.Firewall(Backend(machine, settings, hands, Binaries.Compute)),
            new PortGuard(hands.Firewall(new FakeNftBackend(machine, new GuardLayout(settings.UseIpv6)))),
            hands.Files,
            NewLinks(machine, hands),
            sysctls,
            hands.Driver(new TapDriver(machine.Host, machine.State, machine.Interfaces)));
        return [new NetworkAgent(settings, store, network, logs, stop), new ComputeAgent(settings, store, compute, logs, stop)];
    }

    public static HostCleanup Cleanup(FakeMachine machine, NovaSettings settings, FakeHands hands) => new(
        machine.State,
        new CleanupAppliers(
            hands.Files,
            NewLinks(machine, hands),
            new BridgeRegister(machine.State, hands.Files),
            new DnsmasqService(hands.Runner, hands.Files, hands.Processes, settings, "/helper"),
            new Conntrack(hands.Runner),
            AddressJournal.Floating(machine.State, hands.Files),
            AddressJournal.Gateways(machine.State, hands.Files),
            AddressJournal.Services(machine.State, hands.Files),
            [hands.Driver(new TapDriver(machine.Host, machine.State, machine.Interfaces))],
            [
                new FakeNftBackend(machine, new WholeLayout()),
                new IptablesRemoval(new IptablesPrograms(hands.Runner, "auto"), hands.Files, Path.Combine(machine.State, "locks", "iptables"), [Binaries.Network, Binaries.Compute]),
            ]),
        hands.RetireAsync);

    private static Links NewLinks(FakeMachine machine, FakeHands hands) => new(hands.Runner, hands.Files, Path.Combine(machine.State, "locks", "links"), TimeProvider.System);

    private static IFirewallBackend Backend(FakeMachine machine, NovaSettings settings, FakeHands hands, string worker) => settings.NetfilterBackend == NetfilterBackend.Nftables
        ? new FakeNftBackend(machine, worker == Binaries.Network ? new NetworkLayout(settings.RuleProfile) : new ComputeLayout(settings.UseIpv6))
        : new IptablesBackend(
            new FirewallPlan(worker, RuleProfiles.For(settings.RuleProfile), settings.UseIpv6),
            new IptablesPrograms(hands.Runner, "auto"),
            hands.Files,
            Path.Combine(machine.State, "locks", "iptables"));
}
