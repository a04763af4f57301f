using Bridgehead.Host;
using Bridgehead.Instances;
using Bridgehead.Rules;

namespace Bridgehead;

/// <summary>What agents read and change this host with: for real, or in a dry run.</summary>
internal interface IHostHands
{
    ICommandRunner Runner { get; }

    IHostFiles Files { get; }

    IProcesses Processes { get; }

    /// <param name="former">What an earlier life of the worker may have used instead.</param>
    IFirewall Firewall(IFirewallBackend backend, IFirewallBackend? former);

    /// <summary>Takes rules out of the kernel.</summary>
    Task RetireAsync(IRetirement rules, CancellationToken cancel);

    IInstanceDriver Driver(Func<ICommandRunner, IInstanceDriver> make);
}
