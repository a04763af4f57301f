namespace Bridgehead.Model;

/// <summary>A NIC of an instance (table <c>virtual_interfaces</c>).</summary>
public sealed record VirtualInterface
{
    public required long Id { get; init; }

    public required Guid Uuid { get; init; }

    public required MacAddress Mac { get; init; }

    public required long NetworkId { get; init; }

    public required Guid InstanceUuid { get; init; }

    /// <summary>The host side of the port, <c>tap</c> and the first 11 characters of <see cref="Uuid"/>, as nova names it.</summary>
    public DeviceName TapName => DeviceName.Parse("tap" + Uuid.ToString("D")[..11]);
}
