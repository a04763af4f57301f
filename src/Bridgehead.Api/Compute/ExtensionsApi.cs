using System.Text.Json;

namespace Bridgehead.Api;

/// <summary>What this API has, in the old way of asking: clients look here before they use floating addresses.</summary>
internal static class ExtensionsApi
{
    private const string V = "/compute/v2.1/extensions";

    private static readonly IReadOnlyList<(string Alias, string Name)> All =
    [
        ("os-availability-zone", "AvailabilityZone"), ("os-consoles", "Consoles"), ("os-extended-server-attributes", "ExtendedServerAttributes"), ("os-fixed-ips", "FixedIPs"),
        ("os-floating-ip-dns", "FloatingIpDns"), ("os-floating-ip-pools", "FloatingIpPools"), ("os-floating-ips", "FloatingIps"), ("os-floating-ips-bulk", "FloatingIpsBulk"),
        ("os-hosts", "Hosts"), ("os-hypervisors", "Hypervisors"), ("os-instance-actions", "InstanceActions"), ("os-keypairs", "Keypairs"), ("os-networks", "Networks"),
        ("os-networks-associate", "NetworkAssociationSupport"), ("os-quota-sets", "Quotas"), ("os-security-group-default-rules", "SecurityGroupDefaultRules"),
        ("os-security-groups", "SecurityGroups"), ("os-server-password", "ServerPassword"), ("os-services", "Services"), ("os-tenant-networks", "OSTenantNetworks"),
        ("os-virtual-interfaces", "VirtualInterfaces"),
    ];

    public static void Map(Routes routes) => routes
        .Map("GET", V, Access.User, call => call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("extensions");
            foreach (var one in All)
            {
                w.WriteStartObject();
                Write(w, one);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        }))
        .Map("GET", $"{V}/{{alias}}", Access.User, call => All.Any(one => one.Alias == call.Segment("alias"))
            ? call.AnswerAsync(200, w =>
            {
                w.WriteStartObject("extension");
                Write(w, All.First(one => one.Alias == call.Segment("alias")));
                w.WriteEndObject();
            })
            : Errors.WriteAsync(call, 404, $"There is no extension {call.Segment("alias")}."));

    private static void Write(Utf8JsonWriter w, (string Alias, string Name) one)
    {
        w.WriteString("alias", one.Alias);
        w.WriteString("name", one.Name);
        w.WriteString("description", $"{one.Name}.");
        w.WriteString("namespace", "");
        w.WriteString("updated", "2014-12-03T00:00:00Z");
        w.WriteStartArray("links");
        w.WriteEndArray();
    }
}
