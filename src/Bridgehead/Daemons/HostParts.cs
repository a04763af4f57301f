using Bridgehead.Agent;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Nftables;
using Bridgehead.Store;
using Microsoft.Extensions.Logging;

namespace Bridgehead;

/// <summary>Puts agents together with what they work on their host with.</summary>
internal sealed class HostParts(NovaSettings settings, Database store, ILoggerFactory logs, IHostHands hands, CancellationToken stop)
{
    private readonly HostAppliers _appliers = new(settings, hands);

    /// <summary>The daemon's agent.</summary>
    public IAgent Agent(string binary) => binary switch
    {
        Binaries.Network => NetworkAgent(),
        Binaries.Compute => ComputeAgent(),
        _ => new ApiAgent(settings, Firewall(binary)),
    };

    /// <summary>Runs the daemon's agent until cancelled.</summary>
    public Task RunAsync(string binary, TaskCompletionSource ready, CancellationToken cancel) =>
        binary == Binaries.Network ? RunNetworkAsync(NetworkAgent(), ready, cancel) : LoopOf(Agent(binary)).RunAsync(ready, cancel);

    private NetworkAgent NetworkAgent() => new(
        settings,
        store,
        new NetworkAppliers(
            Firewall(Binaries.Network),
            _appliers.Files,
            _appliers.NewLinks(),
            _appliers.Sysctls,
            _appliers.NewDhcp(LeaseProgram()),
            _appliers.Conntrack,
            _appliers.Floating,
            _appliers.Gateways,
            _appliers.Services),
        logs,
        stop);

    private ComputeAgent ComputeAgent() => new(
        settings,
        store,
        new ComputeAppliers(
            Firewall(Binaries.Compute),
            new PortGuard(hands.Firewall(new NftablesBackend(new GuardLayout(settings.UseIpv6)), null)),
            _appliers.Files,
            _appliers.NewLinks(),
            _appliers.Sysctls,
            _appliers.Driver(settings.ComputeDriver)),
        logs,
        stop);

    /// <summary>The lease socket listens before dnsmasq is started, because dnsmasq asks it for the lease database.</summary>
    private async Task RunNetworkAsync(NetworkAgent agent, TaskCompletionSource ready, CancellationToken cancel)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leases = new LeaseSocket(settings.StatePath, TimeProvider.System, logs.CreateLogger<LeaseSocket>()).RunAsync(
            lease => agent.LeaseAsync(lease, cancel), () => agent.LeaseDatabaseAsync(cancel), listening, cancel);
        await await Task.WhenAny(listening.Task, leases);
        await await Task.WhenAny(leases, LoopOf(agent).RunAsync(ready, cancel));
    }

    private AgentLoop LoopOf(IAgent agent) => new(agent, store, settings, TimeProvider.System, logs.CreateLogger<AgentLoop>());

    private IFirewall Firewall(string worker)
    {
        if (settings.NetfilterBackend == NetfilterBackend.Nftables)
        {
            return hands.Firewall(Native(worker), _appliers.Iptables.AreInstalled ? Iptables(worker, null) : null);
        }

        IDisturbance disturbance = _appliers.Iptables.IsNft ? new NftVariantDisturbance(worker) : new LegacyDisturbance(TimeProvider.System);
        return hands.Firewall(Iptables(worker, disturbance), Native(worker));
    }

    private NftablesBackend Native(string worker) => new(worker switch
    {
        Binaries.Network => new NetworkLayout(settings.RuleProfile),
        Binaries.Compute => new ComputeLayout(settings.UseIpv6),
        _ => new EmptyLayout(),
    });

    private IptablesBackend Iptables(string worker, IDisturbance? disturbance) => new(
        new FirewallPlan(worker, RuleProfiles.For(settings.RuleProfile), settings.UseIpv6),
        _appliers.Iptables,
        _appliers.Files,
        _appliers.IptablesLock,
        disturbance);

    /// <summary>dnsmasq wants a program without arguments: a link with its name, to this executable.</summary>
    private string LeaseProgram()
    {
        var path = Path.Combine(settings.StatePath, "networks", "nova-dhcpbridge");
        _appliers.Files.Link(path, Environment.ProcessPath!);
        return path;
    }
}
