using System.Text.Json;

namespace Bridgehead.Api;

/// <summary>What this API has, in the old way of asking: clients look here before they use floating addresses. Names are nova's.</summary>
internal static class ExtensionsApi
{
    private const string V = "/compute/v2.1/extensions";

    private static readonly IReadOnlyList<(string Alias, string Name)> All =
    [
        ("NMN", "Multinic"), ("OS-DCF", "DiskConfig"), ("OS-EXT-AZ", "ExtendedAvailabilityZone"), ("OS-EXT-IMG-SIZE", "ImageSize"), ("OS-EXT-IPS", "ExtendedIps"),
        ("OS-EXT-IPS-MAC", "ExtendedIpsMac"), ("OS-EXT-SRV-ATTR", "ExtendedServerAttributes"), ("OS-EXT-STS", "ExtendedStatus"), ("OS-FLV-DISABLED", "FlavorDisabled"),
        ("OS-FLV-EXT-DATA", "FlavorExtraData"), ("OS-SCH-HNT", "SchedulerHints"), ("OS-SRV-USG", "ServerUsage"), ("os-access-ips", "AccessIPs"), ("os-admin-actions", "AdminActions"),
        ("os-admin-password", "AdminPassword"), ("os-agents", "Agents"), ("os-aggregates", "Aggregates"), ("os-attach-interfaces", "AttachInterfaces"),
        ("os-availability-zone", "AvailabilityZone"), ("os-baremetal-nodes", "BareMetalNodes"), ("os-cells", "Cells"), ("os-certificates", "Certificates"),
        ("os-cloudpipe", "Cloudpipe"), ("os-cloudpipe-update", "CloudpipeUpdate"), ("os-config-drive", "ConfigDrive"), ("os-console-output", "ConsoleOutput"),
        ("os-consoles", "Consoles"), ("os-create-backup", "CreateBackup"), ("os-deferred-delete", "DeferredDelete"), ("os-evacuate", "Evacuate"),
        ("os-extended-floating-ips", "ExtendedFloatingIps"), ("os-extended-hypervisors", "ExtendedHypervisors"), ("os-extended-networks", "ExtendedNetworks"),
        ("os-extended-quotas", "ExtendedQuotas"), ("os-extended-services", "ExtendedServices"), ("os-extended-services-delete", "ExtendedServicesDelete"),
        ("os-extended-status", "ExtendedStatus"), ("os-extended-volumes", "ExtendedVolumes"), ("os-fixed-ips", "FixedIPs"), ("os-flavor-access", "FlavorAccess"),
        ("os-flavor-extra-specs", "FlavorExtraSpecs"), ("os-flavor-manage", "FlavorManage"), ("os-flavor-rxtx", "FlavorRxtx"), ("os-flavor-swap", "FlavorSwap"),
        ("os-floating-ip-dns", "FloatingIpDns"), ("os-floating-ip-pools", "FloatingIpPools"), ("os-floating-ips", "FloatingIps"), ("os-floating-ips-bulk", "FloatingIpsBulk"),
        ("os-fping", "Fping"), ("os-hosts", "Hosts"), ("os-hypervisor-status", "HypervisorStatus"), ("os-hypervisors", "Hypervisors"), ("os-instance-actions", "InstanceActions"),
        ("os-instance_usage_audit_log", "OSInstanceUsageAuditLog"), ("os-keypairs", "Keypairs"), ("os-lock-server", "LockServer"), ("os-migrate-server", "MigrateServer"),
        ("os-migrations", "Migrations"), ("os-multiple-create", "MultipleCreate"), ("os-networks", "Networks"), ("os-networks-associate", "NetworkAssociationSupport"),
        ("os-pause-server", "PauseServer"), ("os-personality", "Personality"), ("os-quota-class-sets", "QuotaClasses"), ("os-quota-sets", "Quotas"), ("os-rescue", "Rescue"),
        ("os-security-group-default-rules", "SecurityGroupDefaultRules"), ("os-security-groups", "SecurityGroups"), ("os-server-diagnostics", "ServerDiagnostics"),
        ("os-server-external-events", "ServerExternalEvents"), ("os-server-group-quotas", "ServerGroupQuotas"), ("os-server-groups", "ServerGroups"),
        ("os-server-list-multi-status", "ServerListMultiStatus"), ("os-server-password", "ServerPassword"), ("os-server-sort-keys", "ServerSortKeys"),
        ("os-server-start-stop", "ServerStartStop"), ("os-services", "Services"), ("os-shelve", "Shelve"), ("os-simple-tenant-usage", "SimpleTenantUsage"),
        ("os-suspend-server", "SuspendServer"), ("os-tenant-networks", "OSTenantNetworks"), ("os-used-limits", "UsedLimits"), ("os-used-limits-for-admin", "UsedLimitsForAdmin"),
        ("os-user-data", "UserData"), ("os-user-quotas", "UserQuotas"), ("os-virtual-interfaces", "VirtualInterfaces"),
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
        .Doc("Lists the extensions that this API has.")
        .Map("GET", $"{V}/{{alias}}", Access.User, call => All.Any(one => one.Alias == call.Segment("alias"))
            ? call.AnswerAsync(200, w =>
            {
                w.WriteStartObject("extension");
                Write(w, All.First(one => one.Alias == call.Segment("alias")));
                w.WriteEndObject();
            })
            : Errors.WriteAsync(call, 404, $"There is no extension {call.Segment("alias")}."))
        .Doc("Shows an extension.");

    private static void Write(Utf8JsonWriter w, (string Alias, string Name) one)
    {
        w.WriteString("alias", one.Alias);
        w.WriteString("name", one.Name);
        w.WriteString("description", $"{one.Name}.");
        w.WriteString("namespace", "http://docs.openstack.org/compute/ext/fake_xml");
        w.WriteString("updated", "2014-12-03T00:00:00Z");
        w.WriteStartArray("links");
        w.WriteEndArray();
    }
}
