namespace Bridgehead.Model;

/// <summary>A daemon on a host (table <c>services</c>). It is up while its heartbeat is younger than service_down_time.</summary>
public sealed record Service
{
    public required long Id { get; init; }

    public required string Host { get; init; }

    /// <summary>nova-compute, nova-network, nova-api, or one of the two whose work nova-api does: nova-scheduler, nova-conductor.</summary>
    public required string Binary { get; init; }

    /// <summary>internal for all but nova-compute; that of its aggregate where it has one.</summary>
    public required string Zone { get; init; }

    public bool Disabled { get; init; }

    public string? DisabledReason { get; init; }

    /// <summary>An administrator said that it is down, whatever its heartbeat says.</summary>
    public bool ForcedDown { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Binary names, which are also the prefixes of the iptables chains.</summary>
public static class Binaries
{
    public const string Api = "nova-api";
    public const string Network = "nova-network";
    public const string Compute = "nova-compute";
    public const string Scheduler = "nova-scheduler";
    public const string Conductor = "nova-conductor";
}
