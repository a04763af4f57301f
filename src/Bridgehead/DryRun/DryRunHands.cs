using Bridgehead.Host;
using Bridgehead.Instances;
using Bridgehead.Rules;

namespace Bridgehead;

/// <summary>Reads the real host, and notes what would be changed.</summary>
internal sealed class DryRunHands : IHostHands
{
    private static readonly CommandRunner Programs = new();
    private readonly DryRun _run = new();
    private readonly DryRunRunner _runner;
    private readonly List<DryRunFirewall> _firewalls = [];

    public DryRunHands()
    {
        _runner = new DryRunRunner(Programs, _run);
        Files = new DryRunFiles(_run);
        Processes = new DryRunProcesses(new Processes(Programs), _run);
    }

    public ICommandRunner Runner => _runner;

    public IHostFiles Files { get; }

    public IProcesses Processes { get; }

    public IFirewall Firewall(IFirewallBackend backend, IFirewallBackend? former)
    {
        var firewall = new DryRunFirewall(backend, former);
        _firewalls.Add(firewall);
        return firewall;
    }

    public IInstanceDriver Driver(Func<ICommandRunner, IInstanceDriver> make) => new DryRunDriver(make(Programs), _run, _runner.Links);

    public void Note(HostChange change) => _run.Add(change);

    public async Task RetireAsync(IRetirement rules, CancellationToken cancel) => _run.AddRules(await rules.PreviewRetirementAsync(cancel));

    /// <summary>Everything that was noted, and what the packet filter would become.</summary>
    public async Task<IReadOnlyList<HostChange>> ChangesAsync(CancellationToken cancel)
    {
        foreach (var firewall in _firewalls)
        {
            _run.AddRules(await firewall.ChangesAsync(cancel));
        }

        return _run.Changes;
    }
}
