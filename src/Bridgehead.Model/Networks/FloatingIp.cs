using System.Net;

namespace Bridgehead.Model;

/// <summary>A public address of a pool (table <c>floating_ips</c>).</summary>
public sealed record FloatingIp
{
    public required long Id { get; init; }

    public required IPAddress Address { get; init; }

    public required string Pool { get; init; }

    /// <summary>Interface that carries the address when the host has no public_interface setting.</summary>
    public string? Interface { get; init; }

    /// <summary>Null while nobody has allocated it.</summary>
    public string? ProjectId { get; init; }

    public bool AutoAssigned { get; init; }

    /// <summary>The fixed address it is associated with, and that address's instance.</summary>
    public IPAddress? FixedAddress { get; init; }

    public Guid? InstanceUuid { get; init; }

    /// <summary>The network host that carries it while associated.</summary>
    public string? Host { get; init; }
}
