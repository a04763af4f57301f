namespace Bridgehead.Netlink;

/// <summary>Something that the kernel told.</summary>
public abstract record NftEvent
{
    private NftEvent()
    {
    }

    /// <summary>
    /// An object that came, changed or went. <paramref name="Name"/> is the chain or set, or the one that a rule or element belongs to; <paramref name="Handle"/> the object's
    /// own. <paramref name="PortId"/> is the socket that committed it.
    /// </summary>
    public sealed record Change(NftMessage Message, NftTable Table, string Name, ulong Handle, uint PortId) : NftEvent;

    /// <summary>
    /// A commit is told to its end: all changes before this one, back to the commit before, are its. The kernel names the thread that committed, by
    /// its number in the first process namespace.
    /// </summary>
    public sealed record Generation(uint Id, int ThreadId, string ThreadName, uint PortId) : NftEvent;

    /// <summary>A packet with the trace mark met a rule, the end of a chain or a policy.</summary>
    public sealed record Trace(uint PacketId, TraceKind Kind, NftTable Table, string Chain) : NftEvent
    {
        /// <summary>The rule's, or 0: some kernels tell of a chain's end as of a rule without a handle.</summary>
        public ulong RuleHandle { get; init; }

        /// <summary>What the rule said.</summary>
        public Verdict? Verdict { get; init; }

        /// <summary>What the base chain's policy said.</summary>
        public VerdictCode? Policy { get; init; }

        public NftFamily PacketFamily { get; init; }

        /// <summary>Interfaces by index, or 0. They, headers and connection tracking's state are told with the first event of a packet at a hook only.</summary>
        public int Input { get; init; }

        public int Output { get; init; }

        public uint Mark { get; init; }

        public ReadOnlyMemory<byte> LinkHeader { get; init; }

        public ReadOnlyMemory<byte> NetworkHeader { get; init; }

        public ReadOnlyMemory<byte> TransportHeader { get; init; }

        /// <summary>Connection tracking's state, from kernels that tell it.</summary>
        public uint? ConntrackState { get; init; }
    }
}

/// <summary>What a traced packet met.</summary>
public enum TraceKind
{
    Unspecified,
    Policy,
    Return,
    Rule,
}
