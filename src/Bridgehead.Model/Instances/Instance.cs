namespace Bridgehead.Model;

/// <summary>nova's vm_state values that this program uses, in nova's spelling.</summary>
public static class VmState
{
    public const string Building = "building";
    public const string Active = "active";
    public const string Stopped = "stopped";
    public const string Paused = "paused";
    public const string Suspended = "suspended";
    public const string Resized = "resized";
    public const string Error = "error";
    public const string Deleted = "deleted";
}

/// <summary>nova's task_state values that this program uses. Null means that nothing is being done.</summary>
public static class TaskState
{
    public const string Scheduling = "scheduling";
    public const string Spawning = "spawning";
    public const string PoweringOff = "powering-off";
    public const string PoweringOn = "powering-on";
    public const string Rebooting = "rebooting";
    public const string RebootingHard = "rebooting_hard";
    public const string Deleting = "deleting";
    public const string Pausing = "pausing";
    public const string Unpausing = "unpausing";
    public const string Suspending = "suspending";
    public const string Resuming = "resuming";
    public const string Rebuilding = "rebuilding";
    public const string Resizing = "resize_prep";
    public const string Reverting = "resize_reverting";

    /// <summary>createImage: the host makes a copy of the disk.</summary>
    public const string ImageSnapshot = "image_snapshot";

    /// <summary>createBackup: as for an image, which then is one of several that are kept.</summary>
    public const string ImageBackup = "image_backup";
}

/// <summary>nova's numbers for power_state.</summary>
public enum PowerState
{
    NoState = 0,
    Running = 1,
    Paused = 3,
    Shutdown = 4,
    Crashed = 6,
    Suspended = 7,
}

/// <summary>
/// A server. What the user wants is <see cref="Running"/>, <see cref="Frozen"/>, <see cref="BootGeneration"/>, <see cref="DiskGeneration"/> and <see cref="DeleteRequested"/>; what the compute host
/// saw is <see cref="VmState"/>, <see cref="TaskState"/> and <see cref="PowerState"/>.
/// </summary>
public sealed record Instance
{
    /// <summary>The numeric id in chain names (<c>inst-1</c>) and EC2 ids (<c>i-00000001</c>).</summary>
    public required long Id { get; init; }

    public required Guid Uuid { get; init; }

    public required string ProjectId { get; init; }

    public required string UserId { get; init; }

    public required string DisplayName { get; init; }

    public required string HostName { get; init; }

    public string? Description { get; init; }

    public required string FlavorId { get; init; }

    public required Guid ImageId { get; init; }

    public string? KeyName { get; init; }

    /// <summary>The public key as it was at boot; later deletion of the key pair does not change it.</summary>
    public string? KeyData { get; init; }

    /// <summary>Base64, as given at boot.</summary>
    public string? UserData { get; init; }

    public required string AvailabilityZone { get; init; }

    public required string ReservationId { get; init; }

    public int LaunchIndex { get; init; }

    public bool ConfigDrive { get; init; }

    public string AccessIPv4 { get; init; } = "";

    public string AccessIPv6 { get; init; } = "";

    public bool Locked { get; init; }

    /// <summary>Whether it was an administrator of another project who locked it: then only an administrator unlocks it.</summary>
    public bool LockedByAdmin { get; init; }

    /// <summary>nova's OS-DCF:diskConfig, AUTO or MANUAL: kept and shown; no driver partitions disks.</summary>
    public string DiskConfig { get; init; } = "MANUAL";

    /// <summary>The compute host; chosen when the server is created.</summary>
    public string? Host { get; init; }

    public bool Running { get; init; } = true;

    /// <summary>Goes up by one for each reboot asked for; the host records the generation it has booted.</summary>
    public long BootGeneration { get; init; } = 1;

    /// <summary>The generation that the host has brought up; 0 before the first boot.</summary>
    public long BootedGeneration { get; init; }

    /// <summary><see cref="Model.VmState.Paused"/> or <see cref="Model.VmState.Suspended"/> while the user wants the running server held still; null while it is to go on.</summary>
    public string? Frozen { get; init; }

    /// <summary>Goes up by one for each rebuild asked for: the disk of an earlier generation is thrown away.</summary>
    public long DiskGeneration { get; init; } = 1;

    /// <summary>The generation of the disk that the host has.</summary>
    public long MadeDiskGeneration { get; init; } = 1;

    /// <summary>MiB, of the flavor at boot or resize.</summary>
    public int MemoryMb { get; init; }

    /// <summary>Of the flavor at boot or resize.</summary>
    public int Vcpus { get; init; }

    /// <summary>The flavor before a resize that is neither confirmed nor reverted; else null.</summary>
    public OldFlavor? Before { get; init; }

    public bool DeleteRequested { get; init; }

    public required string VmState { get; init; }

    public string? TaskState { get; init; }

    public PowerState PowerState { get; init; }

    /// <summary>Percent while building.</summary>
    public int Progress { get; init; }

    public string? FaultMessage { get; init; }

    public int? FaultCode { get; init; }

    public DateTimeOffset? FaultAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? LaunchedAt { get; init; }

    public DateTimeOffset? TerminatedAt { get; init; }

    /// <summary>The vm_state that all wishes lead to.</summary>
    public string WantedState => Before is not null ? Model.VmState.Resized : !Running ? Model.VmState.Stopped : Frozen ?? Model.VmState.Active;

    /// <summary>A copy of its disk is being made; whoever makes it says when that is over.</summary>
    public bool IsCopied => TaskState is Model.TaskState.ImageSnapshot or Model.TaskState.ImageBackup;

    /// <summary>Whether the host has brought about every boot and disk that was asked for.</summary>
    public bool IsBrought => BootGeneration == BootedGeneration && DiskGeneration == MadeDiskGeneration;
}

/// <summary>What a server was before its resize. <paramref name="MemoryMb"/> is in MiB.</summary>
public sealed record OldFlavor(string FlavorId, int MemoryMb, int Vcpus);

/// <summary>A flavor; <see cref="FlavorId"/> is the API's id (text), seeded "1" to "5".</summary>
public sealed record Flavor
{
    public required string FlavorId { get; init; }

    public required string Name { get; init; }

    /// <summary>MiB.</summary>
    public required int Ram { get; init; }

    /// <summary>GiB.</summary>
    public required int Disk { get; init; }

    public required int Vcpus { get; init; }

    /// <summary>MiB.</summary>
    public int Swap { get; init; }

    /// <summary>GiB.</summary>
    public int Ephemeral { get; init; }

    public bool IsPublic { get; init; } = true;

    /// <summary>Kept and shown; nothing is limited by it.</summary>
    public double RxtxFactor { get; init; } = 1;
}

/// <summary>A user's SSH key; <see cref="Fingerprint"/> is the colon-separated MD5 of the key blob.</summary>
public sealed record KeyPair
{
    public required long Id { get; init; }

    public required string UserId { get; init; }

    public required string Name { get; init; }

    /// <summary>ssh or x509.</summary>
    public required string Type { get; init; }

    public required string PublicKey { get; init; }

    public required string Fingerprint { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
