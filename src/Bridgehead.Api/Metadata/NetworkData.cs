using System.Net;
using System.Text.Json;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>network_data.json: an instance's interfaces, its networks on them, and their name servers. An instance without interfaces has an empty object.</summary>
internal static class NetworkData
{
    public static void Write(Utf8JsonWriter w, InstanceDetails details)
    {
        if (details.Nics.Count == 0)
        {
            return;
        }

        w.WriteStartArray("links");
        foreach (var nic in details.Nics)
        {
            Link(w, nic);
        }

        w.WriteEndArray();
        w.WriteStartArray("networks");
        var number = 0;
        foreach (var nic in details.Nics)
        {
            if (nic.Network.Cidr is { } range && nic.Fixed.FirstOrDefault(f => f.Address.IsV4()) is { } own)
            {
                Network(w, $"network{number++}", nic, (range, own.Address, nic.Network.Gateway), dhcp: nic.Network.EnableDhcp && nic.Network.DhcpServer is not null);
            }

            if (nic.Network.CidrV6 is { } range6)
            {
                Network(w, $"network{number++}", nic, (range6, nic.Nic.Mac.Eui64(range6), nic.Network.GatewayV6), dhcp: false);
            }
        }

        w.WriteEndArray();
        Services(w, details);
    }

    private static void Link(Utf8JsonWriter w, NicDetails nic)
    {
        w.WriteStartObject();
        w.WriteString("id", $"{nic.Nic.TapName}");
        w.WriteString("vif_id", nic.Nic.Uuid);
        w.WriteString("type", "phy");
        if (nic.Network.Mtu is { } mtu)
        {
            w.WriteNumber("mtu", mtu);
        }
        else
        {
            w.WriteNull("mtu");
        }

        w.WriteString("ethernet_mac_address", $"{nic.Nic.Mac}");
        w.WriteEndObject();
    }

    private static void Network(Utf8JsonWriter w, string id, NicDetails nic, (IPNetwork Range, IPAddress Own, IPAddress? Gateway) place, bool dhcp)
    {
        var family = place.Range.IsV4() ? "ipv4" : "ipv6";
        w.WriteStartObject();
        w.WriteString("id", id);
        w.WriteString("type", dhcp ? family + "_dhcp" : family);
        w.WriteString("link", $"{nic.Nic.TapName}");
        w.WriteString("network_id", nic.Network.Uuid);
        if (!dhcp)
        {
            w.WriteString("ip_address", $"{place.Own}");
            w.WriteString("netmask", $"{place.Range.Netmask()}");
            Routes(w, place.Range.IsV4(), place.Gateway);
        }

        w.WriteEndObject();
    }

    private static void Routes(Utf8JsonWriter w, bool v4, IPAddress? gateway)
    {
        w.WriteStartArray("routes");
        if (gateway is not null)
        {
            var any = v4 ? "0.0.0.0" : "::";
            w.WriteStartObject();
            w.WriteString("network", any);
            w.WriteString("netmask", any);
            w.WriteString("gateway", $"{gateway}");
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void Services(Utf8JsonWriter w, InstanceDetails details)
    {
        w.WriteStartArray("services");
        foreach (var server in details.Nics.SelectMany(nic => new[] { nic.Network.Dns1, nic.Network.Dns2 }).OfType<IPAddress>().Distinct())
        {
            w.WriteStartObject();
            w.WriteString("type", "dns");
            w.WriteString("address", $"{server}");
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }
}
