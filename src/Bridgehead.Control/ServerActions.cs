using System.Net;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What users do to their servers. Each checks owner, lock and state, and changes the wish; the host follows.</summary>
public sealed class ServerActions(Database store, NovaSettings settings)
{
    public Task<Outcome<Instance>> StopAsync(Caller caller, Guid uuid, CancellationToken cancel) =>
        WishAsync(caller, uuid, ("stop", [VmState.Active, VmState.Error]), i => i with { Running = false, TaskState = TaskState.PoweringOff }, cancel);

    public Task<Outcome<Instance>> StartAsync(Caller caller, Guid uuid, CancellationToken cancel) =>
        WishAsync(caller, uuid, ("start", [VmState.Stopped]), i => i with { Running = true, TaskState = TaskState.PoweringOn }, cancel);

    /// <summary>A soft reboot needs a running server; a hard one also brings back one that is stopped, held still or in error.</summary>
    public Task<Outcome<Instance>> RebootAsync(Caller caller, Guid uuid, bool hard, CancellationToken cancel) => WishAsync(
        caller,
        uuid,
        ("reboot", hard ? [VmState.Active, VmState.Stopped, VmState.Paused, VmState.Suspended, VmState.Error] : [VmState.Active]),
        i => i with { Running = true, Frozen = null, BootGeneration = i.BootGeneration + 1, TaskState = hard ? TaskState.RebootingHard : TaskState.Rebooting },
        cancel);

