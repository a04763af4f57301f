using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>network-create.</summary>
internal static class NetworkCreateCommand
{
    /// <summary>Each option with the field it fills; booleans and numbers are named so.</summary>
    private static readonly (P Option, string Field, Kind Kind)[] Fields =
    [
        (P.Option("--fixed-range-v4", "<x.x.x.x/yy>", "IPv4 range of its addresses."), "cidr", Kind.Text),
        (P.Option("--fixed-range-v6", "<prefix>", "IPv6 range of its addresses."), "cidr_v6", Kind.Text),
        (P.Option("--vlan", "<vlan id>", "VLAN."), "vlan", Kind.Number),
        (P.Option("--vlan-start", "<vlan start>", "First VLAN, when there are several networks."), "vlan_start", Kind.Number),
        (P.Option("--vpn", "<vpn start>", "First port of the VPN instances."), "vpn_start", Kind.Number),
        (P.Option("--gateway", "<gateway>", "IPv4 gateway."), "gateway", Kind.Text),
        (P.Option("--gateway-v6", "<gateway>", "IPv6 gateway."), "gateway_v6", Kind.Text),
        (P.Option("--bridge", "<bridge>", "Bridge that its instances are connected to."), "bridge", Kind.Text),
        (P.Option("--bridge-interface", "<bridge interface>", "Device the bridge is connected to."), "bridge_interface", Kind.Text),
        (P.Option("--multi-host", "<'T'|'F'>", "Whether every host serves it."), "multi_host", Kind.Flag),
        (P.Option("--dns1", "<DNS Address>", "First DNS server."), "dns1", Kind.Text),
        (P.Option("--dns2", "<DNS Address>", "Second DNS server."), "dns2", Kind.Text),
        (P.Option("--uuid", "<network uuid>", "Its ID."), "uuid", Kind.Text),
        (P.Option("--fixed-cidr", "<x.x.x.x/yy>", "Part of the range that instances get addresses of."), "fixed_cidr", Kind.Text),
        (P.Option("--project-id", "<project id>", "Project it belongs to."), "project_id", Kind.Text),
        (P.Option("--priority", "<number>", "Which network comes first."), "priority", Kind.Number),
        (P.Option("--mtu", "<mtu>", "MTU."), "mtu", Kind.Number),
        (P.Option("--enable-dhcp", "<'T'|'F'>", "Whether it has a DHCP server."), "enable_dhcp", Kind.Flag),
        (P.Option("--dhcp-server", "<dhcp-server>", "Address of the DHCP server."), "dhcp_server", Kind.Text),
        (P.Option("--share-address", "<'T'|'F'>", "Whether all hosts use the gateway's address for DHCP."), "share_address", Kind.Flag),
        (P.Option("--allowed-start", "<start>", "First address for instances."), "allowed_start", Kind.Text),
        (P.Option("--allowed-end", "<end>", "Last address for instances."), "allowed_end", Kind.Text),
    ];

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("network-create", "Create a network (administrators).", [.. Fields.Select(field => field.Option), P.Argument("network_label", "Label of the network.")], RunAsync),
    ];

    private enum Kind
    {
        Text,
        Number,
        Flag,
    }

    private static Task RunAsync(Call call)
    {
        if (!call.Arguments.Has("--fixed-range-v4") && !call.Arguments.Has("--fixed-range-v6"))
        {
            throw new CommandException("Must specify either fixed_range_v4 or fixed_range_v6");
        }

        return call.Compute.PostAsync("os-networks", w => w.Object("network", () =>
        {
            w.WriteString("label", call.Required("network_label"));
            foreach (var (option, field, kind) in Fields.Where(field => call.Arguments.Has(field.Option.Name)))
            {
                switch (kind)
                {
                    case Kind.Number:
                        w.WriteNumber(field, call.Arguments.Int(option.Name)!.Value);
                        break;
                    case Kind.Flag:
                        w.WriteBoolean(field, Flag(option.Name, call[option.Name]!));
                        break;
                    default:
                        w.WriteString(field, call[option.Name]);
                        break;
                }
            }
        }));
    }

    private static bool Flag(string option, string text) => text.ToLowerInvariant() switch
    {
        "t" or "true" or "1" or "yes" or "y" or "on" => true,
        "f" or "false" or "0" or "no" or "n" or "off" => false,
        _ => throw new CommandException($"{option} must be T or F, not '{text}'."),
    };
}
