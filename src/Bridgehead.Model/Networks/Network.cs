using System.Net;

namespace Bridgehead.Model;

/// <summary>A nova network (table <c>networks</c>): one IPv4 and/or IPv6 range on one bridge.</summary>
public sealed record Network
{
    public required long Id { get; init; }

    public required Guid Uuid { get; init; }

    public required string Label { get; init; }

    public IPNetwork? Cidr { get; init; }

    public IPNetwork? CidrV6 { get; init; }

    /// <summary>Null where no gateway is wanted: the bridge then forwards nothing.</summary>
    public IPAddress? Gateway { get; init; }

    public IPAddress? GatewayV6 { get; init; }

    /// <summary>Address of the DHCP server, usually the gateway.</summary>
    public IPAddress? DhcpServer { get; init; }

    /// <summary>First address that DHCP may hand out.</summary>
    public IPAddress? DhcpStart { get; init; }

    public bool EnableDhcp { get; init; } = true;

    public bool ShareAddress { get; init; }

    public bool MultiHost { get; init; }

    /// <summary>Network configuration is written into the instance before boot (Flat with flat_injected).</summary>
    public bool Injected { get; init; }

    public required DeviceName Bridge { get; init; }

    public DeviceName? BridgeInterface { get; init; }

    public IPAddress? Dns1 { get; init; }

    public IPAddress? Dns2 { get; init; }

    public int? Vlan { get; init; }

    /// <summary>Bytes; null leaves the kernel's default.</summary>
    public int? Mtu { get; init; }

    public int Priority { get; init; }

    public string? ProjectId { get; init; }

    /// <summary>The network host of a network that is not multi_host; null until one claims it.</summary>
    public string? Host { get; init; }

    /// <summary>Index, from the base of the range, of the first address that may be given to an instance.</summary>
    public long Bottom { get; init; }

    /// <summary>Index of the last address that may be given to an instance.</summary>
    public long Top { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}
