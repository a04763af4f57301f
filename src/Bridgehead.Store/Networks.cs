using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>networks</c>.</summary>
public sealed class Networks(Session session)
{
    public Task<List<Network>> ListAsync(CancellationToken cancel) => session.Sql.ListAsync("select * from networks order by id", Read, cancel);

    /// <summary>Up to <paramref name="limit"/> networks after that of <paramref name="marker"/>: all, or those that a project's instances may be on.</summary>
    public Task<List<Network>> PageAsync(string? project, Guid? marker, int limit, CancellationToken cancel) => session.Sql.ListAsync(
        $"""
        select * from networks where 1 = 1 {(project is null ? "" : "and (project_id is null or project_id = @project)")}
        {(marker is null ? "" : "and id > (select id from networks where uuid = @marker)")} order by id limit @limit
        """,
        Read,
        cancel,
        ("project", project),
        ("marker", marker),
        ("limit", limit));

    /// <summary>The oldest network that is nobody's, held against other writers; null when there is none.</summary>
    public Task<Network?> FreeAsync(CancellationToken cancel) => session.Sql.FirstAsync(
        $"select * from networks where project_id is null order by id limit 1{(session.Sql.Postgres ? " for update" : "")}", Read, cancel);

    /// <summary>The networks a project's instances may be on: its own, and those of nobody.</summary>
    public Task<List<Network>> ForProjectAsync(string project, CancellationToken cancel) =>
        session.Sql.ListAsync("select * from networks where project_id is null or project_id = @project order by id", Read, cancel, ("project", project));

    public Task<Network?> FindAsync(long id, CancellationToken cancel) => session.Sql.FirstAsync("select * from networks where id = @id", Read, cancel, ("id", id));

    public Task<Network?> FindAsync(Guid uuid, CancellationToken cancel) => session.Sql.FirstAsync("select * from networks where uuid = @uuid", Read, cancel, ("uuid", uuid));

    public Task<List<Network>> OnHostAsync(string host, CancellationToken cancel) =>
        session.Sql.ListAsync("select * from networks where host = @host or host is null order by id", Read, cancel, ("host", host));

    /// <summary>Whether the host needs the bridge: for a network that it serves or may come to serve, or for an instance that it has.</summary>
    public async Task<bool> NeedBridgeAsync(DeviceName bridge, string host, CancellationToken cancel) => await session.Sql.NumberAsync(
        """
        select count(*) from networks n where n.bridge = @bridge and (n.host = @host or n.host is null or exists (
          select 1 from virtual_interfaces v join instances i on i.uuid = v.instance_uuid where v.network_id = n.id and i.host = @host and i.vm_state <> 'deleted'))
        """,
        cancel,
        ("bridge", bridge),
        ("host", host)) > 0;

    /// <summary>Writes a new network and returns its id.</summary>
    public async Task<long> AddAsync(Network network, CancellationToken cancel)
    {
        var id = await session.Sql.NumberAsync(
            """
            insert into networks (uuid, label, cidr, cidr_v6, gateway, gateway_v6, dhcp_server, dhcp_start, enable_dhcp, share_address, multi_host, injected, bridge, bridge_interface,
              dns1, dns2, vlan, mtu, priority, project_id, host, bottom, top, next_index, created_at)
            values (@uuid, @label, @cidr, @cidr_v6, @gateway, @gateway_v6, @dhcp_server, @dhcp_start, @enable_dhcp, @share_address, @multi_host, @injected, @bridge, @bridge_interface,
              @dns1, @dns2, @vlan, @mtu, @priority, @project_id, @host, @bottom, @top, @bottom, @now)
            returning id
            """,
            cancel,
            Parameters(network));
        await session.Changes.NetworkAsync(id, cancel);
        return id;
    }

    /// <summary>Makes <paramref name="host"/> the network's host unless it has one; says whether it is now.</summary>
    public async Task<bool> ClaimAsync(long id, string host, CancellationToken cancel)
    {
        var claimed = await session.Sql.ExecuteAsync("update networks set host = @host where id = @id and host is null", cancel, ("id", id), ("host", host));
        return claimed == 1;
    }

    public async Task SetProjectAsync(long id, string? project, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("update networks set project_id = @project, updated_at = @now where id = @id", cancel, ("id", id), ("project", project), ("now", session.Now));
        await session.Changes.NetworkAsync(id, cancel);
    }

    public async Task SetHostAsync(long id, string? host, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("update networks set host = @host, updated_at = @now where id = @id", cancel, ("id", id), ("host", host), ("now", session.Now));
        await session.Changes.NetworkAsync(id, cancel);
    }

    /// <summary>Removes the network and its records of addresses; the caller has seen that none is in use.</summary>
    public async Task RemoveAsync(long id, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from fixed_ips where network_id = @id", cancel, ("id", id));
        await session.Sql.ExecuteAsync("delete from networks where id = @id", cancel, ("id", id));
        await session.Changes.NetworkAsync(id, cancel);
    }

    private (string Name, object? Value)[] Parameters(Network n) =>
    [
        ("uuid", n.Uuid), ("label", n.Label), ("cidr", n.Cidr), ("cidr_v6", n.CidrV6), ("gateway", n.Gateway), ("gateway_v6", n.GatewayV6), ("dhcp_server", n.DhcpServer),
        ("dhcp_start", n.DhcpStart), ("enable_dhcp", n.EnableDhcp), ("share_address", n.ShareAddress), ("multi_host", n.MultiHost), ("injected", n.Injected), ("bridge", n.Bridge),
        ("bridge_interface", n.BridgeInterface), ("dns1", n.Dns1), ("dns2", n.Dns2), ("vlan", n.Vlan), ("mtu", n.Mtu), ("priority", n.Priority), ("project_id", n.ProjectId),
        ("host", n.Host), ("bottom", n.Bottom), ("top", n.Top), ("now", session.Now),
    ];

    private static Network Read(Row r) => new()
    {
        Id = r.Number("id"),
        Uuid = r.Uuid("uuid"),
        Label = r.Text("label"),
        Cidr = Range(r.TextOrNull("cidr")),
        CidrV6 = Range(r.TextOrNull("cidr_v6")),
        Gateway = Address(r.TextOrNull("gateway")),
        GatewayV6 = Address(r.TextOrNull("gateway_v6")),
        DhcpServer = Address(r.TextOrNull("dhcp_server")),
        DhcpStart = Address(r.TextOrNull("dhcp_start")),
        EnableDhcp = r.Flag("enable_dhcp"),
        ShareAddress = r.Flag("share_address"),
        MultiHost = r.Flag("multi_host"),
        Injected = r.Flag("injected"),
        Bridge = DeviceName.Parse(r.Text("bridge")),
        BridgeInterface = r.TextOrNull("bridge_interface") is { } device ? DeviceName.Parse(device) : null,
        Dns1 = Address(r.TextOrNull("dns1")),
        Dns2 = Address(r.TextOrNull("dns2")),
        Vlan = r.IntOrNull("vlan"),
        Mtu = r.IntOrNull("mtu"),
        Priority = r.Int("priority"),
        ProjectId = r.TextOrNull("project_id"),
        Host = r.TextOrNull("host"),
        Bottom = r.Number("bottom"),
        Top = r.Number("top"),
        CreatedAt = r.Time("created_at"),
        UpdatedAt = r.TimeOrNull("updated_at"),
    };

    private static IPNetwork? Range(string? text) => text is null ? null : Cidr.Parse(text);

    internal static IPAddress? Address(string? text) => text is null ? null : Ip.Parse(text);
}
