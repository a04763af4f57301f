using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>A column that lists are sorted by: its name, and an instance's value in it as it is sorted. What is not there comes before all that is, in both databases.</summary>
internal sealed record ListColumn(string Name, Func<Instance, object?> Value, ColumnKind Kind)
{
    private static readonly Dictionary<InstanceColumn, ListColumn> All = new()
    {
        [InstanceColumn.Uuid] = new("uuid", i => i.Uuid.ToString("D"), ColumnKind.Text),
        [InstanceColumn.ProjectId] = new("project_id", i => i.ProjectId, ColumnKind.Text),
        [InstanceColumn.UserId] = new("user_id", i => i.UserId, ColumnKind.Text),
        [InstanceColumn.DisplayName] = new("display_name", i => i.DisplayName, ColumnKind.Text),
        [InstanceColumn.HostName] = new("host_name", i => i.HostName, ColumnKind.Text),
        [InstanceColumn.Description] = new("description", i => i.Description, ColumnKind.TextOrNull),
        [InstanceColumn.FlavorId] = new("flavor_id", i => i.FlavorId, ColumnKind.Text),
        [InstanceColumn.ImageId] = new("image_id", i => i.ImageId.ToString("D"), ColumnKind.Text),
        [InstanceColumn.KeyName] = new("key_name", i => i.KeyName, ColumnKind.TextOrNull),
        [InstanceColumn.AvailabilityZone] = new("availability_zone", i => i.AvailabilityZone, ColumnKind.Text),
        [InstanceColumn.ReservationId] = new("reservation_id", i => i.ReservationId, ColumnKind.Text),
        [InstanceColumn.LaunchIndex] = new("launch_index", i => (long)i.LaunchIndex, ColumnKind.Number),
        [InstanceColumn.ConfigDrive] = new("config_drive", i => i.ConfigDrive ? 1L : 0L, ColumnKind.Number),
        [InstanceColumn.AccessIPv4] = new("access_ipv4", i => i.AccessIPv4, ColumnKind.Text),
        [InstanceColumn.AccessIPv6] = new("access_ipv6", i => i.AccessIPv6, ColumnKind.Text),
        [InstanceColumn.Locked] = new("locked", i => i.Locked ? 1L : 0L, ColumnKind.Number),
        [InstanceColumn.Host] = new("host", i => i.Host, ColumnKind.TextOrNull),
        [InstanceColumn.VmState] = new("vm_state", i => i.VmState, ColumnKind.Text),
        [InstanceColumn.TaskState] = new("task_state", i => i.TaskState, ColumnKind.TextOrNull),
        [InstanceColumn.PowerState] = new("power_state", i => (long)i.PowerState, ColumnKind.Number),
        [InstanceColumn.Progress] = new("progress", i => (long)i.Progress, ColumnKind.Number),
        [InstanceColumn.CreatedAt] = new("created_at", i => i.CreatedAt, ColumnKind.Number),
        [InstanceColumn.UpdatedAt] = new("updated_at", i => i.UpdatedAt, ColumnKind.Number),
        [InstanceColumn.LaunchedAt] = new("launched_at", i => i.LaunchedAt, ColumnKind.NumberOrNull),
        [InstanceColumn.TerminatedAt] = new("terminated_at", i => i.TerminatedAt, ColumnKind.NumberOrNull),
    };

    public static ListColumn Id { get; } = new("id", i => i.Id, ColumnKind.Number);

    public static ListColumn Of(InstanceColumn column) => All[column];

    /// <summary>The expression in SQL. PostgreSQL's own order of texts is that of a language; SQLite's is that of their bytes.</summary>
    public string Sorted(bool postgres)
    {
        var text = Kind is ColumnKind.Text or ColumnKind.TextOrNull;
        var there = Kind switch
        {
            ColumnKind.TextOrNull => $"coalesce(i.{Name}, '')",
            ColumnKind.NumberOrNull => $"coalesce(i.{Name}, 0)",
            _ => $"i.{Name}",
        };
        return text && postgres ? $"({there} collate \"C\")" : there;
    }

    /// <summary>The instance's value in that expression.</summary>
    public object ValueOf(Instance instance) => Value(instance) ?? (Kind == ColumnKind.TextOrNull ? "" : 0L);
}

internal enum ColumnKind
{
    Text,
    TextOrNull,
    Number,
    NumberOrNull,
}
