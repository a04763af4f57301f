using System.Buffers.Binary;
using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules.Nftables;

/// <summary>What a rule "ports from a prefix" lets in: a box whose sides are source addresses, a protocol and destination ports, both ends included. Pure.</summary>
internal readonly record struct PortsFrom(IPNetwork Source, byte Protocol, ushort First, ushort Last)
{
    /// <summary>Null for a rule of another kind.</summary>
    public static PortsFrom? Of(SecurityGroupRule rule) => rule is { SourceGroupId: null, Protocol: "tcp" or "udp" }
        ? new PortsFrom(rule.Cidr ?? Cidr.AnyV4, GroupRuleText.NumberOf(rule.Protocol, v4: true), (ushort)(rule.FromPort ?? 1), (ushort)(rule.ToPort ?? 65535))
        : null;

    public bool Overlaps(PortsFrom other) => Protocol == other.Protocol && First <= other.Last && other.First <= Last && Source.Overlaps(other.Source);

    /// <summary>A key of the types address, inet_proto, inet_service.</summary>
    public NftValue ToElement() => Corner(Source.BaseAddress, First).To(Corner(Source.Last(), Last));

    private NftValue Corner(IPAddress address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[24];
        address.TryWriteBytes(bytes, out var length);
        bytes[length] = Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(length + 4)..], port);
        return NftValue.FromKernel(bytes[..(length + 8)]);
    }
}
