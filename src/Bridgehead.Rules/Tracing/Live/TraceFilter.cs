using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules.Tracing;

/// <summary>Which packets are followed: those that are all of what is given. An empty one is every packet.</summary>
public sealed record TraceFilter
{
    /// <summary>Where they come from, before any translation: one of these; empty for anywhere.</summary>
    public IReadOnlyList<IPNetwork> From { get; init; } = [];

    /// <summary>Where they go, before any translation: one of these; empty for anywhere.</summary>
    public IReadOnlyList<IPNetwork> To { get; init; } = [];

    /// <summary>Protocol numbers, one of which it has; empty for any.</summary>
    public IReadOnlyList<byte> Protocols { get; init; } = [];

    /// <summary>The destination port; <see cref="Protocols"/> names protocols that have one.</summary>
    public ushort? Port { get; init; }

    /// <summary>The source port, likewise.</summary>
    public ushort? SourcePort { get; init; }

    public byte? IcmpType { get; init; }

    public byte? IcmpCode { get; init; }

    /// <summary>Interfaces by one of which they come in, a bridge or a port of one; empty for any, and for what programs of the host send.</summary>
    public IReadOnlyList<DeviceName> Via { get; init; } = [];

    /// <summary>The answers too: the same the other way round.</summary>
    public bool Replies { get; init; }

    /// <summary>What the answers are, by whatever interface they come; null when they are not asked for. An ICMP type is that of its answer.</summary>
    public TraceFilter? Reverse => Replies
        ? this with { From = To, To = From, Port = SourcePort, SourcePort = Port, IcmpType = AnswerTo(IcmpType), IcmpCode = AnswerTo(IcmpType) is null ? null : IcmpCode, Via = [], Replies = false }
        : null;

    private static byte? AnswerTo(byte? type) => type switch
    {
        8 => 0,
        13 => 14,
        128 => 129,
        _ => null,
    };
}
