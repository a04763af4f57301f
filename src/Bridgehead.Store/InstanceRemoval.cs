using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>The last step of deleting an instance, taken by its host when nothing of it is left there, or by the API when it never had a host.</summary>
public static class InstanceRemoval
{
    public static async Task FinishDeleteAsync(this Session session, Instance instance, CancellationToken cancel)
    {
        await session.SecurityGroups.MembersChangedAsync(instance.Uuid, cancel);
        foreach (var floating in await session.FloatingIps.OfInstanceAsync(instance.Uuid, cancel))
        {
            await session.FloatingIps.DisassociateAsync(floating, cancel);
            if (floating.AutoAssigned)
            {
                await session.FloatingIps.DeallocateAsync(floating.Id, cancel);
            }
        }

        foreach (var address in await session.FixedIps.OfInstanceAsync(instance.Uuid, cancel))
        {
            await session.FixedIps.ReleaseAsync(address.Id, cancel);
        }

        await session.VirtualInterfaces.RemoveOfInstanceAsync(instance.Uuid, cancel);
        await session.SecurityGroups.LeaveAllAsync(instance.Uuid, cancel);
        await session.ServerGroups.LeaveAsync(instance.Uuid, cancel);
        await session.ServerEvents.FinishAsync(instance.Uuid, null, cancel);
        await session.ServerPasswords.RemoveAsync(instance.Uuid, cancel);
        await session.InjectedFiles.RemoveAsync(instance.Uuid, cancel);
        await session.Instances.SaveAsync(instance with { VmState = VmState.Deleted, TaskState = null, PowerState = PowerState.NoState, TerminatedAt = session.Now }, cancel);
    }
}
