using Bridgehead.Model;

namespace Bridgehead.Rules.Tracing;

public enum Fate
{
    /// <summary>It leaves the host by <see cref="Trace.Output"/>.</summary>
    Sent,

    /// <summary>The host itself takes it.</summary>
    Delivered,

    /// <summary>A rule or a chain's policy drops it.</summary>
    Dropped,

    /// <summary>The host's routing has no way for it, whatever the rules are.</summary>
    Unroutable,
}

public enum TraceKind
{
    /// <summary>A base chain begins.</summary>
    Hook,

    /// <summary>A chain is entered by a rule.</summary>
    Chain,

    /// <summary>A rule that was tried.</summary>
    Rule,

    /// <summary>A rule of somebody else's, where it stands: not tried, unless it is a real packet's way and the rule matched.</summary>
    Foreign,

    /// <summary>An address was replaced.</summary>
    Translation,

    /// <summary>What no rule decides: routing, connection tracking, a chain's policy.</summary>
    Note,
}

/// <summary>One step of a packet's way.</summary>
/// <param name="Depth">How many chains deep.</param>
/// <param name="Chain">The chain in which it happens, with its table; empty outside of chains.</param>
/// <param name="Text">A rule in the words of its program, or a sentence.</param>
public sealed record TraceStep(TraceKind Kind, int Depth, string Chain, string Text)
{
    /// <summary>Why the rule exists.</summary>
    public string? Why { get; init; }

    /// <summary>The security group rule that it comes from.</summary>
    public long? GroupRule { get; init; }

    /// <summary>The rule's conditions held.</summary>
    public bool Matched { get; init; }

    /// <summary>It ended the packet's way through its base chain.</summary>
    public bool Decided { get; init; }
}

/// <summary>The whole way of a packet through a host.</summary>
/// <param name="Final">The packet as it leaves, or as it was when it was dropped.</param>
/// <param name="Output">The interface by which it leaves.</param>
public sealed record Trace(Packet Packet, Packet Final, DeviceName? Output, Fate Fate, IReadOnlyList<TraceStep> Steps)
{
    public bool Passes => Fate is Fate.Sent or Fate.Delivered;
}

/// <summary>The way of a packet is not known, and why: nothing is guessed.</summary>
public sealed class TraceException : Exception
{
    public TraceException()
    {
    }

    public TraceException(string message)
        : base(message)
    {
    }

    public TraceException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
