using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Agent;

/// <summary>Writes what the host saw of an instance. Each write looks at the row again under its lock, so that a wish made meanwhile is never overwritten.</summary>
internal sealed class InstanceStatus(Database store, NovaSettings settings)
{
    public bool IsHere(Instance instance) => instance.Host == settings.Host;

    /// <summary>The instance is as it was seen to be wanted. What was wished for meanwhile stays to be done.</summary>
    public Task BroughtAsync(Instance seen, CancellationToken cancel) => IsKnown(seen) ? Task.CompletedTask : UpdateAsync(seen.Uuid, now => now with
    {
        BootedGeneration = seen.BootGeneration,
        MadeDiskGeneration = seen.DiskGeneration,
        VmState = seen.WantedState,
        TaskState = IsSameWish(now, seen) && !now.IsCopied ? null : now.TaskState,
        PowerState = PowerOf(seen),
        Progress = 100,
        LaunchedAt = now.LaunchedAt ?? store.Now,
        FaultMessage = null,
        FaultCode = null,
        FaultAt = null,
    }, cancel);

    public Task SpawningAsync(Instance seen, CancellationToken cancel) => seen.VmState != VmState.Building || seen.TaskState == TaskState.Spawning
        ? Task.CompletedTask
        : UpdateAsync(seen.Uuid, now => now with { TaskState = now.DeleteRequested ? now.TaskState : TaskState.Spawning }, cancel);

    /// <summary>The instance ended by itself: it stays off until somebody starts it, as nova does.</summary>
    public Task ExitedAsync(Guid uuid, CancellationToken cancel) => UpdateAsync(
        uuid,
        now => now is { Running: true, IsBrought: true, VmState: VmState.Active or VmState.Paused or VmState.Suspended or VmState.Resized }
            ? now with
            {
                Running = false,
                Frozen = null,
                VmState = now.Before is null ? VmState.Stopped : VmState.Resized,
                TaskState = now.DeleteRequested ? now.TaskState : null,
                PowerState = PowerState.Shutdown,
            }
            : now,
        cancel);

    public Task FailedAsync(Instance seen, string reason, CancellationToken cancel) => UpdateAsync(seen.Uuid, now => now with
    {
        BootedGeneration = seen.BootGeneration,
        MadeDiskGeneration = seen.DiskGeneration,
        VmState = VmState.Error,
        TaskState = now.DeleteRequested ? now.TaskState : null,
        PowerState = PowerState.NoState,
        FaultCode = 500,
        FaultMessage = reason.Length > 255 ? reason[..255] : reason,
        FaultAt = store.Now,
    }, cancel);

    /// <summary>Nothing of it is on the host any more: addresses go back, floating ones are disassociated, groups are left.</summary>
    public Task DeletedAsync(Guid uuid, CancellationToken cancel) => store.WriteAsync(
        async session =>
        {
            if (await session.Instances.LockAsync(uuid, cancel) is { DeleteRequested: true } instance && instance.Host == settings.Host)
            {
                await session.FinishDeleteAsync(instance, cancel);
            }

            return default(Done);
        },
        cancel);

    private static bool IsKnown(Instance seen) =>
        (seen.TaskState is null || seen.IsCopied) && seen.IsBrought && seen.VmState == seen.WantedState && seen.PowerState == PowerOf(seen);

    private static bool IsSameWish(Instance now, Instance seen) =>
        (now.Running, now.Frozen, now.BootGeneration, now.DiskGeneration, now.Before, now.DeleteRequested) == (seen.Running, seen.Frozen, seen.BootGeneration, seen.DiskGeneration, seen.Before, false);

    private static PowerState PowerOf(Instance seen) => (seen.Running, seen.Frozen) switch
    {
        (false, _) => PowerState.Shutdown,
        (true, VmState.Paused) => PowerState.Paused,
        (true, VmState.Suspended) => PowerState.Suspended,
        _ => PowerState.Running,
    };

    private Task UpdateAsync(Guid uuid, Func<Instance, Instance> change, CancellationToken cancel) => store.WriteAsync(
        async session =>
        {
            if (await session.Instances.LockAsync(uuid, cancel) is { } now && change(now) is var then && then != now)
            {
                await session.Instances.SaveAsync(then, cancel);
                if (then.TaskState is null)
                {
                    await session.ServerEvents.FinishAsync(uuid, then.VmState == VmState.Error ? then.FaultMessage : null, cancel);
                }
            }

            return default(Done);
        },
        cancel);
}
