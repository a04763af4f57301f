using Bridgehead.Host;
using Bridgehead.Instances;
using Bridgehead.Model;

namespace Bridgehead;

/// <summary>What agents work on this host with, put together from settings.</summary>
internal sealed class HostAppliers(NovaSettings settings, IHostHands hands)
{
    public IHostFiles Files => hands.Files;

    public IptablesPrograms Iptables { get; } = new(hands.Runner, settings.IptablesVariant);

    public string IptablesLock => Path.Combine(settings.StatePath, "locks", "iptables");

    public Sysctls Sysctls { get; } = new(hands.Files);

    public Conntrack Conntrack { get; } = new(hands.Runner);

    public AddressJournal Floating { get; } = AddressJournal.Floating(settings.StatePath, hands.Files);

    public AddressJournal Gateways { get; } = AddressJournal.Gateways(settings.StatePath, hands.Files);

    public AddressJournal Services { get; } = AddressJournal.Services(settings.StatePath, hands.Files);

    public BridgeRegister Bridges { get; } = new(settings.StatePath, hands.Files);

    /// <summary>Each agent has its own way to interfaces: two may live in one process, as they may not.</summary>
    public Links NewLinks() => new(hands.Runner, hands.Files, Path.Combine(settings.StatePath, "locks", "links"), TimeProvider.System);

    /// <param name="helper">The program for lease events.</param>
    public DnsmasqService NewDhcp(string helper) => new(hands.Runner, hands.Files, hands.Processes, settings, helper);

    public IInstanceDriver Driver(string name) => hands.Driver(runner => name == "tap"
        ? new TapDriver(runner, settings.StatePath)
        : new NetnsDriver(runner, settings.StatePath, TimeProvider.System));
}
