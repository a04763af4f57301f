using System.Text.Json;
using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>Addresses, security groups and interfaces of a server.</summary>
internal static class ServerAddressCommands
{
    private static readonly P Server = P.Argument("server", "Name or ID of the server.");

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("add-fixed-ip", "Give a server an address on a network.", [Server, P.Argument("network-id", "ID or label of the network.")], AddFixedAsync),
        new("remove-fixed-ip", "Take an address from a server.", [Server, P.Argument("address", "The address.")],
            call => ActAsync(call, "removeFixedIp", w => w.WriteString("address", call.Required("address")))),
        new("add-floating-ip", "Associate a floating IP with a server.",
            [P.Option("--fixed-address", "<fixed_address>", "The server's address it stands for, if there are several."), Server, P.Argument("address", "The floating IP.")], AddFloatingAsync)
        {
            Aliases = ["floating-ip-associate"],
        },
        new("remove-floating-ip", "Take a floating IP from a server.", [Server, P.Argument("address", "The floating IP.")],
            call => ActAsync(call, "removeFloatingIp", w => w.WriteString("address", call.Required("address"))))
        {
            Aliases = ["floating-ip-disassociate"],
        },
        new("add-secgroup", "Add a security group to a server.", [Server, P.Argument("secgroup", "Name or ID of the group.")],
            call => ActAsync(call, "addSecurityGroup", w => w.WriteString("name", call.Required("secgroup")))),
        new("remove-secgroup", "Remove a security group from a server.", [Server, P.Argument("secgroup", "Name or ID of the group.")],
            call => ActAsync(call, "removeSecurityGroup", w => w.WriteString("name", call.Required("secgroup")))),
        new("list-secgroup", "List the security groups of a server.", [Server], async call =>
            call.Terminal.List((await OfServerAsync(call, "os-security-groups")).Items("security_groups"), "Id", "Name", "Description")),
        new("virtual-interface-list", "List the virtual interfaces of a server.", [Server], VirtualInterfacesAsync),
        new("interface-list", "List the ports of a server (Neutron).", [Server], InterfacesAsync),
        new("interface-attach", "Attach a port to a server (Neutron).",
            [P.Option("--port-id", "<port_id>", "The port."), P.Option("--net-id", "<net_id>", "The network."), P.Option("--fixed-ip", "<fixed_ip>", "The address."), Server], AttachAsync),
        new("interface-detach", "Detach a port from a server (Neutron).", [Server, P.Argument("port_id", "The port.")], async call =>
            await call.Compute.DeleteAsync($"servers/{await call.Lookup.ServerIdAsync(call.Required("server"))}/os-interface/{Uri.EscapeDataString(call.Required("port_id"))}")),
    ];

    private static async Task ActAsync(Call call, string action, Action<Utf8JsonWriter> write) =>
        await call.Compute.ActionAsync(await call.Lookup.ServerIdAsync(call.Required("server")), action, write);

    private static async Task<JsonElement> OfServerAsync(Call call, string resource) =>
        await call.Compute.GetAsync($"servers/{await call.Lookup.ServerIdAsync(call.Required("server"))}/{resource}");

    private static async Task AddFixedAsync(Call call)
    {
        // An id goes as it is, so that no second look-up is made; only a label has to be found.
        var network = call.Required("network-id");
        var id = Guid.TryParse(network, out _) || int.TryParse(network, out _) ? network : (await call.Lookup.NetworkAsync(network)).Id();
        await ActAsync(call, "addFixedIp", w => w.WriteString("networkId", id));
    }

    private static Task AddFloatingAsync(Call call) => ActAsync(call, "addFloatingIp", w =>
    {
        w.WriteString("address", call.Required("address"));
        w.Optional("fixed_address", call["--fixed-address"]);
    });

    private static async Task VirtualInterfacesAsync(Call call) =>
        call.Terminal.List((await OfServerAsync(call, "os-virtual-interfaces")).Items("virtual_interfaces"), "Id", "Mac address", new Column("Network ID", "net_id"));

    private static async Task InterfacesAsync(Call call) => call.Terminal.List(
        (await OfServerAsync(call, "os-interface")).Items("interfaceAttachments"),
        "Port State",
        "Port ID",
        "Net ID",
        new Column("IP addresses", port => string.Join(",", port.Items("fixed_ips").Select(ip => ip.Text("ip_address")))),
        new Column("MAC Addr", "mac_addr"));

    private static async Task AttachAsync(Call call)
    {
        var id = await call.Lookup.ServerIdAsync(call.Required("server"));
        await call.Compute.PostAsync($"servers/{id}/os-interface", w => w.Object("interfaceAttachment", () =>
        {
            w.Optional("port_id", call["--port-id"]);
            w.Optional("net_id", call["--net-id"]);
            if (call["--fixed-ip"] is { } address)
            {
                w.WriteStartArray("fixed_ips");
                w.WriteStartObject();
                w.WriteString("ip_address", address);
                w.WriteEndObject();
                w.WriteEndArray();
            }
        }));
    }
}
