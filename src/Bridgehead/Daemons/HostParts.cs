using Bridgehead.Agent;
using Bridgehead.Host;
using Bridgehead.Instances;
using Bridgehead.Model;
using Bridgehead.Rules.Iptables;
using Bridgehead.Store;
using Microsoft.Extensions.Logging;

namespace Bridgehead;

/// <summary>Puts an agent together with what it works on its host with.</summary>
internal sealed class HostParts(NovaSettings settings, Database store, ILoggerFactory logs, CancellationToken stop)
{
    private readonly CommandRunner _runner = new();
    private readonly Sysctls _sysctls = new();

    /// <summary>Runs the daemon's agent until cancelled.</summary>
    public async Task RunAsync(string binary, TaskCompletionSource ready, CancellationToken cancel)
    {
        // Each has its own way to interfaces: both may live in one process, as they may not.
        var links = new Links(_runner);
        if (binary == Binaries.Network)
        {
            var dhcp = new DnsmasqService(_runner, settings, LeaseProgram());
            var (floating, gateways) = (AddressJournal.Floating(settings.StatePath), AddressJournal.Gateways(settings.StatePath));
            await RunNetworkAsync(new NetworkAppliers(Firewall(binary), links, _sysctls, dhcp, new Conntrack(_runner), floating, gateways), ready, cancel);
            return;
        }

        IAgent agent = binary == Binaries.Api
            ? new ApiAgent(settings, Firewall(binary))
            : new ComputeAgent(settings, store, new ComputeAppliers(Firewall(binary), new PortGuard(_runner, settings.UseIpv6), links, _sysctls, Driver()), logs, stop);
        await LoopOf(agent).RunAsync(ready, cancel);
    }

    /// <summary>The lease socket listens before dnsmasq is started, because dnsmasq asks it for the lease database.</summary>
    private async Task RunNetworkAsync(NetworkAppliers appliers, TaskCompletionSource ready, CancellationToken cancel)
    {
        var agent = new NetworkAgent(settings, store, appliers, logs, stop);
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leases = new LeaseSocket(settings.StatePath, logs.CreateLogger<LeaseSocket>()).RunAsync(
            lease => agent.LeaseAsync(lease, cancel), () => agent.LeaseDatabaseAsync(cancel), listening, cancel);
        await await Task.WhenAny(listening.Task, leases);
        await await Task.WhenAny(leases, LoopOf(agent).RunAsync(ready, cancel));
    }

    private AgentLoop LoopOf(IAgent agent) => new(agent, store, settings, TimeProvider.System, logs.CreateLogger<AgentLoop>());

    private IptablesFirewall Firewall(string worker) => new(
        new FirewallPlan(worker, RuleProfiles.For(settings.RuleProfile), settings.UseIpv6),
        new IptablesPrograms(_runner, settings.IptablesVariant),
        Path.Combine(settings.StatePath, "locks", "iptables"),
        TimeProvider.System,
        logs.CreateLogger<IptablesFirewall>());

    private IInstanceDriver Driver() => settings.ComputeDriver == "tap"
        ? new TapDriver(_runner, settings.StatePath)
        : new NetnsDriver(_runner, settings.StatePath, TimeProvider.System);

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
