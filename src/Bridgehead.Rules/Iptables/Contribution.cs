namespace Bridgehead.Rules.Iptables;

public enum IpFamily
{
    V4,
    V6,
}

public enum Table
{
    Filter,
    Nat,
    Mangle,
}

/// <summary>A chain of a table, by its full name, such as <c>nova-compute-inst-1</c>.</summary>
public readonly record struct ChainId(IpFamily Family, Table Table, string Name);

/// <summary>Rules that an entity puts into one chain.</summary>
public sealed record ChainRules(ChainId Chain, IReadOnlyList<Rule> Rules);

/// <summary>
/// All that one entity (<see cref="Key"/>, a policy's key) puts into a worker's chains. Inside a chain, contributions stand in the order of <see cref="Order"/>,
/// so that the result does not depend on the order in which entities came.
/// </summary>
/// <param name="Owned">Chains that exist because of this entity and go with it.</param>
public sealed record Contribution(string Key, ContributionOrder Order, IReadOnlyList<ChainId> Owned, IReadOnlyList<ChainRules> Rules);

/// <summary>Sort key: phase first (start-up rules, networks, instances, floating addresses), then a number of the entity, then text.</summary>
public readonly record struct ContributionOrder(int Phase, UInt128 Number) : IComparable<ContributionOrder>
{
    public int CompareTo(ContributionOrder other) => Phase != other.Phase ? Phase.CompareTo(other.Phase) : Number.CompareTo(other.Number);

    public static bool operator <(ContributionOrder left, ContributionOrder right) => left.CompareTo(right) < 0;

    public static bool operator >(ContributionOrder left, ContributionOrder right) => left.CompareTo(right) > 0;

    public static bool operator <=(ContributionOrder left, ContributionOrder right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ContributionOrder left, ContributionOrder right) => left.CompareTo(right) >= 0;
}
