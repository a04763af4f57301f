using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>
/// Table <c>fixed_ips</c>: rows only for addresses that are in use, reserved, or were released. Never-used addresses come first, in order, by the network's mark
/// <c>next_index</c>; after them the one released longest ago. Whoever allocates holds the network's row, so an address is never given twice.
/// </summary>
public sealed class FixedIps(Session session)
{
    /// <summary>Gives the instance's interface an address of the network; null when none is left.</summary>
    /// <param name="network">The network.</param>
    /// <param name="nic">Id of the interface.</param>
    /// <param name="instance">Its instance.</param>
    /// <param name="releasedBefore">Addresses released before this time may be used again though a lease may still be held.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<IPAddress?> AllocateAsync(Network network, long nic, Guid instance, DateTimeOffset releasedBefore, CancellationToken cancel)
    {
        var next = await session.Sql.NumberAsync("update networks set next_index = next_index where id = @id returning next_index", cancel, ("id", network.Id));
        for (var index = next; index <= network.Top; index++)
        {
            var address = network.Cidr!.Value.At((UInt128)index);
            if (!IsOfNetwork(network, address) && await InsertAsync(network.Id, address, nic, instance, cancel))
            {
                await session.Sql.ExecuteAsync("update networks set next_index = @next where id = @id", cancel, ("id", network.Id), ("next", index + 1));
                return address;
            }
        }

        await session.Sql.ExecuteAsync("update networks set next_index = @next where id = @id and next_index < @next", cancel, ("id", network.Id), ("next", network.Top + 1));
        return await ReuseAsync(network.Id, nic, instance, releasedBefore, cancel);
    }

    /// <summary>Gives the interface this very address; false when it is in use or reserved.</summary>
    public async Task<bool> TakeAsync(Network network, IPAddress address, long nic, Guid instance, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("update networks set next_index = next_index where id = @id", cancel, ("id", network.Id));
        if (IsOfNetwork(network, address) || !IsUsable(network, address))
        {
            return false;
        }

        if (await InsertAsync(network.Id, address, nic, instance, cancel))
        {
            return true;
        }

        return await session.Sql.ExecuteAsync(
            """
            update fixed_ips set virtual_interface_id = @nic, instance_uuid = @instance, allocated = 1, leased = 0, updated_at = @now
            where network_id = @network and address = @address and allocated = 0 and reserved = 0 and host is null
            """,
            cancel,
            ("network", network.Id),
            ("address", address),
            ("nic", nic),
            ("instance", instance),
            ("now", session.Now)) == 1;
    }

    public Task<FixedIp?> FindAsync(IPAddress address, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from fixed_ips where address = @address order by allocated desc, id", Read, cancel, ("address", address));

    public Task<List<FixedIp>> OfInstanceAsync(Guid instance, CancellationToken cancel) =>
        session.Sql.ListAsync("select * from fixed_ips where instance_uuid = @instance and allocated = 1 order by virtual_interface_id, id", Read, cancel, ("instance", instance));

    /// <summary>Every record: used, reserved and released addresses.</summary>
    public Task<List<FixedIp>> ListAsync(CancellationToken cancel) => session.Sql.ListAsync("select * from fixed_ips order by address_key", Read, cancel);

    public async Task<bool> AnyAllocatedAsync(long network, CancellationToken cancel) =>
        await session.Sql.NumberAsync("select count(*) from (select 1 from fixed_ips where network_id = @network and allocated = 1 limit 1) used", cancel, ("network", network)) > 0;

    public Task<long> CountOfProjectAsync(string project, CancellationToken cancel) => session.Sql.NumberAsync(
        "select count(*) from fixed_ips f join instances i on i.uuid = f.instance_uuid where f.allocated = 1 and i.project_id = @project", cancel, ("project", project));

    /// <summary>Takes the address from its interface. A lease that a client still holds keeps it from being given away until it ends or times out.</summary>
    public Task ReleaseAsync(long id, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update fixed_ips set allocated = 0, virtual_interface_id = null, instance_uuid = null, updated_at = @now where id = @id", cancel, ("id", id), ("now", session.Now));

    public Task SetLeasedAsync(long id, bool leased, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update fixed_ips set leased = @leased, updated_at = @now where id = @id", cancel, ("id", id), ("leased", leased), ("now", session.Now));

    public async Task SetReservedAsync(Network network, IPAddress address, bool reserved, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("update networks set next_index = next_index where id = @id", cancel, ("id", network.Id));
        var changed = await session.Sql.ExecuteAsync(
            "update fixed_ips set reserved = @reserved, updated_at = @now where network_id = @network and address = @address",
            cancel,
            ("network", network.Id),
            ("address", address),
            ("reserved", reserved),
            ("now", session.Now));
        if (changed == 0)
        {
            await session.Sql.ExecuteAsync(
                "insert into fixed_ips (address, address_key, network_id, reserved, updated_at) values (@address, @key, @network, @reserved, @now)",
                cancel,
                ("address", address),
                ("key", address.ToKey()),
                ("network", network.Id),
                ("reserved", reserved),
                ("now", session.Now));
        }
    }

    /// <summary>Whether the address is the network's own: its base, gateway, DHCP server or broadcast.</summary>
    public static bool IsOfNetwork(Network network, IPAddress address) =>
        address.Equals(network.Gateway) || address.Equals(network.DhcpServer) || address.Equals(network.Cidr!.Value.BaseAddress) || address.Equals(network.Cidr!.Value.Last());

    private static bool IsUsable(Network network, IPAddress address) => network.Cidr!.Value.Contains(address);

    private async Task<bool> InsertAsync(long network, IPAddress address, long nic, Guid instance, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        """
        insert into fixed_ips (address, address_key, network_id, virtual_interface_id, instance_uuid, allocated, updated_at)
        values (@address, @key, @network, @nic, @instance, 1, @now) on conflict (network_id, address_key) do nothing
        """,
        cancel,
        ("address", address),
        ("key", address.ToKey()),
        ("network", network),
        ("nic", nic),
        ("instance", instance),
        ("now", session.Now)) == 1;

    private async Task<IPAddress?> ReuseAsync(long network, long nic, Guid instance, DateTimeOffset releasedBefore, CancellationToken cancel)
    {
        var text = await session.Sql.FirstAsync(
            """
            update fixed_ips set virtual_interface_id = @nic, instance_uuid = @instance, allocated = 1, leased = 0, updated_at = @now
            where id = (select id from fixed_ips where network_id = @network and allocated = 0 and reserved = 0 and host is null and (leased = 0 or updated_at < @before)
                        order by updated_at, id limit 1)
            returning address
            """,
            r => r.Text("address"),
            cancel,
            ("network", network),
            ("nic", nic),
            ("instance", instance),
            ("before", releasedBefore),
            ("now", session.Now));
        return Networks.Address(text);
    }

    internal static FixedIp Read(Row r) => new()
    {
        Id = r.Number("id"),
        Address = Ip.Parse(r.Text("address")),
        NetworkId = r.Number("network_id"),
        VirtualInterfaceId = r.NumberOrNull("virtual_interface_id"),
        InstanceUuid = r.UuidOrNull("instance_uuid"),
        Allocated = r.Flag("allocated"),
        Leased = r.Flag("leased"),
        Reserved = r.Flag("reserved"),
        Host = r.TextOrNull("host"),
        UpdatedAt = r.Time("updated_at"),
    };
}
