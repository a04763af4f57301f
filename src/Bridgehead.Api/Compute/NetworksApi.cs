using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>os-networks and os-tenant-networks.</summary>
internal static class NetworksApi
{
    private const string V = "/compute/v2.1";
    private const int Last = Microversions.LastProxy;

    private static readonly string[] Pages = ["limit", "marker"];

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/os-networks", Access.User, call => ListAsync(call, brief: false), Last)
        .Doc("Lists networks: an administrator's all, a project's its own and those of nobody.", query: Pages)
        .Map("GET", $"{V}/os-tenant-networks", Access.User, call => ListAsync(call, brief: true), Last)
        .Doc("Lists networks with their ranges only.", query: Pages)
        .Map("GET", $"{V}/os-networks/{{id}}", Access.User, call => ShowAsync(call, brief: false), Last)
        .Doc("Shows a network.")
        .Map("GET", $"{V}/os-tenant-networks/{{id}}", Access.User, call => ShowAsync(call, brief: true), Last)
        .Doc("Shows a network's range.")
        .Map("POST", $"{V}/os-networks", Access.Admin, CreateAsync, Last)
        .Doc("Makes a network.", example: """{"network":{"label":"n","cidr":"10.200.0.0/24","gateway":"10.200.0.1","bridge":"br100","dns1":"8.8.8.8","dns2":"8.8.4.4","dhcp_server":"10.200.0.1","enable_dhcp":true,"mtu":1500,"share_address":"False","multi_host":"True","allowed_start":"10.200.0.10","allowed_end":"10.200.0.20","fixed_cidr":"10.200.0.0/25"}}""")
        .Map("DELETE", $"{V}/os-networks/{{id}}", Access.Admin, async call => await call.DoneAsync(await call.Services.Networks.DeleteAsync(ServersApi.Id(call), call.Cancel), 202), Last)
        .Doc("Deletes a network that no server is on and no project has.", status: 202)
        .Map("POST", $"{V}/os-tenant-networks", Access.Admin, CreateForProjectAsync, Last)
        .Doc("Makes a network of the caller's project.", example: """{"network":{"label":"n","cidr":"10.201.0.0/24","num_networks":2,"network_size":16}}""")
        .Map("DELETE", $"{V}/os-tenant-networks/{{id}}", Access.Admin, async call =>
            await call.DoneAsync(await call.Services.Networks.DeleteAsync(ServersApi.Id(call), call.Caller.ProjectId, call.Cancel), 202), Last)
        .Doc("Deletes a network of the caller's project.", status: 202)
        .Map("POST", $"{V}/os-networks/add", Access.Admin, AddAsync, Last)
        .Doc("Gives the caller's project a network: the one that is named, or any that is nobody's.", status: 202, example: """{"id":"NETWORK"}""")
        .Map("POST", $"{V}/os-networks/{{id}}/action", Access.Admin, ActionAsync, Last)
        .Doc("Takes a network from its project (disassociate_project), its host (disassociate_host) or both (disassociate), or gives it a host (associate_host).", status: 202, example: """{"associate_host":"h"}""");

    private static async Task ListAsync(ApiCall call, bool brief)
    {
        if (!Paging.Limit(call, int.MaxValue).Succeeded(out var limit, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        var (project, marker) = (call.Caller.IsAdmin ? null : call.Caller.ProjectId, call.Query("marker"));
        var after = marker is null ? (Guid?)null : Guid.TryParseExact(marker, "D", out var uuid) ? uuid : Guid.Empty;
        var networks = await call.Services.Store.ReadAsync(
            async s => after is { } last && (await s.Networks.FindAsync(last, call.Cancel) is not { } found || !IsSeen(call, found)) ? null : await s.Networks.PageAsync(project, after, limit, call.Cancel),
            call.Cancel);
        if (networks is null)
        {
            await Errors.WriteAsync(call, 400, $"marker [{marker}] not found");
            return;
        }

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

    private static bool IsSeen(ApiCall call, Network network) => call.Caller.IsAdmin || network.ProjectId is null || network.ProjectId == call.Caller.ProjectId;

    private static async Task ShowAsync(ApiCall call, bool brief)
    {
        var network = await call.Services.Store.ReadAsync(s => s.Networks.FindAsync(ServersApi.Id(call), call.Cancel), call.Cancel);
        if (network is null || !IsSeen(call, network))
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

        NoVlan(n);
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

    private static void NoVlan(JsonBody network)
    {
        if (network.Has("vlan") || network.Has("vlan_start"))
        {
            network.Note("VLAN networks need the VLAN manager; this cloud runs Flat DHCP.");
        }
    }

    /// <summary>A network of the caller's project. For administrators only: it adds an address to the hosts' bridge.</summary>
    private static async Task CreateForProjectAsync(ApiCall call, JsonBody body)
    {
        var n = body.Object("network");
        n.Only("label", "cidr", "network_size", "num_networks", "vlan_start");
        NoVlan(n);
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
        body.Only("id");
        var wanted = body.TryUuid("id");
        await (body.Wrong is { } wrong ? call.RefuseAsync(wrong) : call.DoneAsync(await call.Services.Networks.AddToProjectAsync(wanted, call.Caller.ProjectId, call.Cancel), 202));
    }

    private static async Task ActionAsync(ApiCall call, JsonBody body)
    {
        var (networks, id) = (call.Services.Networks, ServersApi.Id(call));
        switch (body.Keys.ToList())
        {
            case ["disassociate"]:
                await call.DoneAsync(await networks.DisassociateAsync(id, call.Cancel), 202);
                break;
            case ["disassociate_project"]:
                await call.DoneAsync(await networks.SetProjectAsync(id, null, call.Cancel), 202);
                break;
            case ["disassociate_host"]:
                await call.DoneAsync(await networks.SetHostAsync(id, null, call.Cancel), 202);
                break;
            case ["associate_host"]:
                var host = body.Text("associate_host");
                await ((body.Wrong ?? Text.CheckName("associate_host", host)) is { } wrong ? call.RefuseAsync(wrong) : call.DoneAsync(await networks.SetHostAsync(id, host, call.Cancel), 202));
                break;
            default:
                await Errors.WriteAsync(call, 400, "There is no such action.");
                break;
        }
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
