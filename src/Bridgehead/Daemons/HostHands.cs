using Bridgehead.Host;
using Bridgehead.Instances;
using Bridgehead.Rules;
using Microsoft.Extensions.Logging;

namespace Bridgehead;

/// <inheritdoc cref="IHostHands"/>
internal sealed class HostHands(ILoggerFactory logs) : IHostHands
{
    private static readonly CommandRunner Programs = new();

    public ICommandRunner Runner => Programs;

    public IHostFiles Files { get; } = new HostFiles(TimeProvider.System);

    public IProcesses Processes { get; } = new Processes(Programs);

    public IFirewall Firewall(IFirewallBackend backend, IFirewallBackend? former) => new FirewallWriter(backend, TimeProvider.System, logs.CreateLogger<FirewallWriter>(), former);

    public Task RetireAsync(IRetirement rules, CancellationToken cancel) => rules.RetireAsync(cancel);

    public IInstanceDriver Driver(Func<ICommandRunner, IInstanceDriver> make) => make(Programs);
}
