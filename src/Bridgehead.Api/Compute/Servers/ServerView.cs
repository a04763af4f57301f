using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>Servers as compute shows them to the caller of one request. Each key has the microversion and role that it has in nova: clients refuse what they do not know.</summary>
internal sealed class ServerView
{
    private const int AdminDetails = 3;
    private const int Locked = 9;
    private const int HostStatus = 16;
    private const int Description = 19;
    private const int Tags = 26;
    private readonly ApiCall _call;
    private readonly IReadOnlyDictionary<string, string> _hosts;

    private ServerView(ApiCall call, IReadOnlyDictionary<string, string> hosts) => (_call, _hosts) = (call, hosts);

    public static async Task<ServerView> ForAsync(ApiCall call)
    {
        if (!call.Caller.IsAdmin || call.Microversion < HostStatus)
        {
            return new ServerView(call, new Dictionary<string, string>());
        }

        var services = await HostsApi.ListAsync(call);
        return new ServerView(call, services.Where(s => s.Binary == Binaries.Compute).ToDictionary(s => s.Host, s => s.ForcedDown ? "DOWN" : s.Disabled ? "MAINTENANCE" : ServicesApi.IsUp(call, s) ? "UP" : "UNKNOWN"));
    }

    /// <summary>Id, name and links.</summary>
    public void Brief(Utf8JsonWriter w, Instance i)
    {
        w.WriteString("id", i.Uuid);
        w.WriteString("name", i.DisplayName);
        Views.Links(w, _call, $"servers/{i.Uuid}");
    }

    /// <summary>All of it, as show and detail answer.</summary>
    public void Full(Utf8JsonWriter w, InstanceDetails details)
    {
        Core(w, details, extended: true);
        var i = details.Instance;
        w.WriteString("key_name", i.KeyName);
        w.WriteString("config_drive", i.ConfigDrive ? "True" : "");
        if (details.Groups.Count > 0)
        {
            Views.SecurityGroups(w, details.Groups.Select(group => group.Name));
        }

        w.WriteString("OS-EXT-AZ:availability_zone", i.AvailabilityZone);
        w.WriteString("OS-EXT-STS:task_state", i.TaskState);
        w.WriteString("OS-EXT-STS:vm_state", i.VmState);
        w.WriteNumber("OS-EXT-STS:power_state", (int)i.PowerState);
        w.WriteString("OS-SRV-USG:launched_at", i.LaunchedAt is { } launched ? Views.DbTime(launched) : null);
        w.WriteString("OS-SRV-USG:terminated_at", i.TerminatedAt is { } ended ? Views.DbTime(ended) : null);
        w.WriteStartArray("os-extended-volumes:volumes_attached");
        w.WriteEndArray();
        if (_call.Caller.IsAdmin)
        {
            Admin(w, i);
        }
    }

    /// <summary>As update and rebuild answer: less, and addresses without their kind.</summary>
    public void Changed(Utf8JsonWriter w, InstanceDetails details) => Core(w, details, extended: false);

    private void Core(Utf8JsonWriter w, InstanceDetails details, bool extended)
    {
        var i = details.Instance;
        var status = ServerStatus.Of(i);
        w.WriteString("id", i.Uuid);
        w.WriteString("name", i.DisplayName);
        w.WriteString("status", status);
        w.WriteString("tenant_id", i.ProjectId);
        w.WriteString("user_id", i.UserId);
        Views.Texts(w, "metadata", details.Metadata);
        w.WriteString("hostId", i.Host is null ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(i.ProjectId + i.Host)))[..56]);
        Reference(w, "image", $"{i.ImageId}", $"images/{i.ImageId}");
        Reference(w, "flavor", i.FlavorId, $"flavors/{i.FlavorId}");
        w.WriteString("created", Views.Time(i.CreatedAt));
        w.WriteString("updated", Views.Time(i.UpdatedAt));
        w.WritePropertyName("addresses");
        Views.Addresses(w, details, extended);
        w.WriteString("accessIPv4", i.AccessIPv4);
        w.WriteString("accessIPv6", i.AccessIPv6);
        Views.Links(w, _call, $"servers/{i.Uuid}");
        if (status is "ACTIVE" or "BUILD" or "REBUILD" or "RESIZE" or "VERIFY_RESIZE")
        {
            w.WriteNumber("progress", i.VmState == VmState.Building ? i.Progress : 100);
        }

        Fault(w, i);
        w.WriteString("OS-DCF:diskConfig", i.DiskConfig);
        ByVersion(w, details);
    }

    private static void Fault(Utf8JsonWriter w, Instance i)
    {
        if (i is { VmState: VmState.Error, FaultMessage: { } fault })
        {
            w.WriteStartObject("fault");
            w.WriteNumber("code", i.FaultCode ?? 500);
            w.WriteString("created", Views.Time(i.FaultAt ?? i.UpdatedAt));
            w.WriteString("message", fault);
            w.WriteEndObject();
        }
    }

    private void ByVersion(Utf8JsonWriter w, InstanceDetails details)
    {
        if (_call.Microversion >= Locked)
        {
            w.WriteBoolean("locked", details.Instance.Locked);
        }

        if (_call.Microversion >= Description)
        {
            w.WriteString("description", details.Instance.Description);
        }

        if (_call.Microversion >= Tags)
        {
            Views.List(w, "tags", details.Tags);
        }
    }

    private void Admin(Utf8JsonWriter w, Instance i)
    {
        w.WriteString("OS-EXT-SRV-ATTR:host", i.Host);
        w.WriteString("OS-EXT-SRV-ATTR:instance_name", $"instance-{i.Id:x8}");
        w.WriteString("OS-EXT-SRV-ATTR:hypervisor_hostname", i.Host);
        if (_call.Microversion >= AdminDetails)
        {
            w.WriteString("OS-EXT-SRV-ATTR:reservation_id", i.ReservationId);
            w.WriteNumber("OS-EXT-SRV-ATTR:launch_index", i.LaunchIndex);
            w.WriteString("OS-EXT-SRV-ATTR:hostname", i.HostName);
            w.WriteString("OS-EXT-SRV-ATTR:kernel_id", "");
            w.WriteString("OS-EXT-SRV-ATTR:ramdisk_id", "");
            w.WriteString("OS-EXT-SRV-ATTR:root_device_name", "/dev/vda");
            w.WriteString("OS-EXT-SRV-ATTR:user_data", i.UserData);
        }

        if (_call.Microversion >= HostStatus)
        {
            w.WriteString("host_status", i.Host is null ? "" : _hosts.GetValueOrDefault(i.Host, "UNKNOWN"));
        }
    }

    private void Reference(Utf8JsonWriter w, string name, string id, string path)
    {
        w.WriteStartObject(name);
        w.WriteString("id", id);
        Views.Links(w, _call, path, self: false);
        w.WriteEndObject();
    }
}
