using System.Net;

namespace Bridgehead.Rules.Nftables;

/// <summary>What of a packet an expression looks at, by nft's names. A field of a protocol implies that the packet is of that protocol.</summary>
public enum NftField
{
    IpSource,
    IpDestination,
    Ip6Source,
    Ip6Destination,
    EtherSource,
    EtherType,
    ArpOperation,
    ArpSenderEther,
    ArpSenderIp,
    InputName,
    OutputName,
    L4Protocol,
    TcpSource,
    TcpDestination,
    UdpSource,
    UdpDestination,

    /// <summary><c>th dport</c>: the destination port of whatever protocol has been matched.</summary>
    TransportDestination,
    IcmpType,
    IcmpCode,
    Icmp6Type,
    Icmp6Code,
    Mark,
}

[Flags]
public enum NftCtStates
{
    Invalid = 1,
    Established = 2,
    Related = 4,
    New = 8,
}

/// <summary>A part of a rule: a condition, or what is done. The cases below are all there are. They take effect from left to right; a condition that does not hold ends the rule.</summary>
public abstract record NftExpression
{
    private NftExpression()
    {
    }

    public sealed record Is(NftField Field, NftValue Value, bool Not = false) : NftExpression;

    public sealed record InPrefix(NftField Field, IPNetwork Range) : NftExpression;

    /// <summary>Ports, both included.</summary>
    public sealed record InRange(NftField Field, ushort First, ushort Last) : NftExpression;

    public sealed record InSet(NftFields Fields, string Set, bool Not = false) : NftExpression;

    public sealed record CtState(NftCtStates States) : NftExpression;

    /// <summary><c>ct status dnat</c>: the connection's destination was translated.</summary>
    public sealed record CtDnat(bool Not = false) : NftExpression;

    /// <summary>The packet's mark becomes what the map has; without an element for the packet the rule ends.</summary>
    public sealed record MarkFromMap(NftFields Fields, string Map) : NftExpression;

    public sealed record SetMark(uint Mark) : NftExpression;

    /// <summary>The verdict is what the map has; without an element the next rule follows.</summary>
    public sealed record VerdictFromMap(NftFields Fields, string Map) : NftExpression;

    public sealed record Dnat(IPAddress To, ushort? Port = null) : NftExpression;

    public sealed record Snat(IPAddress To) : NftExpression;

    public sealed record Redirect(ushort Port) : NftExpression;

    public sealed record DnatFromMap(NftFields Fields, string Map) : NftExpression;

    public sealed record SnatFromMap(NftFields Fields, string Map) : NftExpression;

    public sealed record Counter() : NftExpression;

    public sealed record Accept() : NftExpression;

    public sealed record Drop() : NftExpression;

    public sealed record Jump(string Chain) : NftExpression;

    public sealed record Goto(string Chain) : NftExpression;
}

/// <summary>One field, or a concatenation of several. Compared by content.</summary>
public sealed record NftFields(params IReadOnlyList<NftField> List)
{
    public bool Equals(NftFields? other) => other is not null && List.SequenceEqual(other.List);

    public override int GetHashCode() => List.Count == 0 ? 0 : HashCode.Combine(List.Count, List[0]);
}

/// <summary>A rule. <see cref="Why"/> names the entity and the reason, for people; it stands in the kernel as the rule's comment.</summary>
public sealed record NftRule(string Why, params IReadOnlyList<NftExpression> Expressions)
{
    private const int CommentLength = 127;

    /// <summary>As <c>nft list</c> prints it, without counters' figures and comment; rules are compared by it.</summary>
    public string Text { get; } = NftText.Of(Expressions);

    /// <summary>The security group rule that it comes from.</summary>
    public long? GroupRule { get; init; }

    /// <summary>The reason as it stands in the kernel. It may hold a name that a tenant chose: what would end the comment's quotes or the line is replaced, and it is cut to what the kernel keeps.</summary>
    public string Comment => string.Create(Math.Min(Why.Length, CommentLength), Why, (to, from) =>
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = from[i] is >= ' ' and <= '~' and not ('"' or '\\') ? from[i] : '?';
        }
    });

    public bool Equals(NftRule? other) => other is not null && Text == other.Text && Why == other.Why;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
