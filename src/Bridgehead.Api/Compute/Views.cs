using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>Entities as compute shows them.</summary>
internal static class Views
{
    /// <summary>Created and updated times.</summary>
    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", null);

    /// <summary>Times as nova's database prints them.</summary>
    public static string DbTime(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", null);

    public static void Link(Utf8JsonWriter w, string rel, string href)
    {
        w.WriteStartObject();
        w.WriteString("rel", rel);
        w.WriteString("href", href);
        w.WriteEndObject();
    }

    public static void Links(Utf8JsonWriter w, ApiCall call, string path, bool self = true)
    {
        w.WriteStartArray("links");
        if (self)
        {
            Link(w, "self", $"{call.Root}/compute/v2.1/{path}");
        }

        Link(w, "bookmark", $"{call.Root}/compute/{path}");
        w.WriteEndArray();
    }

    public static void Server(Utf8JsonWriter w, ApiCall call, InstanceDetails details)
    {
        var i = details.Instance;
        w.WriteString("id", i.Uuid);
        w.WriteString("name", i.DisplayName);
        w.WriteString("status", Status(i));
        w.WriteString("tenant_id", i.ProjectId);
        w.WriteString("user_id", i.UserId);
        Texts(w, "metadata", details.Metadata);
        w.WriteString("hostId", i.Host is null ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(i.ProjectId + i.Host)))[..56]);
        Reference(w, call, "image", $"{i.ImageId}", $"images/{i.ImageId}");
        Reference(w, call, "flavor", i.FlavorId, $"flavors/{i.FlavorId}");
        w.WriteString("created", Time(i.CreatedAt));
        w.WriteString("updated", Time(i.UpdatedAt));
        w.WritePropertyName("addresses");
        Addresses(w, details, extended: true);
        w.WriteString("accessIPv4", i.AccessIPv4);
        w.WriteString("accessIPv6", i.AccessIPv6);
        Links(w, call, $"servers/{i.Uuid}");
        if (i.VmState is VmState.Active or VmState.Building)
        {
            w.WriteNumber("progress", i.VmState == VmState.Active ? 100 : i.Progress);
        }

        if (i is { VmState: VmState.Error, FaultMessage: { } fault })
        {
            w.WriteStartObject("fault");
            w.WriteNumber("code", i.FaultCode ?? 500);
            w.WriteString("created", Time(i.FaultAt ?? i.UpdatedAt));
            w.WriteString("message", fault);
            w.WriteEndObject();
        }

