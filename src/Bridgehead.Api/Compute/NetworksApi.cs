using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>os-networks, os-tenant-networks and os-fixed-ips.</summary>
internal static class NetworksApi
{
    private const string V = "/compute/v2.1";
    private const int Last = Microversions.LastProxy;

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/os-networks", Access.User, call => ListAsync(call, brief: false), Last)
        .Map("GET", $"{V}/os-tenant-networks", Access.User, call => ListAsync(call, brief: true), Last)
        .Map("GET", $"{V}/os-networks/{{id}}", Access.User, call => ShowAsync(call, brief: false), Last)
        .Map("GET", $"{V}/os-tenant-networks/{{id}}", Access.User, call => ShowAsync(call, brief: true), Last)
        .Map("POST", $"{V}/os-networks", Access.Admin, CreateAsync, Last)
        .Map("DELETE", $"{V}/os-networks/{{id}}", Access.Admin, async call => await call.DoneAsync(await call.Services.Networks.DeleteAsync(ServersApi.Id(call), call.Cancel), 202), Last)
        .Map("POST", $"{V}/os-tenant-networks", Access.Admin, CreateForProjectAsync, Last)
        .Map("DELETE", $"{V}/os-tenant-networks/{{id}}", Access.Admin, async call =>
            await call.DoneAsync(await call.Services.Networks.DeleteAsync(ServersApi.Id(call), call.Caller.ProjectId, call.Cancel), 202), Last)
        .Map("POST", $"{V}/os-networks/add", Access.Admin, AddAsync, Last)
        .Map("POST", $"{V}/os-networks/{{id}}/action", Access.Admin, ActionAsync, Last)
        .Map("GET", $"{V}/os-fixed-ips/{{ip}}", Access.Admin, FixedAsync, Last)
        .Map("POST", $"{V}/os-fixed-ips/{{ip}}/action", Access.Admin, ReserveAsync, Last);

