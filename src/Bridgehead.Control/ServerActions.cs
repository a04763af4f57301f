using System.Net;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What users do to their servers. Each checks owner, lock and state, and changes the wish; the host follows.</summary>
public sealed class ServerActions(Database store, NovaSettings settings)
{
    public Task<Outcome<Done>> StopAsync(Caller caller, Guid uuid, CancellationToken cancel) => ChangeAsync(caller, uuid, i => i.VmState == VmState.Active && i.TaskState is null
        ? i with { Running = false, TaskState = TaskState.PoweringOff }
        : WrongState(i, "stop"), cancel);

    public Task<Outcome<Done>> StartAsync(Caller caller, Guid uuid, CancellationToken cancel) => ChangeAsync(caller, uuid, i => i.VmState == VmState.Stopped && i.TaskState is null
        ? i with { Running = true, TaskState = TaskState.PoweringOn }
        : WrongState(i, "start"), cancel);

    /// <summary>A soft reboot needs a running server; a hard one also brings back one that is stopped or in error.</summary>
    public Task<Outcome<Done>> RebootAsync(Caller caller, Guid uuid, bool hard, CancellationToken cancel) => ChangeAsync(
        caller,
        uuid,
        i => (i.VmState == VmState.Active || (hard && i.VmState is VmState.Stopped or VmState.Error)) && i.TaskState is null && i.Host is not null
            ? i with { Running = true, BootGeneration = i.BootGeneration + 1, TaskState = hard ? TaskState.RebootingHard : TaskState.Rebooting }
            : WrongState(i, "reboot"),
        cancel);

    /// <summary>A server without a host, or whose host is down, is deleted at once; what is left on the host goes when it comes back.</summary>
    public Task<Outcome<Done>> DeleteAsync(Caller caller, Guid uuid, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            var found = await OwnAsync(session, caller, uuid, cancel);
            if (!found.Succeeded(out var instance, out var problem))
            {
                return problem;
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

    public Task<Outcome<Done>> UpdateAsync(Caller caller, Guid uuid, Func<Instance, Outcome<Instance>> change, CancellationToken cancel) => ChangeAsync(caller, uuid, change, cancel);

    public Task<Outcome<Done>> LockAsync(Caller caller, Guid uuid, bool locked, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            if (await session.Instances.LockAsync(uuid, cancel) is not { } i || (i.ProjectId != caller.ProjectId && !caller.IsAdmin))
            {
                return NotFound(uuid);
            }

            await session.Instances.SaveAsync(i with { Locked = locked }, cancel);
            return default(Done);
        },
        cancel);

    public Task<Outcome<Done>> SetMetadataAsync(Caller caller, Guid uuid, IReadOnlyDictionary<string, string> items, bool replace, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            var found = await OwnAsync(session, caller, uuid, cancel);
            if (!found.Succeeded(out var instance, out var problem))
            {
                return problem;
            }

            if (items.Any(m => m.Key.Length is 0 or > 255 || m.Value.Length > 255))
            {
                return Problem.Bad("Metadata keys and values must be at most 255 characters, keys not empty.");
            }

            var now = await session.Instances.MetadataAsync(uuid, cancel);
            var limits = await QuotaLimits.OfAsync(session, settings, instance.ProjectId, cancel);
            var total = replace ? items.Count : now.Keys.Union(items.Keys).Count();
            if (limits["metadata_items"] >= 0 && total > limits["metadata_items"])
            {
                return Problem.Quota("Maximum number of metadata items exceeds the quota.");
            }

            foreach (var gone in replace ? now.Keys.Except(items.Keys) : [])
            {
                await session.Instances.RemoveMetadataAsync(uuid, gone, cancel);
            }

            foreach (var (key, value) in items)
            {
                await session.Instances.PutMetadataAsync(uuid, key, value, cancel);
            }

            return default(Done);
        },
        cancel);

    public Task<Outcome<Done>> RemoveMetadataAsync(Caller caller, Guid uuid, string key, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session => (await OwnAsync(session, caller, uuid, cancel)).Problem is { } problem
            ? problem
            : await session.Instances.RemoveMetadataAsync(uuid, key, cancel) ? default(Done) : Problem.Missing("Metadata item was not found"),
        cancel);

    public Task<Outcome<Done>> AddFixedIpAsync(Caller caller, Guid uuid, string network, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            var found = await OwnAsync(session, caller, uuid, cancel);
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
            var found = await OwnAsync(session, caller, uuid, cancel);
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
            var found = await OwnAsync(session, caller, uuid, cancel);
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

    private Task<Outcome<Done>> ChangeAsync(Caller caller, Guid uuid, Func<Instance, Outcome<Instance>> change, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            var found = await OwnAsync(session, caller, uuid, cancel);
            if (!found.Succeeded(out var instance, out var problem) || !change(instance).Succeeded(out var changed, out problem))
            {
                return problem!;
            }

            await session.Instances.SaveAsync(changed, cancel);
            return default(Done);
        },
        cancel);

    private static async Task<Outcome<Instance>> OwnAsync(Session session, Caller caller, Guid uuid, CancellationToken cancel)
    {
        if (await session.Instances.LockAsync(uuid, cancel) is not { } instance || (instance.ProjectId != caller.ProjectId && !caller.IsAdmin))
        {
            return NotFound(uuid);
        }

        return instance.Locked && !caller.IsAdmin ? Problem.Conflicting($"Instance {uuid} is locked") : instance;
    }

    private async Task<bool> IsUpAsync(Session session, string host, CancellationToken cancel) => (await session.Services.ListAsync(cancel)).Exists(s =>
        s.Host == host && s.Binary == Binaries.Compute && !s.ForcedDown && s.UpdatedAt >= session.Now - TimeSpan.FromSeconds(settings.ServiceDownTime));

    private static Problem NotFound(Guid uuid) => Problem.Missing($"Instance {uuid} could not be found.");

    private static Problem WrongState(Instance i, string action) =>
        Problem.Conflicting($"Cannot '{action}' instance {i.Uuid} while it is in {(i.TaskState is { } task ? $"task_state {task}" : $"vm_state {i.VmState}")}");
}
