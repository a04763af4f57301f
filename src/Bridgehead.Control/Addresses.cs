using System.Net;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Interfaces and addresses of instances, inside somebody's transaction.</summary>
internal sealed class Addresses(NovaSettings settings)
{
    /// <summary>An interface on the network with an address in it: a particular one, or the next.</summary>
    public async Task<Outcome<IPAddress>> AttachAsync(Session session, Guid instance, Network network, IPAddress? wanted, CancellationToken cancel)
    {
        if (await OverQuotaAsync(session, instance, cancel) is { } over)
        {
            return over;
        }

        var nic = (await session.VirtualInterfaces.OfInstanceAsync(instance, cancel)).Find(n => n.NetworkId == network.Id)
            ?? await session.VirtualInterfaces.AddAsync(network.Id, instance, cancel);
        if (nic is null)
        {
            return new Problem(ProblemKind.Unavailable, "No unused MAC address was found in five tries.");
        }

        if (wanted is not null)
        {
            return await session.FixedIps.TakeAsync(network, wanted, nic.Id, instance, cancel)
                ? wanted
                : Problem.Bad($"Fixed IP address {wanted} is already in use or reserved on network {network.Uuid}.");
        }

        var released = session.Now - TimeSpan.FromSeconds(settings.FixedIpDisassociateTimeout);
        return await session.FixedIps.AllocateAsync(network, nic.Id, instance, released, cancel) is { } address
            ? address
            : Problem.Bad($"No fixed IP addresses available for network: {network.Uuid}");
    }

    /// <summary>Fixed addresses are without limit unless somebody set one.</summary>
    private async Task<Problem?> OverQuotaAsync(Session session, Guid instance, CancellationToken cancel)
    {
        if (await session.Instances.FindAnyAsync(instance, cancel) is not { ProjectId: var project })
        {
            return null;
        }

        var limits = await QuotaLimits.OfAsync(session, settings, project, cancel);
        if (limits["fixed_ips"] < 0)
        {
            return null;
        }

        await session.Quotas.LockAsync(project, cancel);
        return QuotaLimits.Check(limits, "fixed_ips", await session.FixedIps.CountOfProjectAsync(project, cancel), 1);
    }

    /// <summary>With auto_assign_floating_ip, every instance gets a floating address of the default pool, outside the quota.</summary>
    public async Task<Problem?> AutoAssignAsync(Session session, Instance instance, CancellationToken cancel)
    {
        var first = (await session.FixedIps.OfInstanceAsync(instance.Uuid, cancel)).FirstOrDefault();
        if (first is null)
        {
            return null;
        }

        if (await session.FloatingIps.AllocateAsync(settings.DefaultFloatingPool, instance.ProjectId, auto: true, cancel) is not { } floating)
        {
            return Problem.Missing($"No more floating IPs in pool {settings.DefaultFloatingPool}.");
        }

        var network = await session.Networks.FindAsync(first.NetworkId, cancel);
        await session.FloatingIps.AssociateAsync(floating, first.Address, instance.Uuid, network?.Host, cancel);
        return null;
    }
}
