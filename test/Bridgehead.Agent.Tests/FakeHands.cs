using Bridgehead.Host;
using Bridgehead.Instances;
using Bridgehead.Rules;

namespace Bridgehead.Agent.Tests;

/// <summary>What agents read and change a fake machine with: for real, or in a dry run.</summary>
internal sealed record FakeHands(ICommandRunner Runner, IHostFiles Files, IProcesses Processes, Func<IFirewallBackend, IFirewall> Firewall, Func<IInstanceDriver, IInstanceDriver> Driver, Func<IRetirement, CancellationToken, Task> RetireAsync)
{
    public static FakeHands Real(FakeMachine machine, Complaints logs) => new(
        machine.Host,
        new HostFiles(TimeProvider.System),
        new Processes(machine.Host, machine.Proc),
        backend => new FirewallWriter(backend, TimeProvider.System, logs.For<FirewallWriter>()),
        driver => driver,
        (rules, cancel) => rules.RetireAsync(cancel));

    public static FakeHands Dry(FakeMachine machine, DryRun run, List<DryRunFirewall> firewalls) => Dry(machine, run, new DryRunRunner(machine.Host, run), firewalls);

    private static FakeHands Dry(FakeMachine machine, DryRun run, DryRunRunner runner, List<DryRunFirewall> firewalls) => new(
        runner,
        new DryRunFiles(run),
        new DryRunProcesses(new Processes(machine.Host, machine.Proc), run),
        backend =>
        {
            firewalls.Add(new DryRunFirewall(backend, null));
            return firewalls[^1];
        },
        driver => new DryRunDriver(driver, run, runner.Links),
        async (rules, cancel) => run.AddRules(await rules.PreviewRetirementAsync(cancel)));
}
