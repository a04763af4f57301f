using Bridgehead.Model;

namespace Bridgehead.Rules.Tracing;

/// <summary>What a rule, or a chain's policy, said to a packet.</summary>
public enum EventVerdict
{
    /// <summary>The next rule follows.</summary>
    Continue,
    Accept,
    Drop,
    Jump,
    Goto,
    Return,

    /// <summary>The packet was handed to somebody else: a program of the host that decides.</summary>
    Handed,
}

/// <summary>A packet under the kernel's trace met a rule that matched, the end of a chain (which some kernels tell and some do not), or the policy of a base chain.</summary>
/// <param name="PacketId">The kernel's number for it; it changes when the packet goes from a bridge's port up to the host, and is used again for later packets.</param>
/// <param name="Family">The table's, by nft's names.</param>
/// <param name="Chain">The chain in which the rule stands.</param>
/// <param name="Handle">The rule's number in its table; null for a policy, and for a chain's end.</param>
public sealed record TraceEvent(uint PacketId, string Family, string Table, string Chain, ulong? Handle, EventVerdict Verdict)
{
    /// <summary>Where a jump or goto leads.</summary>
    public string? Target { get; init; }

    /// <summary>With the first event of each base chain only, as is what follows: the packet as it is when the chain begins.</summary>
    public PacketHeaders? Headers { get; init; }

    /// <summary>Null where the hook knows none, or the interface is gone.</summary>
    public DeviceName? Input { get; init; }

    public DeviceName? Output { get; init; }

    /// <summary>A base chain begins.</summary>
    public bool IsFirst => Headers is not null;

    public bool IsPolicy => Handle is null && Verdict is (EventVerdict.Accept or EventVerdict.Drop);

    /// <summary>No rule of the chain decided: the packet goes back to where it came from, or to the policy.</summary>
    public bool IsChainEnd => Handle is null && !IsPolicy;
}