    /// <summary>A server without a host, or whose host is down, is deleted at once; what is left on the host goes when it comes back.</summary>
    public Task<Outcome<Done>> DeleteAsync(Caller caller, Guid uuid, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            var found = await OwnServer.FindAsync(session, caller, uuid, cancel);
            if (!found.Succeeded(out var instance, out var problem))
            {
                return problem;
            }

            if (!instance.DeleteRequested)
            {
                await OwnServer.RecordAsync(session, caller, uuid, "delete", finished: false, cancel);
            }

            if (instance.Host is null || !await IsUpAsync(session, instance.Host, cancel))
            {
                await session.FinishDeleteAsync(instance with { DeleteRequested = true }, cancel);
            }
            else if (!instance.DeleteRequested)
            {
                await session.Instances.SaveAsync(instance with { DeleteRequested = true, TaskState = TaskState.Deleting }, cancel);
            }

            return default(Done);
        },
        cancel);

    public Task<Outcome<Done>> UpdateAsync(Caller caller, Guid uuid, Func<Instance, Instance> change, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            var found = await OwnServer.FindAsync(session, caller, uuid, cancel);
            if (!found.Succeeded(out var instance, out var problem))
            {
                return problem;
            }

            await session.Instances.SaveAsync(change(instance), cancel);
            return default(Done);
        },
        cancel);

    /// <summary>Changes nothing: says whether the server is the caller's, not locked against them, and in one of the states.</summary>
    public Task<Outcome<Instance>> CheckAsync(Caller caller, Guid uuid, string action, IReadOnlyList<string> states, CancellationToken cancel) =>
        store.ReadAsync(session => OwnServer.PeekAsync(session, caller, uuid, action, states, cancel), cancel);

    /// <summary>The host compares what it has of the server with what is wanted.</summary>
    public Task<Outcome<Done>> LookAgainAsync(Caller caller, Guid uuid, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            if (!(await OwnServer.FindAsync(session, caller, uuid, cancel)).Succeeded(out var instance, out var problem))
            {
                return problem;
            }

            await session.Changes.InstanceAsync(uuid, instance.Host, cancel);
            return default(Done);
        },
        cancel);

    /// <summary>What an administrator locked who is not of its project, only an administrator unlocks.</summary>
    public Task<Outcome<Done>> LockAsync(Caller caller, Guid uuid, bool locked, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            if (await session.Instances.LockAsync(uuid, cancel) is not { } i || (i.ProjectId != caller.ProjectId && !caller.IsAdmin))
            {
                return OwnServer.NotFound(uuid);
            }

            var owner = i.ProjectId == caller.ProjectId;
            if (!locked && i is { Locked: true, LockedByAdmin: true } && !caller.IsAdmin)
            {
                return Problem.Denied("Policy doesn't allow os_compute_api:os-lock-server:unlock:unlock_override to be performed.");
            }

            if (!(locked && i.Locked && owner))
            {
                await session.Instances.SaveAsync(i with { Locked = locked, LockedByAdmin = locked && !owner }, cancel);
            }

            return default(Done);
        },
        cancel);

    public Task<Outcome<Done>> AddFixedIpAsync(Caller caller, Guid uuid, string network, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            var found = await OwnServer.FindAsync(session, caller, uuid, cancel);
            if (!found.Succeeded(out var instance, out var problem))
            {
                return problem;
            }

            var visible = await session.Networks.ForProjectAsync(instance.ProjectId, cancel);
            var chosen = visible.Find(n => n.Uuid.ToString("D") == network || $"{n.Id}" == network || n.Label == network);
            if (chosen is null)
            {
                return Problem.Bad($"Network {network} could not be found.");
            }

            var given = await new Addresses(settings).AttachAsync(session, uuid, chosen, null, cancel);
            return given.Problem ?? await ChangedAsync(session, instance, cancel);
        },
        cancel);

    public Task<Outcome<Done>> RemoveFixedIpAsync(Caller caller, Guid uuid, IPAddress address, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            var found = await OwnServer.FindAsync(session, caller, uuid, cancel);
            if (!found.Succeeded(out var instance, out var problem))
            {
                return problem;
            }

            if ((await session.FixedIps.OfInstanceAsync(uuid, cancel)).Find(f => f.Address.Equals(address)) is not { } own)
            {
                return Problem.Bad($"Fixed IP {address} not found on server {uuid}.");
            }

            foreach (var floating in (await session.FloatingIps.OfInstanceAsync(uuid, cancel)).Where(f => address.Equals(f.FixedAddress)))
            {
                await session.FloatingIps.DisassociateAsync(floating, cancel);
            }

            await session.FixedIps.ReleaseAsync(own.Id, cancel);
            return await ChangedAsync(session, instance, cancel);
        },
        cancel);

    public Task<Outcome<Done>> AddGroupAsync(Caller caller, Guid uuid, string name, CancellationToken cancel) => GroupAsync(caller, uuid, name, async (session, group) =>
        await session.SecurityGroups.JoinAsync(uuid, group.Id, cancel) ? null : Problem.Bad($"Security group {group.Id} is already associated with the instance {uuid}"), cancel);

    public Task<Outcome<Done>> RemoveGroupAsync(Caller caller, Guid uuid, string name, CancellationToken cancel) => GroupAsync(caller, uuid, name, async (session, group) =>
    {
        await session.SecurityGroups.MembersChangedAsync(uuid, cancel);
        return await session.SecurityGroups.LeaveAsync(uuid, group.Id, cancel) ? null : Problem.Bad($"Security group {group.Id} is not associated with the instance {uuid}");
    }, cancel);

    private Task<Outcome<Done>> GroupAsync(Caller caller, Guid uuid, string name, Func<Session, SecurityGroup, Task<Problem?>> change, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            var found = await OwnServer.FindAsync(session, caller, uuid, cancel);
            if (!found.Succeeded(out var instance, out var problem))
            {
                return problem;
            }

            if (Text.CheckName("Security group name", name) is { } blank)
            {
                return blank;
            }

            if (await SecurityGroupActions.ResolveAsync(session, instance.ProjectId, name, cancel) is not { } group)
            {
                return Problem.Missing($"Security group {name} not found for project {instance.ProjectId}.");
            }

            return await change(session, group) is { } refused ? refused : await ChangedAsync(session, instance, cancel);
        },
        cancel);

    private static async Task<Outcome<Done>> ChangedAsync(Session session, Instance instance, CancellationToken cancel)
    {
        await session.SecurityGroups.MembersChangedAsync(instance.Uuid, cancel);
        await session.Changes.InstanceAsync(instance.Uuid, null, cancel);
        return default(Done);
    }

    private Task<Outcome<Instance>> WishAsync(Caller caller, Guid uuid, (string Name, IReadOnlyList<string> States) action, Func<Instance, Instance> change, CancellationToken cancel) =>
        OwnServer.ChangeAsync(store, caller, uuid, action, (_, i) => Task.FromResult<Outcome<Instance>>(change(i)), cancel);

    private async Task<bool> IsUpAsync(Session session, string host, CancellationToken cancel) => (await session.Services.ListAsync(cancel)).Exists(s =>
        s.Host == host && s.Binary == Binaries.Compute && !s.ForcedDown && s.UpdatedAt >= session.Now - TimeSpan.FromSeconds(settings.ServiceDownTime));
}
