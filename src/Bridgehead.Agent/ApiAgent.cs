using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Store;

namespace Bridgehead.Agent;

/// <summary>nova-api's part of the host: the rule that lets instances reach the metadata service, where the packet filter is one that needs it.</summary>
public sealed class ApiAgent(NovaSettings settings, IFirewall firewall) : IAgent
{
    public string Binary => Binaries.Api;

    public Task ResyncAsync(CancellationToken cancel) => firewall.StartAsync([NetworkPlanner.Metadata(settings)], cancel);

    /// <summary>Placing servers and writing what is asked are done here too: administrators look for daemons of those names.</summary>
    public Func<Session, CancellationToken, Task> Report() => async (session, cancel) =>
    {
        await session.Services.BeatAsync(settings.Host, Binaries.Conductor, settings.DefaultAvailabilityZone, cancel);
        await session.Services.BeatAsync(settings.Host, Binaries.Scheduler, settings.DefaultAvailabilityZone, cancel);
    };

    /// <summary>The rule depends on settings only.</summary>
    public void Look(Change change)
    {
    }

    public Task WhenIdleAsync() => Task.CompletedTask;
}
