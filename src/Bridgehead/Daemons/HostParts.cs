using Bridgehead.Agent;
using Bridgehead.Host;
using Bridgehead.Instances;
using Bridgehead.Model;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Nftables;
using Bridgehead.Store;
using Microsoft.Extensions.Logging;

namespace Bridgehead;

/// <summary>Puts an agent together with what it works on its host with.</summary>
internal sealed class HostParts(NovaSettings settings, Database store, ILoggerFactory logs, CancellationToken stop)
{
    private static readonly CommandRunner Runner = new();
    private readonly IptablesPrograms _iptables = new(Runner, settings.IptablesVariant);
    private readonly Sysctls _sysctls = new();

    /// <summary>Runs the daemon's agent until cancelled.</summary>
    public async Task RunAsync(string binary, TaskCompletionSource ready, CancellationToken cancel)
    {
        // Each has its own way to interfaces: both may live in one process, as they may not.
        var links = new Links(Runner, Path.Combine(settings.StatePath, "locks", "links"), TimeProvider.System);
        if (binary == Binaries.Network)
        {
            var dhcp = new DnsmasqService(Runner, settings, LeaseProgram());
            var (floating, gateways) = (AddressJournal.Floating(settings.StatePath), AddressJournal.Gateways(settings.StatePath));
            await RunNetworkAsync(new NetworkAppliers(Firewall(binary), links, _sysctls, dhcp, new Conntrack(Runner), floating, gateways), ready, cancel);
            return;
        }

        IAgent agent = binary == Binaries.Api
            ? new ApiAgent(settings, Firewall(binary))
            : new ComputeAgent(settings, store, new ComputeAppliers(Firewall(binary), new PortGuard(Writer(new NftablesBackend(new GuardLayout(settings.UseIpv6)))), links, _sysctls, Driver()), logs, stop);
        await LoopOf(agent).RunAsync(ready, cancel);
    }

    /// <summary>The lease socket listens before dnsmasq is started, because dnsmasq asks it for the lease database.</summary>
    private async Task RunNetworkAsync(NetworkAppliers appliers, TaskCompletionSource ready, CancellationToken cancel)
    {
        var agent = new NetworkAgent(settings, store, appliers, logs, stop);
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leases = new LeaseSocket(settings.StatePath, TimeProvider.System, logs.CreateLogger<LeaseSocket>()).RunAsync(
            lease => agent.LeaseAsync(lease, cancel), () => agent.LeaseDatabaseAsync(cancel), listening, cancel);
        await await Task.WhenAny(listening.Task, leases);
        await await Task.WhenAny(leases, LoopOf(agent).RunAsync(ready, cancel));
    }

    private AgentLoop LoopOf(IAgent agent) => new(agent, store, settings, TimeProvider.System, logs.CreateLogger<AgentLoop>());

    private FirewallWriter Firewall(string worker)
    {
        if (settings.NetfilterBackend == NetfilterBackend.Nftables)
        {
            return Writer(Native(worker), _iptables.AreInstalled ? Iptables(worker, null) : null);
        }

        IDisturbance disturbance = _iptables.IsNft ? new NftVariantDisturbance(worker) : new LegacyDisturbance(TimeProvider.System);
        return Writer(Iptables(worker, disturbance), Native(worker));
    }

    private FirewallWriter Writer(IFirewallBackend backend, IFirewallBackend? former = null) => new(backend, TimeProvider.System, logs.CreateLogger<FirewallWriter>(), former);

    private NftablesBackend Native(string worker) => new(worker switch
    {
        Binaries.Network => new NetworkLayout(settings.RuleProfile),
        Binaries.Compute => new ComputeLayout(settings.UseIpv6),
        _ => new EmptyLayout(),
    });

    private IptablesBackend Iptables(string worker, IDisturbance? disturbance) => new(
        new FirewallPlan(worker, RuleProfiles.For(settings.RuleProfile), settings.UseIpv6),
        _iptables,
        Path.Combine(settings.StatePath, "locks", "iptables"),
        TimeProvider.System,
        disturbance);

    private IInstanceDriver Driver() => settings.ComputeDriver == "tap"
        ? new TapDriver(Runner, settings.StatePath)
        : new NetnsDriver(Runner, settings.StatePath, TimeProvider.System);

    /// <summary>dnsmasq wants a program without arguments: a link with its name, to this executable.</summary>
    private string LeaseProgram()
    {
        var path = Path.Combine(settings.StatePath, "networks", "nova-dhcpbridge");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.next";
        File.Delete(temporary);
        File.CreateSymbolicLink(temporary, Environment.ProcessPath!);
        File.Move(temporary, path, overwrite: true);
        return path;
    }
}
