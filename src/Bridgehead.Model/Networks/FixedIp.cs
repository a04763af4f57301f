using System.Net;

namespace Bridgehead.Model;

/// <summary>
/// A fixed address that is not simply free. Addresses are allocated, not enumerated: an address of a network without a record was never used.
/// </summary>
public sealed record FixedIp
{
    public required long Id { get; init; }

    public required IPAddress Address { get; init; }

    public required long NetworkId { get; init; }

    public long? VirtualInterfaceId { get; init; }

    public Guid? InstanceUuid { get; init; }

    /// <summary>Belongs to a live NIC.</summary>
    public bool Allocated { get; init; }

    /// <summary>A DHCP client holds it.</summary>
    public bool Leased { get; init; }

    public bool Reserved { get; init; }

    /// <summary>Set when the address is a multi_host gateway of that host.</summary>
    public string? Host { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}
