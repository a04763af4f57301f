using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What administrators do to the daemons that have reported.</summary>
public sealed class DaemonActions(Database store)
{
    /// <summary>It leaves its aggregates, and is there again when it reports again. A compute host that has servers stays: they would be on a host that nobody knows.</summary>
    public Task<Outcome<Done>> ForgetAsync(long id, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            await session.Aggregates.LockAsync(cancel);
            if (await session.Services.FindAsync(id, cancel) is not { } service)
            {
                return Problem.Missing($"Service {id} could not be found.");
            }

            if (service.Binary == Binaries.Compute && await session.Instances.CountOnHostAsync(service.Host, cancel) is > 0 and var servers)
            {
                return Problem.Conflicting($"Unable to delete compute service: host {service.Host} has {servers} servers.");
            }

            await session.Services.RemoveAsync(service, cancel);
            return default(Done);
        },
        cancel);
}
