namespace Bridgehead.Rules;

/// <summary>Rules that an entity puts into one chain.</summary>
public sealed record ChainRules<TChain, TRule>(TChain Chain, IReadOnlyList<TRule> Rules);

/// <summary>
/// All that one entity (<see cref="Key"/>, a policy's key) puts into a worker's chains. Inside a chain, contributions stand in the order of <see cref="Order"/>,
/// so that the result does not depend on the order in which entities came.
/// </summary>
/// <param name="Owned">Chains that exist because of this entity and go with it.</param>
public sealed record Contribution<TChain, TRule>(string Key, ContributionOrder Order, IReadOnlyList<TChain> Owned, IReadOnlyList<ChainRules<TChain, TRule>> Rules);

/// <summary>Sort key: phase first (start-up rules, networks, instances, floating addresses), then a number of the entity, then text.</summary>
public readonly record struct ContributionOrder(int Phase, UInt128 Number) : IComparable<ContributionOrder>
{
    public int CompareTo(ContributionOrder other) => Phase != other.Phase ? Phase.CompareTo(other.Phase) : Number.CompareTo(other.Number);

    public static bool operator <(ContributionOrder left, ContributionOrder right) => left.CompareTo(right) < 0;

    public static bool operator >(ContributionOrder left, ContributionOrder right) => left.CompareTo(right) > 0;

    public static bool operator <=(ContributionOrder left, ContributionOrder right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ContributionOrder left, ContributionOrder right) => left.CompareTo(right) >= 0;
}

/// <summary>Where a contribution stands among others: by its order, then by its key.</summary>
internal readonly record struct Place(ContributionOrder Order, string Key) : IComparable<Place>
{
    public int CompareTo(Place other) => Order.CompareTo(other.Order) is var order and not 0 ? order : string.CompareOrdinal(Key, other.Key);
}

/// <summary>A contribution in the making.</summary>
internal sealed class Draft<TChain, TRule>(string key, int phase, UInt128 number)
{
    private readonly List<TChain> _owned = [];
    private readonly List<ChainRules<TChain, TRule>> _rules = [];

    public Draft<TChain, TRule> Own(TChain chain)
    {
        _owned.Add(chain);
        return this;
    }

    public Draft<TChain, TRule> Add(TChain chain, params IReadOnlyList<TRule> rules)
    {
        if (rules.Count > 0)
        {
            _rules.Add(new ChainRules<TChain, TRule>(chain, rules));
        }

        return this;
    }

    public Contribution<TChain, TRule> Done() => new(key, new ContributionOrder(phase, number), _owned, _rules);
}
