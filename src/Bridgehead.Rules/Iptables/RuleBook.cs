namespace Bridgehead.Rules.Iptables;

/// <summary>
/// What a worker's chains should hold: contributions of entities, kept in their order inside each chain. Knows which chains were touched since they were last asked for.
/// </summary>
public sealed class RuleBook
{
    private readonly Dictionary<string, Contribution> _contributions = [];
    private readonly Dictionary<ChainId, SortedDictionary<Place, IReadOnlyList<Entry>>> _chains = [];
    private readonly Dictionary<ChainId, HashSet<string>> _owners = [];
    private readonly HashSet<ChainId> _dirty = [];

    /// <summary>Chains that exist: the skeleton's and those that contributions own.</summary>
    public IEnumerable<ChainId> Chains => _owners.Keys;

    public void AddSkeletonChain(ChainId chain)
    {
        Own(chain, "");
        _dirty.Add(chain);
    }

    /// <summary>Puts the contribution in the place of the one with the same key.</summary>
    public void Put(Contribution contribution)
    {
        Remove(contribution.Key);
        _contributions.Add(contribution.Key, contribution);
        foreach (var chain in contribution.Owned)
        {
            Own(chain, contribution.Key);
            _dirty.Add(chain);
        }

        foreach (var part in contribution.Rules)
        {
            if (!_chains.TryGetValue(part.Chain, out var places))
            {
                _chains.Add(part.Chain, places = []);
            }

            var place = new Place(contribution.Order, contribution.Key);
            var entries = part.Rules.Select(rule => new Entry(RuleText.Of(rule), rule)).ToList();
            places[place] = places.TryGetValue(place, out var before) ? [.. before, .. entries] : entries;
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
            if (_chains.TryGetValue(part.Chain, out var places) && places.Remove(new Place(contribution.Order, key)) && places.Count == 0)
            {
                _chains.Remove(part.Chain);
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

    /// <summary>The chain's lines in order, each once; null when the chain should not exist.</summary>
    public List<string>? Lines(ChainId chain)
    {
        if (!_owners.ContainsKey(chain))
        {
            return null;
        }

        var lines = new List<string>();
        if (_chains.TryGetValue(chain, out var places))
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            lines.AddRange(places.Values.SelectMany(entries => entries).Select(entry => entry.Line).Where(seen.Add));
        }

        return lines;
    }

    /// <summary>The reasons of a line of a chain, one for each entity that asked for it.</summary>
    public IEnumerable<string> Why(ChainId chain, string line) =>
        _chains.TryGetValue(chain, out var places) ? places.Values.SelectMany(entries => entries).Where(entry => entry.Line == line).Select(entry => entry.Rule.Why) : [];

    public IReadOnlyList<ChainId> TakeDirty()
    {
        var dirty = _dirty.ToList();
        _dirty.Clear();
        return dirty;
    }

    private void Own(ChainId chain, string key)
    {
        if (!_owners.TryGetValue(chain, out var owners))
        {
            _owners.Add(chain, owners = []);
        }

        owners.Add(key);
    }

    private readonly record struct Entry(string Line, Rule Rule);

    private readonly record struct Place(ContributionOrder Order, string Key) : IComparable<Place>
    {
        public int CompareTo(Place other) => Order.CompareTo(other.Order) is var order and not 0 ? order : string.CompareOrdinal(Key, other.Key);
    }
}
