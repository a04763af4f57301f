using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Agent;

/// <summary>Writes what the host saw of an instance. Each write looks at the row again under its lock, so that a wish made meanwhile is never overwritten.</summary>
internal sealed class InstanceStatus(Database store, NovaSettings settings)
{
    public bool IsHere(Instance instance) => instance.Host == settings.Host;

    /// <summary>The generation was brought up.</summary>
    public Task BootedAsync(Instance seen, CancellationToken cancel) => UpdateAsync(seen.Uuid, now => now with
    {
        BootedGeneration = seen.BootGeneration,
        VmState = VmState.Active,
        TaskState = now.DeleteRequested || now.BootGeneration != seen.BootGeneration || !now.Running || IsCopied(now) ? now.TaskState : null,
        PowerState = PowerState.Running,
        Progress = 100,
        LaunchedAt = now.LaunchedAt ?? store.Now,
        FaultMessage = null,
        FaultCode = null,
        FaultAt = null,
    }, cancel);

    public Task RunningAsync(Instance seen, CancellationToken cancel) => seen is { VmState: VmState.Active, PowerState: PowerState.Running, TaskState: null or TaskState.ImageSnapshot }
        ? Task.CompletedTask
        : BootedAsync(seen, cancel);

    public Task SpawningAsync(Instance seen, CancellationToken cancel) => seen.VmState != VmState.Building || seen.TaskState == TaskState.Spawning
        ? Task.CompletedTask
        : UpdateAsync(seen.Uuid, now => now with { TaskState = now.DeleteRequested ? now.TaskState : TaskState.Spawning }, cancel);

    public Task StoppedAsync(Instance seen, CancellationToken cancel) => seen is { VmState: VmState.Stopped, PowerState: PowerState.Shutdown, TaskState: null or TaskState.ImageSnapshot }
        ? Task.CompletedTask
        : UpdateAsync(seen.Uuid, now => now with
        {
            VmState = VmState.Stopped,
            TaskState = now.DeleteRequested || now.Running || IsCopied(now) ? now.TaskState : null,
            PowerState = PowerState.Shutdown,
        }, cancel);

    /// <summary>The instance ended by itself: it stays off until somebody starts it, as nova does.</summary>
    public Task ExitedAsync(Guid uuid, CancellationToken cancel) => UpdateAsync(uuid, now => now.Running && now.BootGeneration == now.BootedGeneration && now.VmState == VmState.Active
        ? now with { Running = false, VmState = VmState.Stopped, PowerState = PowerState.Shutdown }
        : now, cancel);

    public Task FailedAsync(Instance seen, string reason, CancellationToken cancel) => UpdateAsync(seen.Uuid, now => now with
    {
        BootedGeneration = seen.BootGeneration,
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

    /// <summary>A copy of its disk is being made; whoever makes it says when that is over.</summary>
    private static bool IsCopied(Instance now) => now.TaskState == TaskState.ImageSnapshot;

    private Task UpdateAsync(Guid uuid, Func<Instance, Instance> change, CancellationToken cancel) => store.WriteAsync(
        async session =>
        {
            if (await session.Instances.LockAsync(uuid, cancel) is { } now && change(now) is var then && then != now)
            {
                await session.Instances.SaveAsync(then, cancel);
            }

            return default(Done);
        },
        cancel);
}
