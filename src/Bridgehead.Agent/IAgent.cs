using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Agent;

/// <summary>A daemon's part that makes this host follow the store.</summary>
public interface IAgent
{
    /// <summary>The daemon's name: its row in the services table, and the prefix of its chains.</summary>
    string Binary { get; }

    /// <summary>Looks at everything that concerns this host and brings it about; called at start and after a gap in the feed.</summary>
    Task ResyncAsync(CancellationToken cancel);

    /// <summary>Asks that an entity be looked at again; returns at once.</summary>
    void Look(Change change);

    /// <summary>What it reports with each beat besides that it lives. The host is looked at now, the store is written in the beat's transaction.</summary>
    Func<Session, CancellationToken, Task> Report() => (_, _) => Task.CompletedTask;

    /// <summary>Completes when nothing that was asked for is under way or waits to be repeated.</summary>
    Task WhenIdleAsync();
}
