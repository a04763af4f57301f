namespace Bridgehead.Rules;

/// <summary>
/// What a worker's chains should hold: contributions of entities, kept in their order inside each chain. Knows which chains were touched since they were last asked for.
/// A rule's text, which <paramref name="textOf"/> gives, says whether two are the same.
/// </summary>
public sealed class ChainBook<TChain, TRule>(Func<TRule, string> textOf)
    where TChain : notnull
{
    private readonly Dictionary<string, Contribution<TChain, TRule>> _contributions = [];
    private readonly Dictionary<TChain, PlacedRules<TRule>> _chains = [];
    private readonly Dictionary<TChain, HashSet<string>> _owners = [];
    private readonly HashSet<TChain> _dirty = [];

    /// <summary>Chains that exist: the skeleton's and those that contributions own.</summary>
    public IEnumerable<TChain> Chains => _owners.Keys;

    public void AddSkeletonChain(TChain chain)
    {
        Own(chain, "");
        _dirty.Add(chain);
    }

    /// <summary>Puts the contribution in the place of the one with the same key. Rules that are the very list of before are not looked at.</summary>
    public void Put(Contribution<TChain, TRule> contribution)
    {
        if (_contributions.TryGetValue(contribution.Key, out var before) && HasShapeOf(contribution, before))
        {
            Replace(before, contribution);
            return;
        }

        Remove(contribution.Key);
        if (contribution.Owned.Count + contribution.Rules.Count == 0)
        {
            return;
        }

        _contributions.Add(contribution.Key, contribution);
        foreach (var chain in contribution.Owned)
        {
            Own(chain, contribution.Key);
            _dirty.Add(chain);
        }

        var place = new Place(contribution.Order, contribution.Key);
        foreach (var part in contribution.Rules)
        {
            if (!_chains.TryGetValue(part.Chain, out var placed))
            {
                _chains.Add(part.Chain, placed = new PlacedRules<TRule>(textOf));
            }

            placed.Add(place, part.Rules);
            _dirty.Add(part.Chain);
        }
    }

    public void Remove(string key)
    {
        if (!_contributions.Remove(key, out var contribution))
        {
            return;
        }

        foreach (var part in contribution.Rules)
        {
            _dirty.Add(part.Chain);
            if (_chains.TryGetValue(part.Chain, out var placed))
            {
                placed.Remove(new Place(contribution.Order, key));
                if (placed.IsEmpty)
                {
                    _chains.Remove(part.Chain);
                }
            }
        }

        foreach (var chain in contribution.Owned)
        {
            _dirty.Add(chain);
            var owners = _owners[chain];
            owners.Remove(key);
            if (owners.Count == 0)
            {
                _owners.Remove(chain);
            }
        }
    }

    public bool Has(string key) => _contributions.ContainsKey(key);

    public IEnumerable<string> Keys => _contributions.Keys;

    /// <summary>The texts of the chain's rules in order, each once; null when the chain should not exist.</summary>
    public List<string>? Lines(TChain chain) => _owners.ContainsKey(chain) ? Distinct(chain, entry => entry.Line) : null;

    /// <summary>The chain's rules in order, each text once; null when the chain should not exist.</summary>
    public List<TRule>? Rules(TChain chain) => _owners.ContainsKey(chain) ? Distinct(chain, entry => entry.Rule) : null;

    /// <summary>As <see cref="Rules"/>, each with the keys of all entities that asked for it.</summary>
    public IReadOnlyList<(TRule Rule, IReadOnlyList<string> Keys)>? Asked(TChain chain) => _owners.ContainsKey(chain)
        ? [.. Entries(chain).GroupBy(entry => entry.Line, StringComparer.Ordinal).Select(same => (same.First().Rule, (IReadOnlyList<string>)[.. same.Select(entry => entry.Place.Key)]))]
        : null;

    /// <summary>Keys of the entities because of which the chain exists; none for the skeleton's.</summary>
    public IReadOnlyList<string> OwnersOf(TChain chain) => _owners.TryGetValue(chain, out var owners) ? [.. owners.Where(key => key.Length > 0)] : [];

    /// <summary>All rules of the chain that read like this, one for each entity that asked for it.</summary>
    public IEnumerable<TRule> Reading(TChain chain, string line) => Entries(chain).Where(entry => entry.Line == line).Select(entry => entry.Rule);

    private IReadOnlyList<PlacedRules<TRule>.Entry> Entries(TChain chain) => _chains.TryGetValue(chain, out var placed) ? placed.Entries : [];

    private List<T> Distinct<T>(TChain chain, Func<PlacedRules<TRule>.Entry, T> part) => _chains.TryGetValue(chain, out var placed) ? placed.Distinct(part) : [];

    public IReadOnlyList<TChain> TakeDirty()
    {
        var dirty = _dirty.ToList();
        _dirty.Clear();
        return dirty;
    }

    private void Own(TChain chain, string key)
    {
        if (!_owners.TryGetValue(chain, out var owners))
        {
            _owners.Add(chain, owners = []);
        }

        owners.Add(key);
    }

    /// <summary>Whether both put something into the same chains, into each once, at the same place.</summary>
    private static bool HasShapeOf(Contribution<TChain, TRule> one, Contribution<TChain, TRule> other)
    {
        if (one.Order != other.Order || one.Rules.Count != other.Rules.Count || !one.Owned.SequenceEqual(other.Owned))
        {
            return false;
        }

        for (var i = 0; i < one.Rules.Count; i++)
        {
            var chain = one.Rules[i].Chain;
            if (!chain.Equals(other.Rules[i].Chain) || one.Rules.Take(i).Any(part => part.Chain.Equals(chain)))
            {
                return false;
            }
        }

        return true;
    }

    private void Replace(Contribution<TChain, TRule> before, Contribution<TChain, TRule> now)
    {
        _contributions[now.Key] = now;
        var place = new Place(now.Order, now.Key);
        foreach (var (old, part) in before.Rules.Zip(now.Rules))
        {
            if (!ReferenceEquals(old.Rules, part.Rules))
            {
                _chains[part.Chain].Remove(place);
                _chains[part.Chain].Add(place, part.Rules);
                _dirty.Add(part.Chain);
            }
        }
    }
}
