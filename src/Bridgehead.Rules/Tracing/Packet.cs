using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules.Tracing;

/// <summary>What connection tracking says of a packet.</summary>
public enum ConnectionState
{
    New,
    Established,
    Related,
    Invalid,
}

/// <summary>
/// A packet on its way through a host. One that is not new has the addresses that the packet filter sees: connection tracking applies a connection's translation to all its packets by itself.
/// </summary>
public sealed record Packet
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Icmp6 = 58;

    public required IPAddress Source { get; init; }

    public required IPAddress Destination { get; init; }

    /// <summary>The protocol's number.</summary>
    public required byte Protocol { get; init; }

    public ushort? SourcePort { get; init; }

    public ushort? DestinationPort { get; init; }

    public byte? IcmpType { get; init; }

    public byte? IcmpCode { get; init; }

    /// <summary>The interface by which it comes in, for an instance's its bridge; null: a program of the host sends it.</summary>
    public DeviceName? Input { get; init; }

    /// <summary>The instance's port on the bridge, where it comes from one.</summary>
    public DeviceName? Port { get; init; }

    /// <summary>Looked at by the port guard only.</summary>
    public MacAddress? SourceMac { get; init; }

    public ConnectionState State { get; init; }

    /// <summary>The destination of its connection was translated when it began.</summary>
    public bool DestinationTranslated { get; init; }

    public bool IsV4 => Destination.IsV4();

    public override string ToString() => $"{NameOf(Protocol)} {End(Source, SourcePort)} -> {End(Destination, DestinationPort)}{Type()}";

    public static string NameOf(byte protocol) => protocol switch
    {
        Icmp => "icmp",
        Tcp => "tcp",
        Udp => "udp",
        Icmp6 => "ipv6-icmp",
        _ => $"protocol {protocol}",
    };

    private static string End(IPAddress address, ushort? port) => port is null ? $"{address}" : address.IsV4() ? $"{address}:{port}" : $"[{address}]:{port}";

    private string Type() => IcmpType is null ? "" : IcmpCode is null or 0 ? $" type {IcmpType}" : $" type {IcmpType}/{IcmpCode}";
}
