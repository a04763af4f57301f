using System.Collections.Concurrent;
using Bridgehead.Host;
using Bridgehead.Instances;
using Bridgehead.Model;
using Bridgehead.Rules;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Agent;

/// <summary>One instance: what the store wants against what the driver finds. Repeating it does nothing.</summary>
internal sealed partial class InstanceConvergence(HostReader reader, InstanceStatus status, InstanceBoot boot, ComputeAppliers appliers, ILogger<InstanceConvergence> log)
{
    /// <summary>What this life of the daemon may have put on the host, for an instance that vanishes from the store.</summary>
    private readonly ConcurrentDictionary<Guid, Trace> _here = [];

    public IReadOnlyCollection<Guid> Here => [.. _here.Keys];

    public void Remember(InstanceView view) => _here[view.Instance.Uuid] = TraceOf(view);

    public async Task RunAsync(Guid uuid, CancellationToken cancel)
    {
        var view = await reader.FindAsync(uuid, cancel);
        if (view is null || view.Instance.DeleteRequested || !status.IsHere(view.Instance))
        {
            await EndAsync(uuid, view, cancel);
            return;
        }

        Remember(view);
        var runs = await appliers.Driver.IsRunningAsync(uuid, cancel);
        if (view.Instance is { VmState: VmState.Error, Running: true, IsBrought: true })
        {
            // It stays as it is until somebody says otherwise; but what runs has its filter.
            await (runs ? FilterAsync(view, cancel) : Task.CompletedTask);
            return;
        }

        await BringAboutAsync(view, runs, cancel);
    }

    private async Task BringAboutAsync(InstanceView view, bool runs, CancellationToken cancel)
    {
        var instance = view.Instance;
        if (!instance.Running)
        {
            await StopAsync(view, cancel);
        }
        else if (!runs && instance is { IsBrought: true, VmState: VmState.Active or VmState.Paused or VmState.Suspended or VmState.Resized })
        {
            // It ended while nobody watched: as nova, say so and leave it off.
            await status.ExitedAsync(instance.Uuid, cancel);
        }
        else if (runs && instance.IsBrought)
        {
            await FilterAsync(view, cancel);
            await HoldAsync(instance, cancel);
            await status.BroughtAsync(instance, cancel);
        }
        else
        {
            await BootAsync(view, runs, cancel);
        }
    }

    private async Task BootAsync(InstanceView view, bool runs, CancellationToken cancel)
    {
        try
        {
            if (runs)
            {
                await appliers.Driver.StopAsync(view.Instance.Uuid, cancel);
            }

            await WipeAsync(view.Instance, cancel);
            await status.SpawningAsync(view.Instance, cancel);
            await boot.RunAsync(view, cancel);
        }
        catch (Exception problem) when (problem is CommandFailedException or UnbootableImageException)
        {
            // The server goes to ERROR with the reason, as nova does; deleting it cleans up, a hard reboot tries again.
            BootFailed(log, view.Instance.Uuid, problem.Message, problem);
            await appliers.Driver.StopAsync(view.Instance.Uuid, cancel);
            await status.FailedAsync(view.Instance, problem.Message, cancel);
            return;
        }

        await HoldAsync(view.Instance, cancel);
        await status.BroughtAsync(view.Instance, cancel);
        Booted(log, view.Instance.Uuid, view.Instance.Id);
    }

    /// <summary>Also what does not run is stopped: it may have ended by itself, or a daemon that was killed had begun to stop it, and its taps are still there.</summary>
    private async Task StopAsync(InstanceView view, CancellationToken cancel)
    {
        await appliers.Driver.StopAsync(view.Instance.Uuid, cancel);
        await WipeAsync(view.Instance, cancel);
        await FilterAsync(view, cancel);
        if (view.Instance is not { VmState: VmState.Error, TaskState: null, IsBrought: true })
        {
            // An error that somebody set stays until somebody says otherwise.
            await status.BroughtAsync(view.Instance, cancel);
        }
    }

    /// <summary>What the instance had on its disk goes before the new one's first boot. Done again after a crash, nothing of the old one comes back.</summary>
    private Task WipeAsync(Instance instance, CancellationToken cancel) =>
        instance.DiskGeneration == instance.MadeDiskGeneration ? Task.CompletedTask : appliers.Driver.WipeAsync(instance.Uuid, cancel);

    private async Task HoldAsync(Instance instance, CancellationToken cancel)
    {
        var wanted = instance.Frozen is not null;
        if (appliers.Driver.IsFrozen(instance.Uuid) != wanted)
        {
            await (wanted ? appliers.Driver.FreezeAsync(instance.Uuid, cancel) : appliers.Driver.ThawAsync(instance.Uuid, cancel));
        }
    }

    private async Task FilterAsync(InstanceView view, CancellationToken cancel)
    {
        await boot.FilterAsync(view, cancel);
        await boot.GuardAsync(view, cancel);
    }

    /// <summary>Processes and taps first, then the filters, and only then do the addresses go back to the pool; last, bridges that it was the last to need.</summary>
    private async Task EndAsync(Guid uuid, InstanceView? view, CancellationToken cancel)
    {
        await appliers.Driver.DestroyAsync(uuid, cancel);

        if ((view is null ? _here.GetValueOrDefault(uuid) : TraceOf(view)) is not { } trace)
        {
            return;
        }

        await appliers.Guard.RemoveAsync(trace.Taps, cancel);
        await boot.RemoveFilterAsync(uuid, trace.Id, trace.Bridges, cancel);
        if (view is not null && view.Instance.DeleteRequested && status.IsHere(view.Instance))
        {
            await status.DeletedAsync(uuid, cancel);
            Ended(log, uuid, view.Instance.Id);
        }

        await boot.SweepAsync(trace.Bridges, cancel);
        _here.TryRemove(uuid, out _);
    }

    private static Trace TraceOf(InstanceView view) => new(
        view.Instance.Id, [.. view.Nics.Select(nic => nic.Nic.TapName)], [.. InstanceBoot.BridgesOf(view)]);

    [LoggerMessage(EventId = 110, Level = LogLevel.Information, Message = "instance {Uuid} (inst-{Id}) runs")]
    private static partial void Booted(ILogger log, Guid uuid, long id);

    [LoggerMessage(EventId = 111, Level = LogLevel.Information, Message = "instance {Uuid} (inst-{Id}) is gone")]
    private static partial void Ended(ILogger log, Guid uuid, long id);

    [LoggerMessage(EventId = 112, Level = LogLevel.Error, Message = "instance {Uuid} could not be booted: {Reason}")]
    private static partial void BootFailed(ILogger log, Guid uuid, string reason, Exception problem);

    private sealed record Trace(long Id, IReadOnlyList<DeviceName> Taps, IReadOnlyList<DeviceName> Bridges);
}