    private static async Task ListAsync(ApiCall call, bool brief)
    {
        var networks = await call.Services.Store.ReadAsync(
            s => call.Caller.IsAdmin ? s.Networks.ListAsync(call.Cancel) : s.Networks.ForProjectAsync(call.Caller.ProjectId, call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("networks");
            foreach (var network in networks)
            {
                w.WriteStartObject();
                Write(w, call, network, brief);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task ShowAsync(ApiCall call, bool brief)
    {
        var network = await call.Services.Store.ReadAsync(s => s.Networks.FindAsync(ServersApi.Id(call), call.Cancel), call.Cancel);
        if (network is null || (!call.Caller.IsAdmin && network.ProjectId is not null && network.ProjectId != call.Caller.ProjectId))
        {
            await Errors.WriteAsync(call, 404, $"Network {call.Segment("id")} could not be found.");
            return;
        }

        await AnswerAsync(call, network, brief);
    }

    private static Task AnswerAsync(ApiCall call, Network network, bool brief) => call.AnswerAsync(200, w =>
    {
        w.WriteStartObject("network");
        Write(w, call, network, brief);
        w.WriteEndObject();
    });

    private static async Task CreateAsync(ApiCall call, JsonBody body)
    {
        var spec = SpecOf(body.Object("network"));
        if (body.Wrong is { } wrong || !(await call.Services.CreateNetwork.RunAsync(spec, call.Cancel)).Succeeded(out var made, out wrong))
        {
            await call.RefuseAsync(wrong!);
            return;
        }

        var stored = await call.Services.Store.ReadAsync(s => s.Networks.FindAsync(made[0].Id, call.Cancel), call.Cancel);
        await AnswerAsync(call, stored!, brief: false);
    }

    private static NetworkSpec SpecOf(JsonBody n)
    {
        n.Only(
            "label", "cidr", "cidr_v6", "vlan", "vlan_start", "bridge", "bridge_interface", "gateway", "gateway_v6", "dns1", "dns2", "dhcp_server", "enable_dhcp", "mtu", "share_address",
            "multi_host", "allowed_start", "allowed_end", "fixed_cidr", "project_id", "vpn_start", "ipam", "uuid");
        if (n.Has("cidr") == n.Has("cidr_v6"))
        {
            n.Note("Exactly one of cidr and cidr_v6 is required.");
        }

        if (n.Has("vlan") || n.Has("vlan_start"))
        {
            n.Note("VLAN networks need the VLAN manager; this cloud runs Flat DHCP.");
        }

        return new NetworkSpec
        {
            Label = n.Text("label"),
            Cidr = n.TryText("cidr"),
            CidrV6 = n.TryText("cidr_v6"),
            Gateway = n.TryText("gateway"),
            GatewayV6 = n.TryText("gateway_v6"),
            Bridge = n.TryText("bridge"),
            BridgeInterface = n.TryText("bridge_interface"),
            Dns1 = n.TryText("dns1"),
            Dns2 = n.TryText("dns2"),
            DhcpServer = n.TryText("dhcp_server"),
            AllowedStart = n.TryText("allowed_start"),
            AllowedEnd = n.TryText("allowed_end"),
            FixedCidr = n.TryText("fixed_cidr"),
            ProjectId = n.TryText("project_id"),
            Uuid = n.TryUuid("uuid"),
            Mtu = n.TryInt("mtu"),
            MultiHost = n.TryBool("multi_host"),
            EnableDhcp = n.TryBool("enable_dhcp") ?? true,
            ShareAddress = n.TryBool("share_address") ?? false,
        };
    }

    /// <summary>A network of the caller's project. For administrators only: it adds an address to the hosts' bridge.</summary>
    private static async Task CreateForProjectAsync(ApiCall call, JsonBody body)
    {
        var n = body.Object("network");
        n.Only("label", "cidr", "network_size", "num_networks");
        var spec = new NetworkSpec
        {
            Label = n.Text("label"),
            Cidr = n.Text("cidr"),
            ProjectId = call.Caller.ProjectId,
            NumNetworks = n.TryInt("num_networks") ?? 1,
            NetworkSize = n.TryInt("network_size"),
        };
        if (body.Wrong is { } wrong || !(await call.Services.CreateNetwork.RunAsync(spec, call.Cancel)).Succeeded(out var made, out wrong))
        {
            await call.RefuseAsync(wrong!);
            return;
        }

        await AnswerAsync(call, made[0], brief: true);
    }

    private static async Task AddAsync(ApiCall call, JsonBody body)
    {
        var wanted = body.TryUuid("id");
        var free = (await call.Services.Store.ReadAsync(s => s.Networks.ListAsync(call.Cancel), call.Cancel)).Find(n => wanted is null ? n.ProjectId is null : n.Uuid == wanted);
        if (body.Wrong is not null || free is null)
        {
            await Errors.WriteAsync(call, 400, body.Wrong?.Message ?? "No more networks available.");
            return;
        }

        await call.DoneAsync(await call.Services.Networks.SetProjectAsync(free.Uuid, call.Caller.ProjectId, call.Cancel), 202);
    }

    private static async Task ActionAsync(ApiCall call, JsonBody body)
    {
        var (networks, id) = (call.Services.Networks, ServersApi.Id(call));
        switch (body.Keys.FirstOrDefault())
        {
            case "disassociate":
                await networks.SetProjectAsync(id, null, call.Cancel);
                await call.DoneAsync(await networks.SetHostAsync(id, null, call.Cancel), 202);
                break;
            case "disassociate_project":
                await call.DoneAsync(await networks.SetProjectAsync(id, null, call.Cancel), 202);
                break;
            case "disassociate_host":
                await call.DoneAsync(await networks.SetHostAsync(id, null, call.Cancel), 202);
                break;
            case "associate_host":
                var host = body.Text("associate_host");
                await (body.Wrong is { } wrong ? call.RefuseAsync(wrong) : call.DoneAsync(await networks.SetHostAsync(id, host, call.Cancel), 202));
                break;
            default:
                await Errors.WriteAsync(call, 400, "There is no such action.");
                break;
        }
    }

    private static async Task FixedAsync(ApiCall call)
    {
        if (!Ip.TryParse(call.Segment("ip"), out var address))
        {
            await Errors.WriteAsync(call, 400, $"Invalid fixed IP address {call.Segment("ip")}");
            return;
        }

        var (network, row, instance) = await call.Services.Store.ReadAsync(
            async s =>
            {
                var found = await s.FixedIps.FindAsync(address, call.Cancel);
                return ((await s.Networks.ListAsync(call.Cancel)).Find(n => n.Cidr?.Contains(address) == true), found,
                    found is { Allocated: true, InstanceUuid: { } uuid } ? await s.Instances.FindAsync(uuid, call.Cancel) : null);
            },
            call.Cancel);
        if (network is null)
        {
            await Errors.WriteAsync(call, 404, $"Fixed IP {address} not found");
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("fixed_ip");
            w.WriteString("address", $"{address}");
            w.WriteString("cidr", $"{network.Cidr}");
            w.WriteString("host", instance?.Host);
            w.WriteString("hostname", instance?.HostName);
            if (call.Microversion >= 4)
            {
                w.WriteBoolean("reserved", row?.Reserved ?? Bridgehead.Store.FixedIps.IsOfNetwork(network, address));
            }

            w.WriteEndObject();
        });
    }

    private static async Task ReserveAsync(ApiCall call, JsonBody body)
    {
        var action = body.Keys.FirstOrDefault();
        if (action is not ("reserve" or "unreserve") || !Ip.TryParse(call.Segment("ip"), out var address))
        {
            await Errors.WriteAsync(call, 400, action is "reserve" or "unreserve" ? $"Invalid fixed IP address {call.Segment("ip")}" : "There is no such action.");
            return;
        }

        await call.DoneAsync(await call.Services.Networks.ReserveAsync(address, action == "reserve", call.Cancel), 202);
    }

    private static void Write(Utf8JsonWriter w, ApiCall call, Network n, bool brief)
    {
        w.WriteString("id", n.Uuid);
        w.WriteString("label", n.Label);
        w.WriteString("cidr", n.Cidr?.ToString());
        if (brief)
        {
            return;
        }

        w.WriteString("netmask", n.Cidr?.Netmask().ToString());
        w.WriteString("gateway", n.Gateway?.ToString());
        w.WriteString("broadcast", n.Cidr?.Last().ToString());
        w.WriteString("dns1", n.Dns1?.ToString());
        w.WriteString("dns2", n.Dns2?.ToString());
        w.WriteString("cidr_v6", n.CidrV6?.ToString());
        w.WriteString("gateway_v6", n.CidrV6 is null ? null : n.GatewayV6?.ToString());
        w.WriteString("netmask_v6", n.CidrV6?.Netmask().ToString());
        if (call.Caller.IsAdmin)
        {
            Admin(w, n);
        }
    }

    private static void Admin(Utf8JsonWriter w, Network n)
    {
        w.WriteString("created_at", Views.DbTime(n.CreatedAt));
        w.WriteString("updated_at", n.UpdatedAt is { } updated ? Views.DbTime(updated) : null);
        w.WriteNull("deleted_at");
        w.WriteBoolean("deleted", false);
        w.WriteBoolean("injected", n.Injected);
        w.WriteString("bridge", $"{n.Bridge}");
        w.WriteString("bridge_interface", n.BridgeInterface?.ToString());
        foreach (var none in new[] { "vlan", "vpn_public_address", "vpn_public_port", "vpn_private_address", "rxtx_base" })
        {
            w.WriteNull(none);
        }

        w.WriteString("dhcp_start", n.DhcpStart?.ToString());
        w.WriteString("dhcp_server", n.DhcpServer?.ToString());
        w.WriteBoolean("enable_dhcp", n.EnableDhcp);
        w.WriteBoolean("share_address", n.ShareAddress);
        if (n.Mtu is { } mtu)
        {
            w.WriteNumber("mtu", mtu);
        }
        else
        {
            w.WriteNull("mtu");
        }

        w.WriteString("project_id", n.ProjectId);
        w.WriteString("host", n.Host);
        w.WriteBoolean("multi_host", n.MultiHost);
        w.WriteNumber("priority", n.Priority);
    }
}