        ShowOnly(w, call, details);
    }

    public static string Status(Instance i) => i.VmState switch
    {
        VmState.Building => "BUILD",
        VmState.Active => i.TaskState switch { TaskState.Rebooting => "REBOOT", TaskState.RebootingHard => "HARD_REBOOT", _ => "ACTIVE" },
        VmState.Stopped => i.TaskState == TaskState.RebootingHard ? "HARD_REBOOT" : "SHUTOFF",
        VmState.Deleted => "DELETED",
        _ => i.TaskState == TaskState.RebootingHard ? "HARD_REBOOT" : "ERROR",
    };

    /// <summary>Addresses by network label, a floating one right after its fixed one.</summary>
    public static void Addresses(Utf8JsonWriter w, InstanceDetails details, bool extended)
    {
        w.WriteStartObject();
        foreach (var network in details.Nics.GroupBy(nic => nic.Network.Label))
        {
            AddressList(w, network.Key, network, extended);
        }

        w.WriteEndObject();
    }

    /// <summary>The addresses on one network, under its label.</summary>
    public static void AddressList(Utf8JsonWriter w, string label, IEnumerable<NicDetails> nics, bool extended)
    {
        w.WriteStartArray(label);
        foreach (var nic in nics)
        {
            foreach (var address in nic.Fixed)
            {
                Address(w, $"{address.Address}", address.Address.IsV4(), extended ? ("fixed", nic.Nic.Mac) : null);
                foreach (var floating in nic.Floating.Where(f => address.Address.Equals(f.FixedAddress)))
                {
                    Address(w, $"{floating.Address}", true, extended ? ("floating", nic.Nic.Mac) : null);
                }
            }
        }

        w.WriteEndArray();
    }

    public static void Texts(Utf8JsonWriter w, string name, IEnumerable<KeyValuePair<string, string>> items)
    {
        w.WriteStartObject(name);
        foreach (var (key, value) in items)
        {
            w.WriteString(key, value);
        }

        w.WriteEndObject();
    }

    public static void Flavor(Utf8JsonWriter w, ApiCall call, Flavor f, bool detail)
    {
        w.WriteString("id", f.FlavorId);
        w.WriteString("name", f.Name);
        Links(w, call, $"flavors/{f.FlavorId}");
        if (!detail)
        {
            return;
        }

        w.WriteNumber("ram", f.Ram);
        w.WriteNumber("disk", f.Disk);
        w.WriteNumber("vcpus", f.Vcpus);
        if (f.Swap == 0)
        {
            w.WriteString("swap", "");
        }
        else
        {
            w.WriteNumber("swap", f.Swap);
        }

        w.WriteBoolean("OS-FLV-DISABLED:disabled", false);
        w.WriteNumber("OS-FLV-EXT-DATA:ephemeral", f.Ephemeral);
        w.WriteBoolean("os-flavor-access:is_public", f.IsPublic);

        // A number with a point, also where it is whole.
        w.WritePropertyName("rxtx_factor");
        w.WriteRawValue(f.RxtxFactor == Math.Floor(f.RxtxFactor) && f.RxtxFactor < 1e15 ? $"{f.RxtxFactor:0}.0" : $"{f.RxtxFactor:R}");
    }

    /// <summary>Groups by name, as servers show them.</summary>
    public static void SecurityGroups(Utf8JsonWriter w, IEnumerable<string> names)
    {
        w.WriteStartArray("security_groups");
        foreach (var name in names)
        {
            w.WriteStartObject();
            w.WriteString("name", name);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void ShowOnly(Utf8JsonWriter w, ApiCall call, InstanceDetails details)
    {
        var i = details.Instance;
        w.WriteString("key_name", i.KeyName);
        w.WriteString("config_drive", i.ConfigDrive ? "True" : "");
        if (details.Groups.Count > 0)
        {
            SecurityGroups(w, details.Groups.Select(group => group.Name));
        }

        w.WriteString("OS-DCF:diskConfig", "MANUAL");
        w.WriteString("OS-EXT-AZ:availability_zone", i.AvailabilityZone);
        w.WriteString("OS-EXT-STS:task_state", i.TaskState);
        w.WriteString("OS-EXT-STS:vm_state", i.VmState);
        w.WriteNumber("OS-EXT-STS:power_state", (int)i.PowerState);
        w.WriteString("OS-SRV-USG:launched_at", i.LaunchedAt is { } launched ? DbTime(launched) : null);
        w.WriteString("OS-SRV-USG:terminated_at", i.TerminatedAt is { } ended ? DbTime(ended) : null);
        w.WriteStartArray("os-extended-volumes:volumes_attached");
        w.WriteEndArray();
        if (call.Microversion >= 9)
        {
            w.WriteBoolean("locked", i.Locked);
        }

        if (call.Microversion >= 19)
        {
            w.WriteString("description", i.Description);
        }

        if (call.Microversion >= 26)
        {
            w.WriteStartArray("tags");
            w.WriteEndArray();
        }

        if (call.Caller.IsAdmin)
        {
            Admin(w, call, i);
        }
    }

    private static void Admin(Utf8JsonWriter w, ApiCall call, Instance i)
    {
        w.WriteString("OS-EXT-SRV-ATTR:host", i.Host);
        w.WriteString("OS-EXT-SRV-ATTR:instance_name", $"instance-{i.Id:x8}");
        w.WriteString("OS-EXT-SRV-ATTR:hypervisor_hostname", i.Host);
        if (call.Microversion >= 3)
        {
            w.WriteString("OS-EXT-SRV-ATTR:reservation_id", i.ReservationId);
            w.WriteNumber("OS-EXT-SRV-ATTR:launch_index", i.LaunchIndex);
            w.WriteString("OS-EXT-SRV-ATTR:hostname", i.HostName);
            w.WriteString("OS-EXT-SRV-ATTR:kernel_id", "");
            w.WriteString("OS-EXT-SRV-ATTR:ramdisk_id", "");
            w.WriteString("OS-EXT-SRV-ATTR:root_device_name", "/dev/vda");
            w.WriteString("OS-EXT-SRV-ATTR:user_data", i.UserData);
        }

        if (call.Microversion >= 16)
        {
            w.WriteString("host_status", i.Host is null ? "" : "UP");
        }
    }

    private static void Address(Utf8JsonWriter w, string address, bool v4, (string Type, MacAddress Mac)? extended)
    {
        w.WriteStartObject();
        w.WriteString("addr", address);
        w.WriteNumber("version", v4 ? 4 : 6);
        if (extended is { } more)
        {
            w.WriteString("OS-EXT-IPS:type", more.Type);
            w.WriteString("OS-EXT-IPS-MAC:mac_addr", $"{more.Mac}");
        }

        w.WriteEndObject();
    }

    private static void Reference(Utf8JsonWriter w, ApiCall call, string name, string id, string path)
    {
        w.WriteStartObject(name);
        w.WriteString("id", id);
        Links(w, call, path, self: false);
        w.WriteEndObject();
    }
}
