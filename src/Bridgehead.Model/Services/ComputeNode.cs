namespace Bridgehead.Model;

/// <summary>What a compute host has, as its nova-compute reports it with every beat.</summary>
public sealed record ComputeNode
{
    public required string Host { get; init; }

    public required string HostIp { get; init; }

    /// <summary>The driver: netns or tap.</summary>
    public required string HypervisorType { get; init; }

    /// <summary>Of the kernel, in nova's way of one number: 6.1.0 is 6001000.</summary>
    public required int HypervisorVersion { get; init; }

    public required int Vcpus { get; init; }

    /// <summary>MiB.</summary>
    public required long MemoryMb { get; init; }

    /// <summary>GiB of the file system with the instances.</summary>
    public required long LocalGb { get; init; }

    /// <summary>GiB that are free on it.</summary>
    public required long FreeDiskGb { get; init; }

    /// <summary>A JSON object: arch, model, vendor, features, topology.</summary>
    public required string CpuInfo { get; init; }

    public required DateTimeOffset UpSince { get; init; }

    /// <summary>Of one, five and fifteen minutes, as in <c>0.20, 0.12, 0.14</c>.</summary>
    public required string LoadAverage { get; init; }
}

/// <summary>What live instances use: MiB of memory, GiB of disk, and how many of them something is being done to.</summary>
public sealed record HostUse(int Vms, int Vcpus, long MemoryMb, long DiskGb, int Workload);

/// <summary>A compute host with its daemon and what is used of it.</summary>
public sealed record Hypervisor(Service Service, ComputeNode Node, HostUse Use);

/// <summary>Hosts under a name; with an availability zone it makes them a zone.</summary>
public sealed record Aggregate
{
    public required long Id { get; init; }

    public required Guid Uuid { get; init; }

    public required string Name { get; init; }

    public string? AvailabilityZone { get; init; }

    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Without the availability zone, which nova shows among it.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}
