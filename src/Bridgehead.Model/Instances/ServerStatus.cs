namespace Bridgehead.Model;

/// <summary>
/// A server's status as compute shows it, from vm_state and task_state: each vm_state has its own, but for the tasks named here. One table, so that a list filtered by status holds what shows that status.
/// </summary>
public static class ServerStatus
{
    private static readonly (string VmState, string Status, (string Status, string[] Tasks)[] But)[] Table =
    [
        (VmState.Building, "BUILD", []),
        (VmState.Active, "ACTIVE", [("REBOOT", [TaskState.Rebooting]), ("HARD_REBOOT", [TaskState.RebootingHard]), ("REBUILD", [TaskState.Rebuilding]), ("RESIZE", [TaskState.Resizing])]),
        (VmState.Stopped, "SHUTOFF", [("HARD_REBOOT", [TaskState.RebootingHard]), ("REBUILD", [TaskState.Rebuilding]), ("RESIZE", [TaskState.Resizing])]),
        (VmState.Paused, "PAUSED", [("HARD_REBOOT", [TaskState.RebootingHard])]),
        (VmState.Suspended, "SUSPENDED", [("HARD_REBOOT", [TaskState.RebootingHard])]),
        (VmState.Resized, "VERIFY_RESIZE", [("REVERT_RESIZE", [TaskState.Reverting])]),
        (VmState.Error, "ERROR", [("HARD_REBOOT", [TaskState.RebootingHard]), ("REBUILD", [TaskState.Rebuilding])]),
        (VmState.Deleted, "DELETED", []),
    ];

    /// <summary>Every status that nova has a name for; a server here is never in the later ones.</summary>
    public static IReadOnlyCollection<string> Names { get; } =
    [
        .. Table.Select(row => row.Status).Concat(Table.SelectMany(row => row.But.Select(but => but.Status))).Distinct(),
        "MIGRATING", "PASSWORD", "RESCUE", "SHELVED", "SHELVED_OFFLOADED", "SOFT_DELETED",
    ];

    public static string Of(Instance instance) => Of(instance.VmState, instance.TaskState);

    public static string Of(string vmState, string? task)
    {
        var row = Array.Find(Table, row => row.VmState == vmState);
        return Array.Find(row.But, but => but.Tasks.Contains(task)).Status ?? row.Status ?? "UNKNOWN";
    }

    /// <summary>
    /// The states that show the status. <c>Tasks</c> are the only ones that do; where <c>Except</c> is true, all others do, and none.
    /// </summary>
    public static IEnumerable<(string VmState, IReadOnlyList<string> Tasks, bool Except)> StatesOf(string status)
    {
        foreach (var row in Table)
        {
            if (row.Status == status)
            {
                yield return (row.VmState, [.. row.But.SelectMany(but => but.Tasks)], true);
            }

            foreach (var but in row.But.Where(but => but.Status == status))
            {
                yield return (row.VmState, but.Tasks, false);
            }
        }
    }
}
