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

        if (view.Instance.VmState == VmState.Error && view.Instance.BootGeneration == view.Instance.BootedGeneration)
        {
            return;
        }

        Remember(view);
        var runs = await appliers.Driver.IsRunningAsync(uuid, cancel);
        await BringAboutAsync(view, runs, cancel);
    }

    private async Task BringAboutAsync(InstanceView view, bool runs, CancellationToken cancel)
    {
        var instance = view.Instance;
        var rebooting = instance.BootGeneration != instance.BootedGeneration;
        if (!instance.Running)
        {
            await StopAsync(view, cancel);
        }
        else if (!runs && !rebooting && instance.VmState == VmState.Active)
        {
            // It ended while nobody watched: as nova, say so and leave it off.
            await status.ExitedAsync(instance.Uuid, cancel);
        }
        else if (runs && !rebooting)
        {
            await boot.FilterAsync(view, cancel);
            await boot.GuardAsync(view, cancel);
            await status.RunningAsync(instance, cancel);
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

        await status.BootedAsync(view.Instance, cancel);
        Booted(log, view.Instance.Uuid, view.Instance.Id);
    }

    /// <summary>Also what does not run is stopped: it may have ended by itself, or a daemon that was killed had begun to stop it, and its taps are still there.</summary>
    private async Task StopAsync(InstanceView view, CancellationToken cancel)
    {
        await appliers.Driver.StopAsync(view.Instance.Uuid, cancel);
        await boot.FilterAsync(view, cancel);
        await boot.GuardAsync(view, cancel);
        await status.StoppedAsync(view.Instance, cancel);
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
