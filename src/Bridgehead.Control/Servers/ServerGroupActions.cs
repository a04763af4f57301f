using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Server groups of projects.</summary>
public sealed class ServerGroupActions(Database store, NovaSettings settings)
{
    public Task<Outcome<ServerGroup>> CreateAsync(Caller caller, string name, string policy, CancellationToken cancel) => store.TryWriteAsync<ServerGroup>(
        async session =>
        {
            if (Text.CheckName("Server group name", name) is { } wrong)
            {
                return wrong;
            }

            await session.Quotas.LockAsync(caller.ProjectId, cancel);
            var limits = await QuotaLimits.OfAsync(session, settings, caller.ProjectId, cancel);
            if (limits["server_groups"] >= 0 && await session.ServerGroups.CountAsync(caller.ProjectId, cancel) >= limits["server_groups"])
            {
                return Problem.Quota("Quota exceeded, too many server groups.");
            }

            var group = new ServerGroup { Uuid = Guid.NewGuid(), ProjectId = caller.ProjectId, UserId = caller.UserId, Name = name, Policy = policy };
            await session.ServerGroups.AddAsync(group, cancel);
            return group;
        },
        cancel);

    /// <summary>Servers in it stay as they are.</summary>
    public Task<Outcome<Done>> DeleteAsync(Caller caller, Guid uuid, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            if (await session.ServerGroups.FindAsync(uuid, cancel) is not { } group || (group.ProjectId != caller.ProjectId && !caller.IsAdmin))
            {
                return Problem.Missing($"Instance group {uuid} could not be found.");
            }

            await session.ServerGroups.RemoveAsync(uuid, cancel);
            return default(Done);
        },
        cancel);
}
