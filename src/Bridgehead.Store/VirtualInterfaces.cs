using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>virtual_interfaces</c>.</summary>
public sealed class VirtualInterfaces(Session session)
{
    private const int MacAttempts = 5;

    /// <summary>Adds an interface with a MAC that nobody has; null when five random ones were taken (nova's create_unique_mac_address_attempts).</summary>
    public async Task<VirtualInterface?> AddAsync(long network, Guid instance, CancellationToken cancel)
    {
        var uuid = Guid.NewGuid();
        for (var attempt = 0; attempt < MacAttempts; attempt++)
        {
            var mac = MacAddress.ForInstance(System.Security.Cryptography.RandomNumberGenerator.GetInt32(1 << 24));
            var id = await session.Sql.NumberAsync(
                "insert into virtual_interfaces (uuid, mac, network_id, instance_uuid) values (@uuid, @mac, @network, @instance) on conflict (mac) do nothing returning id",
                cancel,
                ("uuid", uuid),
                ("mac", mac),
                ("network", network),
                ("instance", instance));
            if (id > 0)
            {
                return new VirtualInterface { Id = id, Uuid = uuid, Mac = mac, NetworkId = network, InstanceUuid = instance };
            }
        }

        return null;
    }

    public Task<List<VirtualInterface>> OfInstanceAsync(Guid instance, CancellationToken cancel) =>
        session.Sql.ListAsync("select * from virtual_interfaces where instance_uuid = @instance order by id", Read, cancel, ("instance", instance));

    public async Task<bool> AnyOnAsync(long network, CancellationToken cancel) =>
        await session.Sql.NumberAsync("select count(*) from (select 1 from virtual_interfaces where network_id = @network limit 1) used", cancel, ("network", network)) > 0;

    public Task<int> RemoveOfInstanceAsync(Guid instance, CancellationToken cancel) =>
        session.Sql.ExecuteAsync("delete from virtual_interfaces where instance_uuid = @instance", cancel, ("instance", instance));

    /// <summary>What DHCP serves on a network: each allocated address with its MAC, its instance and that one's host name.</summary>
    public Task<List<(Guid Instance, MacAddress Mac, string HostName, IPAddress Address, bool Leased)>> HostsAsync(long network, CancellationToken cancel) => session.Sql.ListAsync(
        """
        select v.instance_uuid, v.mac, i.host_name, f.address, f.leased from fixed_ips f join virtual_interfaces v on v.id = f.virtual_interface_id join instances i on i.uuid = v.instance_uuid
        where f.network_id = @network and f.allocated = 1 order by f.id
        """,
        r => (r.Uuid("instance_uuid"), MacAddress.Parse(r.Text("mac")), r.Text("host_name"), Ip.Parse(r.Text("address")), r.Flag("leased")),
        cancel,
        ("network", network));

    internal static VirtualInterface Read(Row r) => new()
    {
        Id = r.Number("id"),
        Uuid = r.Uuid("uuid"),
        Mac = MacAddress.Parse(r.Text("mac")),
        NetworkId = r.Number("network_id"),
        InstanceUuid = r.Uuid("instance_uuid"),
    };
}
