namespace Bridgehead.Netlink;

/// <summary>
/// One step of a rule, as the kernel has it. The steps work on registers; the first one that does not hold ends the rule. Equal expressions are the same bytes, but for the name
/// of an anonymous set and a counter's values.
/// </summary>
public abstract record Expression
{
    private Expression()
    {
    }

    /// <summary>Loads bytes of the packet.</summary>
    public sealed record Payload(PayloadBase Base, int Offset, int Length, Register To) : Expression;

    /// <summary>Loads what the kernel knows about the packet.</summary>
    public sealed record Meta(MetaKey Key, Register To) : Expression;

    /// <summary>Sets it.</summary>
    public sealed record SetMeta(MetaKey Key, Register From) : Expression;

    /// <summary>Loads what connection tracking knows about the packet.</summary>
    public sealed record Conntrack(ConntrackKey Key, Register To) : Expression;

    /// <summary>Goes on when the comparison holds; values are ordered as bytes.</summary>
    public sealed record Compare(Register From, CompareOperator Operator, RegisterValue Value) : Expression;

    /// <summary>Goes on when the value is within, or not within.</summary>
    public sealed record Range(Register From, RegisterValue First, RegisterValue Last, bool Inverted = false) : Expression;

    /// <summary>(value AND mask) XOR the other.</summary>
    public sealed record Bitwise(Register From, Register To, RegisterValue Mask, RegisterValue Xor) : Expression;

    /// <summary>Goes on when the set has the key, or has it not.</summary>
    public sealed record Lookup(string Set, Register From, bool Inverted = false) : Expression;

    /// <summary>Goes on with the map's value for the key. In a verdict map the verdict is the rule's.</summary>
    public sealed record Map(string Set, Register From, Register To) : Expression;

    public sealed record Immediate(Register To, RegisterValue Value) : Expression;

    public sealed record Decide(Verdict Verdict) : Expression;

    public sealed record Counter(ulong Packets = 0, ulong Bytes = 0) : Expression;

    /// <summary>Goes on as long as there are no more than <paramref name="Packets"/> in <paramref name="Seconds"/>, and <paramref name="Burst"/> more at once.</summary>
    public sealed record Limit(ulong Packets, ulong Seconds, uint Burst) : Expression;

    /// <summary>Translates an address, a port, or both; the maximum is the minimum's register unless it is a range.</summary>
    public sealed record Nat(NatKind Kind, NftFamily Family, Register? Address, Register? Port = null, NatFlags Flags = NatFlags.None) : Expression
    {
        public Register? AddressMaximum { get; init; } = Address;

        public Register? PortMaximum { get; init; } = Port;
    }

    /// <summary>Translates the destination to this host, and to a port when one is given.</summary>
    public sealed record Redirect(Register? Port = null, NatFlags Flags = NatFlags.None) : Expression
    {
        public Register? PortMaximum { get; init; } = Port;
    }

    /// <summary>Translates the source to the address of the interface by which the packet leaves.</summary>
    public sealed record Masquerade(NatFlags Flags = NatFlags.None) : Expression;

    /// <summary>Somebody else's: it is read, never written.</summary>
    public sealed record Other(string Name, string Hex) : Expression;
}

/// <summary>From where <see cref="Expression.Payload"/> counts.</summary>
public enum PayloadBase
{
    Link,
    Network,
    Transport,
    Inner,
}

/// <summary>The kernel's numbers of what it knows about a packet.</summary>
public enum MetaKey
{
    Length = 0,

    /// <summary>The ether type.</summary>
    Protocol = 1,
    Priority = 2,
    Mark = 3,
    InputInterface = 4,
    OutputInterface = 5,
    InputInterfaceName = 6,
    OutputInterfaceName = 7,
    Trace = 12,
    NetfilterFamily = 15,
    TransportProtocol = 16,
    BridgeInputName = 17,
    BridgeOutputName = 18,
    PacketType = 19,
}

/// <summary>The kernel's numbers of what connection tracking knows.</summary>
public enum ConntrackKey
{
    State = 0,
    Direction = 1,
    Status = 2,
    Mark = 3,
    Zone = 17,
    Id = 23,
}

public enum CompareOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

public enum NatKind
{
    Source,
    Destination,
}

/// <summary>How an address or port is picked. Whether there is one the kernel knows from the registers.</summary>
[Flags]
public enum NatFlags
{
    None = 0,
    Random = 4,
    Persistent = 8,
    FullyRandom = 16,
    Netmap = 64,
}
