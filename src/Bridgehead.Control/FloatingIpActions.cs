using System.Net;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Floating addresses: pools for administrators, addresses for projects (section 7 of nova-network's behaviour).</summary>
public sealed class FloatingIpActions(Database store, NovaSettings settings)
{
    private const int MostAtOnce = 1_000_000;

    /// <summary>Adds the host addresses of a range, or a single address, to a pool: all or none.</summary>
    public Task<Outcome<int>> CreateRangeAsync(string range, string? pool, string? device, CancellationToken cancel) => store.TryWriteAsync<int>(
        async session =>
        {
            var name = pool ?? settings.DefaultFloatingPool;
            if (Text.CheckName("Pool", name) is { } wrong)
            {
                return wrong;
            }

            if (device is not null && !DeviceName.TryParse(device, out _))
            {
                return Problem.Bad($"'{device}' is not an interface name.");
            }

            if (!Hosts(range).Succeeded(out var addresses, out var problem))
            {
                return problem;
            }

            foreach (var address in addresses)
            {
                if (OfHost(address) is { } own)
                {
                    return own;
                }

                if (!await session.FloatingIps.AddAsync(address, name, device ?? settings.PublicInterface, cancel))
                {
                    return Problem.Conflicting($"Floating IP {address} already exists.");
                }
            }

            return addresses.Count;
        },
        cancel);

    /// <summary>Removes the addresses of a range that exist; those in use are disassociated first.</summary>
    public Task<Outcome<int>> DeleteRangeAsync(string range, CancellationToken cancel) => store.TryWriteAsync<int>(
        async session =>
        {
            if (!Hosts(range).Succeeded(out var addresses, out var problem))
            {
                return problem;
            }

            var removed = 0;
            foreach (var address in addresses)
            {
                if (await session.FloatingIps.FindAsync(address, cancel) is { } floating)
                {
                    await session.FloatingIps.RemoveAsync(floating, cancel);
                    removed++;
                }
            }

            return removed;
        },
        cancel);

    public Task<Outcome<FloatingIp>> AllocateAsync(Caller caller, string? pool, CancellationToken cancel) => store.TryWriteAsync<FloatingIp>(
        async session =>
        {
            var name = pool ?? settings.DefaultFloatingPool;
            if (!(await session.FloatingIps.PoolsAsync(cancel)).Contains(name))
            {
                return Problem.Missing(pool is null ? "No more floating IPs available." : $"Floating IP pool {name} not found.");
            }

            await session.Quotas.LockAsync(caller.ProjectId, cancel);
            var limits = await QuotaLimits.OfAsync(session, settings, caller.ProjectId, cancel);
            if (QuotaLimits.Check(limits, "floating_ips", await session.FloatingIps.CountOfProjectAsync(caller.ProjectId, cancel), 1) is { } over)
            {
                return over;
            }

            return await session.FloatingIps.AllocateAsync(name, caller.ProjectId, auto: false, cancel) is { } floating
                ? floating
                : Problem.Missing($"No more floating IPs in pool {name}.");
        },
        cancel);

    public Task<Outcome<Done>> ReleaseAsync(Caller caller, FloatingIp asked, CancellationToken cancel) => OwnAsync(caller, asked.Address, async (session, floating) =>
    {
        if (floating.AutoAssigned)
        {
            return Problem.Denied("Cannot deallocate auto assigned floating IP: it goes with its server.");
        }

        if (floating.FixedAddress is not null)
        {
            await session.FloatingIps.DisassociateAsync(floating, cancel);
        }

        await session.FloatingIps.DeallocateAsync(floating.Id, cancel);
        return default(Done);
    }, cancel);

    /// <summary>Associates with a fixed address of the server, the first when none is named; an address of another server moves.</summary>
    public Task<Outcome<Done>> AssociateAsync(Caller caller, Guid server, IPAddress address, IPAddress? fixedAddress, CancellationToken cancel) => OwnAsync(caller, address, async (session, floating) =>
    {
        if (floating.AutoAssigned && floating.InstanceUuid is not null)
        {
            return Problem.Denied("Cannot associate auto assigned floating IP: it stays with its server.");
        }

        if (await session.Instances.FindAsync(server, cancel) is not { } instance || (instance.ProjectId != caller.ProjectId && !caller.IsAdmin))
        {
            return Problem.Missing($"Instance {server} could not be found.");
        }

        var own = await session.FixedIps.OfInstanceAsync(server, cancel);
        var chosen = fixedAddress is null ? own.Find(f => f.Address.IsV4()) : own.Find(f => f.Address.Equals(fixedAddress));
        if (chosen is null)
        {
            return Problem.Bad(fixedAddress is null ? "No fixed IPs associated to instance" : $"Specified fixed address {fixedAddress} not assigned to instance");
        }

        if (settings.NetworkManager == NetworkManager.Flat)
        {
            return Problem.Bad("Floating IPs are not available in Flat mode: use FlatDHCPManager.");
        }

        var network = await session.Networks.FindAsync(chosen.NetworkId, cancel);
        await session.FloatingIps.AssociateAsync(floating, chosen.Address, server, network?.Host, cancel);
        return default(Done);
    }, cancel);

    public Task<Outcome<Done>> DisassociateAsync(Caller caller, Guid server, IPAddress address, CancellationToken cancel) => OwnAsync(caller, address, async (session, floating) =>
    {
        if (floating.InstanceUuid != server)
        {
            return Problem.Conflicting($"Floating IP {address} is not associated with instance {server}.");
        }

        if (floating.AutoAssigned)
        {
            return Problem.Denied("Cannot disassociate auto assigned floating IP");
        }

        await session.FloatingIps.DisassociateAsync(floating, cancel);
        return default(Done);
    }, cancel);

    private Task<Outcome<Done>> OwnAsync(Caller caller, IPAddress address, Func<Session, FloatingIp, Task<Outcome<Done>>> work, CancellationToken cancel) => store.TryWriteAsync(
        async session => await session.FloatingIps.FindAsync(address, cancel) is { } floating && (floating.ProjectId == caller.ProjectId || caller.IsAdmin)
            ? await work(session, floating)
            : Problem.Missing($"Floating IP {address} not found."),
        cancel);

    /// <summary>A floating address is added to an interface and taken from it again: the host's own must not be one.</summary>
    private Problem? OfHost(IPAddress address) =>
        address.Equals(settings.MyIp) ? Problem.Bad($"{address} is this host's own address (my_ip): it cannot be a floating IP.")
        : address.Equals(settings.RoutingSourceIp) ? Problem.Bad($"{address} is the address of outgoing traffic (routing_source_ip): it cannot be a floating IP.")
        : address.Equals(settings.MetadataHost) ? Problem.Bad($"{address} is the metadata service's address (metadata_host): it cannot be a floating IP.")
        : null;

    private static Outcome<IReadOnlyList<IPAddress>> Hosts(string range)
    {
        if (Ip.TryParse(range, out var single) && single.IsV4())
        {
            return new[] { single };
        }

        if (!Cidr.TryParse(range, out var network) || !network.IsV4())
        {
            return Problem.Bad($"{range} is neither an IPv4 address nor a range without host bits, such as 192.168.1.232/30.");
        }

        if (network.Size() < 4 || network.Size() > MostAtOnce)
        {
            return Problem.Bad(network.Size() < 4 ? $"{range} has no host addresses between its first and last: give single addresses." : $"{range} is too large: at most /13 at once.");
        }

        return Enumerable.Range(1, (int)network.Size() - 2).Select(i => network.At((UInt128)i)).ToList();
    }
}
