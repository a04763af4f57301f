using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary><c>sort_key</c> and <c>sort_dir</c> of a list of servers, each given any number of times.</summary>
internal static class ServerSort
{
    /// <summary>nova's names. What is the same for all servers here sorts nothing.</summary>
    private static readonly Dictionary<string, InstanceColumn?> Keys = new(StringComparer.Ordinal)
    {
        ["access_ip_v4"] = InstanceColumn.AccessIPv4,
        ["access_ip_v6"] = InstanceColumn.AccessIPv6,
        ["auto_disk_config"] = null,
        ["availability_zone"] = InstanceColumn.AvailabilityZone,
        ["config_drive"] = InstanceColumn.ConfigDrive,
        ["created_at"] = InstanceColumn.CreatedAt,
        ["display_description"] = InstanceColumn.Description,
        ["display_name"] = InstanceColumn.DisplayName,
        ["host"] = InstanceColumn.Host,
        ["hostname"] = InstanceColumn.HostName,
        ["image_ref"] = InstanceColumn.ImageId,
        ["instance_type_id"] = InstanceColumn.FlavorId,
        ["kernel_id"] = null,
        ["key_name"] = InstanceColumn.KeyName,
        ["launch_index"] = InstanceColumn.LaunchIndex,
        ["launched_at"] = InstanceColumn.LaunchedAt,
        ["locked"] = InstanceColumn.Locked,
        ["node"] = InstanceColumn.Host,
        ["power_state"] = InstanceColumn.PowerState,
        ["progress"] = InstanceColumn.Progress,
        ["project_id"] = InstanceColumn.ProjectId,
        ["ramdisk_id"] = null,
        ["root_device_name"] = null,
        ["task_state"] = InstanceColumn.TaskState,
        ["terminated_at"] = InstanceColumn.TerminatedAt,
        ["updated_at"] = InstanceColumn.UpdatedAt,
        ["user_id"] = InstanceColumn.UserId,
        ["uuid"] = InstanceColumn.Uuid,
        ["vm_state"] = InstanceColumn.VmState,
    };

    /// <summary>A key without a direction has the first one's, which is descending where none is given.</summary>
    public static Outcome<InstanceOrder> Read(ApiCall call)
    {
        var keys = call.Http.Request.Query["sort_key"].OfType<string>().ToList();
        var directions = call.Http.Request.Query["sort_dir"].OfType<string>().ToList();
        if (keys.Find(key => !Keys.ContainsKey(key)) is { } unknown)
        {
            return Problem.Bad($"Invalid sort key: {unknown}");
        }

        if (directions.Find(direction => direction is not ("asc" or "desc")) is { } odd)
        {
            return Problem.Bad($"Invalid sort direction: '{odd}' is not one of ['asc', 'desc']");
        }

        if (directions.Count > Math.Max(keys.Count, 1))
        {
            return Problem.Bad("Invalid input received: Sort direction size exceeds sort key size");
        }

        if (!call.Caller.IsAdmin && keys.Exists(key => key is "host" or "node"))
        {
            return Problem.Denied("Only administrators can sort servers by host or node");
        }

        var usual = directions.Count == 0 || directions[0] == "desc";
        var order = keys.Select((key, i) => (Column: Keys[key], Descending: i < directions.Count ? directions[i] == "desc" : usual)).Where(key => key.Column is not null)
            .Select(key => (key.Column!.Value, key.Descending)).ToList();
        return new InstanceOrder(order.Count > 0 ? order : [(InstanceColumn.CreatedAt, usual)]);
    }
}
