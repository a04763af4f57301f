using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Gives servers another flavor, which starts them anew; until it is confirmed it can be reverted, and the quota holds room for that.</summary>
public sealed class ServerResize(Database store, NovaSettings settings)
{
    public Task<Outcome<Instance>> ResizeAsync(Caller caller, Guid uuid, string flavor, string? diskConfig, CancellationToken cancel) => OwnServer.ChangeAsync(
        store,
        caller,
        uuid,
        ("resize", [VmState.Active, VmState.Stopped]),
        async (session, i) =>
        {
            var found = await session.Flavors.FindForAsync(flavor, caller, cancel);
            var problem = found is null ? Problem.Bad($"Flavor {flavor} could not be found.") : await CheckAsync(session, i, found, cancel);
            if (problem is not null)
            {
                return problem;
            }

            await session.Flavors.ResizeAsync(uuid, found!, cancel);
            await session.ServerMigrations.BeginAsync(i, found!.FlavorId, cancel);
            return Booted(i) with
            {
                Before = new OldFlavor(i.FlavorId, i.MemoryMb, i.Vcpus),
                FlavorId = found.FlavorId,
                MemoryMb = found.Ram,
                Vcpus = found.Vcpus,
                DiskConfig = diskConfig ?? i.DiskConfig,
                TaskState = TaskState.Resizing,
            };
        },
        cancel);

    /// <summary>The new flavor stays. There is nothing left for the host to do.</summary>
    public Task<Outcome<Instance>> ConfirmAsync(Caller caller, Guid uuid, CancellationToken cancel) => OwnServer.ChangeAsync(
        store,
        caller,
        uuid,
        ("confirmResize", [VmState.Resized]),
        async (session, i) =>
        {
            await session.Flavors.ForgetFormerAsync(uuid, cancel);
            await session.ServerMigrations.EndAsync(uuid, ServerMigrations.Confirmed, cancel);
            var kept = i with { Before = null };
            return kept with { VmState = kept.WantedState };
        },
        cancel);

    /// <summary>The old flavor comes back.</summary>
    public Task<Outcome<Instance>> RevertAsync(Caller caller, Guid uuid, CancellationToken cancel) => OwnServer.ChangeAsync(
        store,
        caller,
        uuid,
        ("revertResize", [VmState.Resized]),
        async (session, i) =>
        {
            await session.Flavors.RevertAsync(uuid, cancel);
            await session.ServerMigrations.EndAsync(uuid, ServerMigrations.Reverted, cancel);
            return Booted(i) with { Before = null, FlavorId = i.Before!.FlavorId, MemoryMb = i.Before.MemoryMb, Vcpus = i.Before.Vcpus, TaskState = TaskState.Reverting };
        },
        cancel);

    /// <summary>What runs is started anew with the other flavor; what is off gets it with its next start.</summary>
    private static Instance Booted(Instance i) => i.Running ? i with { BootGeneration = i.BootGeneration + 1 } : i;

    private async Task<Problem?> CheckAsync(Session session, Instance i, Flavor flavor, CancellationToken cancel)
    {
        if (flavor.FlavorId == i.FlavorId)
        {
            return Problem.Bad("When resizing, instances must change flavor!");
        }

        if (flavor.Disk == 0 && (await session.Flavors.OfInstanceAsync(i.Uuid, cancel))?.Disk > 0)
        {
            return Problem.Bad("Resize to zero disk flavor is not allowed.");
        }

        await session.Quotas.LockAsync(i.ProjectId, cancel);
        var limits = await QuotaLimits.OfAsync(session, settings, i.ProjectId, cancel);
        var (_, cores, ram) = await session.Instances.UsageAsync(i.ProjectId, cancel);
        var own = await UserQuota.FindAsync(session, i.ProjectId, i.UserId, cancel);
        return own?.CheckGrowth(flavor.Vcpus - i.Vcpus, flavor.Ram - i.MemoryMb)
            ?? QuotaLimits.CheckGrowth(limits, "cores", cores, flavor.Vcpus - i.Vcpus) ?? QuotaLimits.CheckGrowth(limits, "ram", ram, flavor.Ram - i.MemoryMb);
    }
}
