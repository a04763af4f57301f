namespace Bridgehead.Rules.Nftables;

public enum NftFamily
{
    Ip,
    Ip6,
    Bridge,
}

/// <summary>A table, by its family and name.</summary>
public readonly record struct NftTable(NftFamily Family, string Name)
{
    /// <summary>As nft writes it: <c>ip bridgehead</c>.</summary>
    public override string ToString() => $"{NftText.Of(Family)} {Name}";
}

/// <summary>A set, map or chain: they share one space of names in a table's two kinds.</summary>
public readonly record struct NftId(NftTable Table, string Name)
{
    public override string ToString() => $"{Table} {Name}";

    /// <summary>Of the name alone: there are few tables, and many names in each.</summary>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}

/// <summary>Types of keys and data, by nft's names.</summary>
public enum NftType
{
    Ipv4Addr,
    Ipv6Addr,
    EtherAddr,
    IfName,
    InetProto,
    InetService,
    Mark,
    Verdict,
}

/// <summary>A set of elements, or with <see cref="Data"/> a map. Elements of a key of several types are concatenations.</summary>
/// <param name="Counter">Each element counts the packets that matched it.</param>
/// <param name="Interval">Each element is a range, field by field of a concatenation; the kernel takes none that begins or ends inside another.</param>
public sealed record NftSet(NftId Id, IReadOnlyList<NftType> Key, NftType? Data = null, bool Counter = false, bool Interval = false)
{
    /// <summary>How many elements it may hold; null for any number. The kernel reserves room for them, finds one sooner, and never has to rearrange the set.</summary>
    public uint? Size { get; init; }

    public bool Equals(NftSet? other) =>
        other is not null && Id == other.Id && Key.SequenceEqual(other.Key) && Data == other.Data && Counter == other.Counter && Interval == other.Interval && Size == other.Size;

    public override int GetHashCode() => HashCode.Combine(Id, Key.Count, Data, Counter, Interval);
}

public enum NftHook
{
    Prerouting,
    Input,
    Forward,
    Output,
    Postrouting,
}

/// <summary>What makes a chain a base chain: every packet of the hook passes it, in the order of priorities. The policy is always accept: a table of our own takes away by rules only.</summary>
/// <param name="Nat">Of type nat: only the first packet of a connection passes, and translations are allowed; else of type filter.</param>
public sealed record NftBase(NftHook Hook, int Priority, bool Nat = false);

/// <summary>A chain; regular when <see cref="Base"/> is null.</summary>
public sealed record NftChain(NftId Id, NftBase? Base = null);
