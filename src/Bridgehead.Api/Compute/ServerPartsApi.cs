using System.Globalization;
using System.Text.Json;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>What hangs on one server: addresses, interfaces, groups, the password it posted, what it uses of its host.</summary>
internal static class ServerPartsApi
{
    private const string Base = "/compute/v2.1/servers/{id}";
    private const int LastVirtualInterfaces = 43;
    private const int NetworkOfInterface = 12;
    private const int RemoteConsoles = 6;
    private const string NeutronOnly = "Interfaces can be attached and detached with Neutron only; use the actions addFixedIp and removeFixedIp.";

    public static void Map(Routes routes)
    {
        routes
            .Map("GET", $"{Base}/ips", Access.User, call => ServersApi.WithAsync(call, details => call.AnswerAsync(200, w =>
            {
                w.WritePropertyName("addresses");
                Views.Addresses(w, details, extended: false);
            })))
            .Doc("Lists a server's addresses by network.")
            .Map("GET", $"{Base}/ips/{{label}}", Access.User, AddressesAsync)
            .Doc("Lists a server's addresses on one network.")
            .Map("GET", $"{Base}/os-security-groups", Access.User, SecurityGroupsApi.OfServerAsync)
            .Doc("Lists a server's security groups with their rules.")
            .Map("GET", $"{Base}/os-virtual-interfaces", Access.User, VirtualInterfacesAsync, until: LastVirtualInterfaces)
            .Doc("Lists a server's interfaces with their MAC addresses.")
            .Map("GET", $"{Base}/os-server-password", Access.User, PasswordAsync)
            .Doc("Shows the password that the server posted, encrypted with its user's key; empty when there is none.")
            .Map("DELETE", $"{Base}/os-server-password", Access.User, RemovePasswordAsync)
            .Doc("Forgets that password, so that the server may post another.", status: 204)
            .Map("GET", $"{Base}/diagnostics", Access.Admin, DiagnosticsAsync)
            .Doc("Shows what a server uses of its host.")
            .Map("POST", $"{Base}/remote-consoles", Access.User, ConsoleAsync, since: RemoteConsoles)
            .Doc("Refuses: servers here have no screen.", status: 501, example: """{"remote_console":{"protocol":"vnc","type":"novnc"}}""");
        MapInterfaces(routes);
    }

    private static void MapInterfaces(Routes routes) => routes
        .Map("GET", $"{Base}/os-interface", Access.User, call => ServersApi.WithAsync(call, details => call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("interfaceAttachments");
            foreach (var nic in details.Nics)
            {
                w.WriteStartObject();
                Interface(w, details.Instance, nic);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        })))
        .Doc("Lists a server's interfaces with their addresses.")
        .Map("GET", $"{Base}/os-interface/{{port}}", Access.User, call => ServersApi.WithAsync(call, details =>
            details.Nics.FirstOrDefault(nic => $"{nic.Nic.Uuid}" == call.Segment("port")) is { } nic
                ? call.AnswerAsync(200, w =>
                {
                    w.WriteStartObject("interfaceAttachment");
                    Interface(w, details.Instance, nic);
                    w.WriteEndObject();
                })
                : Errors.WriteAsync(call, 404, $"Instance {details.Instance.Uuid} does not have a port with id {call.Segment("port")}")))
        .Doc("Shows one interface of a server.")
        .Map("POST", $"{Base}/os-interface", Access.User, call => Errors.WriteAsync(call, 501, NeutronOnly))
        .Doc("Refuses: interfaces are attached with Neutron only.", status: 501)
        .Map("DELETE", $"{Base}/os-interface/{{port}}", Access.User, call => Errors.WriteAsync(call, 501, NeutronOnly))
        .Doc("Refuses: interfaces are detached with Neutron only.", status: 501);

    private static Task AddressesAsync(ApiCall call) => ServersApi.WithAsync(call, details =>
    {
        var label = call.Segment("label");
        var nics = details.Nics.Where(nic => nic.Network.Label == label).ToList();
        return nics.Count == 0
            ? Errors.WriteAsync(call, 404, $"Instance {details.Instance.Uuid} is not a member of network {label}.")
            : call.AnswerAsync(200, w => Views.AddressList(w, label, nics, extended: false));
    });

    private static Task VirtualInterfacesAsync(ApiCall call) => ServersApi.WithAsync(call, details => call.AnswerAsync(200, w =>
    {
        w.WriteStartArray("virtual_interfaces");
        foreach (var nic in details.Nics)
        {
            w.WriteStartObject();
            w.WriteString("id", nic.Nic.Uuid);
            w.WriteString("mac_address", $"{nic.Nic.Mac}");
            if (call.Microversion >= NetworkOfInterface)
            {
                w.WriteString("net_id", nic.Network.Uuid);
            }

            w.WriteEndObject();
        }

        w.WriteEndArray();
    }));

    /// <summary>There are no ports and subnets: an interface's id stands for the first, its network's for the second.</summary>
    private static void Interface(Utf8JsonWriter w, Instance instance, NicDetails nic)
    {
        w.WriteString("port_id", nic.Nic.Uuid);
        w.WriteString("net_id", nic.Network.Uuid);
        w.WriteString("mac_addr", $"{nic.Nic.Mac}");
        w.WriteString("port_state", instance.PowerState == PowerState.Running ? "ACTIVE" : "DOWN");
        w.WriteStartArray("fixed_ips");
        foreach (var own in nic.Fixed)
        {
            w.WriteStartObject();
            w.WriteString("subnet_id", nic.Network.Uuid);
            w.WriteString("ip_address", $"{own.Address}");
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static Task PasswordAsync(ApiCall call) => ServersApi.WithAsync(call, async details =>
    {
        var password = await call.Services.Store.ReadAsync(s => s.ServerPasswords.FindAsync(details.Instance.Uuid, call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w => w.WriteString("password", password ?? ""));
    });

    private static Task RemovePasswordAsync(ApiCall call) => ServersApi.WithAsync(call, async details =>
    {
        await call.Services.Store.WriteAsync(s => s.ServerPasswords.RemoveAsync(details.Instance.Uuid, call.Cancel), call.Cancel);
        await call.AnswerAsync(204);
    });

    private static Task DiagnosticsAsync(ApiCall call) => ServersApi.WithAsync(call, details => HostActions.AskAsync(
        call,
        details.Instance,
        s => s.Diagnostics,
        output => call.AnswerAsync(200, w =>
        {
            foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var blank = line.LastIndexOf(' ');
                w.WriteNumber(line[..blank], long.Parse(line[(blank + 1)..], CultureInfo.InvariantCulture));
            }
        })));

    private static Task ConsoleAsync(ApiCall call, JsonBody body)
    {
        var console = body.Object("remote_console");
        var type = console.Text("type");
        console.Text("protocol");
        console.TryOneOf("protocol", "vnc", "spice", "rdp", "serial", "mks");
        console.TryOneOf("type", "novnc", "xvpvnc", "spice-html5", "rdp-html5", "serial", "webmks");
        return body.Wrong is { } wrong ? call.RefuseAsync(wrong) : ServersApi.WithAsync(call, _ =>
            Errors.WriteAsync(call, 501, $"The drivers of this cloud have no console of type {type}. A server's output is to be had by os-getConsoleOutput."));
    }
}
