namespace Bridgehead.Netlink;

/// <summary>How nft prints and orders a value: its number in nft's list of data types, its length, and whether it is kept in the machine's byte order.</summary>
public sealed record DataType(string Name, int Number, int Length, bool HostOrder = false)
{
    public static readonly DataType Ipv4Address = new("ipv4_addr", 7, 4);
    public static readonly DataType Ipv6Address = new("ipv6_addr", 8, 16);
    public static readonly DataType EtherAddress = new("ether_addr", 9, 6);
    public static readonly DataType EtherType = new("ether_type", 10, 2);
    public static readonly DataType InetProtocol = new("inet_proto", 12, 1);
    public static readonly DataType InetService = new("inet_service", 13, 2);
    public static readonly DataType IcmpType = new("icmp_type", 14, 1);
    public static readonly DataType Mark = new("mark", 19, 4, HostOrder: true);
    public static readonly DataType InterfaceIndex = new("iface_index", 20, 4, HostOrder: true);
    public static readonly DataType ConntrackState = new("ct_state", 26, 4, HostOrder: true);
    public static readonly DataType Icmpv6Type = new("icmpv6_type", 29, 1);
    public static readonly DataType InterfaceName = new("ifname", 41, 16, HostOrder: true);

    /// <summary>Only as a map's data.</summary>
    public static readonly DataType Verdict = new("verdict", unchecked((int)0xffffff00), 0);

    /// <summary>The data types of the kernel's numbers, as far as they are known here.</summary>
    public static readonly IReadOnlyList<DataType> All =
    [
        Ipv4Address, Ipv6Address, EtherAddress, EtherType, InetProtocol, InetService, IcmpType, Mark, InterfaceIndex, ConntrackState, Icmpv6Type, InterfaceName, Verdict,
    ];

    /// <summary>In a concatenation each value begins at a register.</summary>
    public int Padded => (Length + 3) & ~3;
}

/// <summary>What a set does beside holding keys; the kernel's numbers.</summary>
[Flags]
public enum SetFlags
{
    None = 0,

    /// <summary>Belongs to the one rule that looks into it, and goes with it.</summary>
    Anonymous = 1,
    Constant = 2,
    Interval = 4,
    Map = 8,
    Timeout = 16,
    Dynamic = 32,
    Objects = 64,
    Concatenation = 128,
    Expressions = 256,
}

/// <summary>A set or map to be made.</summary>
public sealed record SetSpec(NftTable Table, string Name, IReadOnlyList<DataType> Key)
{
    /// <summary>Makes it a map.</summary>
    public DataType? Data { get; init; }

    /// <summary>Keys may be ranges.</summary>
    public bool Interval { get; init; }

    /// <summary>Belongs to the one rule that looks into it. Its name is only for the batch and for dumps: nft prints the elements in the rule.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Each element counts its packets.</summary>
    public bool Counter { get; init; }

    /// <summary>How many elements it may hold. The kernel reserves room for them, and never has to rearrange the set.</summary>
    public uint? Size { get; init; }

    public string? Comment { get; init; }

    /// <summary>Bytes of a key.</summary>
    public int KeyLength => Key.Count == 1 ? Key[0].Length : Key.Sum(type => type.Padded);

    public SetFlags Flags => If(Data is not null, SetFlags.Map) | If(Interval, SetFlags.Interval) | If(Interval && Key.Count > 1, SetFlags.Concatenation)
        | If(Anonymous, SetFlags.Anonymous | SetFlags.Constant);

    /// <summary>The number that tells nft the type: six bits for each part of a concatenation.</summary>
    public uint KeyTypeNumber => Key.Aggregate(0u, (number, type) => (number << 6) | (uint)type.Number);

    private static SetFlags If(bool holds, SetFlags flags) => holds ? flags : SetFlags.None;
}
