namespace Bridgehead.Rules.Nftables;

/// <summary>
/// What sets should exist and hold: contributions of entities, counted. Knows which sets and elements were touched since they were last asked for. Of two entities that want different data
/// for one key, the one that stands first has it, as in chains, so that the result does not depend on who came first.
/// </summary>
internal sealed class SetBook
{
    private readonly Dictionary<string, NftContribution> _contributions = [];
    private readonly Dictionary<NftId, Declared> _sets = [];
    private readonly Dictionary<NftId, Dictionary<NftValue, Wanted>> _elements = [];
    private HashSet<(NftId, NftValue)> _dirty = [];
    private HashSet<NftId> _dirtySets = [];

    /// <summary>Sets that should exist.</summary>
    public IEnumerable<NftSet> Sets => _sets.Values.Select(set => set.Set);

    public NftSet? Find(NftId set) => _sets.GetValueOrDefault(set)?.Set;

    public IEnumerable<(NftValue Key, NftData Data)> Elements(NftId set) =>
        _elements.TryGetValue(set, out var elements) ? elements.Select(element => (element.Key, element.Value.Data)) : [];

    /// <summary>The data that the key should have; null when it should not be there.</summary>
    public NftData? Find(NftId set, NftValue key) =>
        _elements.TryGetValue(set, out var elements) && elements.TryGetValue(key, out var wanted) && _sets.ContainsKey(set) ? wanted.Data : null;

    /// <summary>Sets with the keys of the contributions because of which they exist.</summary>
    public IEnumerable<(NftId Set, string Key)> Owners => _contributions.Values.SelectMany(contribution => contribution.Sets.Select(set => (set.Id, contribution.Key)));

    public string? OwnerOf(NftId set, NftValue key) => _elements.TryGetValue(set, out var elements) && elements.TryGetValue(key, out var wanted) ? wanted.Owner.Key : null;

    public void Put(NftContribution contribution)
    {
        Remove(contribution.Key);
        if (contribution.Sets.Count + contribution.Elements.Count == 0)
        {
            return;
        }

        _contributions.Add(contribution.Key, contribution);
        foreach (var set in contribution.Sets)
        {
            if (!_sets.TryGetValue(set.Id, out var declared))
            {
                _sets.Add(set.Id, declared = new Declared(set));
                _dirtySets.Add(set.Id);
            }

            declared.Users++;
        }

        foreach (var element in contribution.Elements)
        {
            Enter(PlaceOf(contribution), element);
        }
    }

    public void Remove(string key)
    {
        if (!_contributions.Remove(key, out var contribution))
        {
            return;
        }

        foreach (var element in contribution.Elements)
        {
            Leave(PlaceOf(contribution), element);
        }

        foreach (var set in contribution.Sets)
        {
            if (--_sets[set.Id].Users == 0)
            {
                _sets.Remove(set.Id);
                _dirtySets.Add(set.Id);
            }
        }
    }

    public (IReadOnlyCollection<NftId> Sets, IReadOnlyCollection<(NftId Set, NftValue Key)> Elements) TakeDirty()
    {
        var taken = (_dirtySets, _dirty);
        (_dirtySets, _dirty) = ([], []);
        return taken;
    }

    private static Place PlaceOf(NftContribution contribution) => new(contribution.Chains.Order, contribution.Key);

    private void Enter(Place owner, NftElement element)
    {
        if (!_elements.TryGetValue(element.Set, out var elements))
        {
            _elements.Add(element.Set, elements = []);
        }

        _dirty.Add((element.Set, element.Key));
        elements[element.Key] = elements.TryGetValue(element.Key, out var wanted) ? wanted.With(owner, element.Data) : new Wanted(owner, element.Data, null);
    }

    private void Leave(Place owner, NftElement element)
    {
        _dirty.Add((element.Set, element.Key));
        var elements = _elements[element.Set];
        if (elements.TryGetValue(element.Key, out var wanted))
        {
            if (wanted.Without(owner) is { } rest)
            {
                elements[element.Key] = rest;
            }
            else if (elements.Remove(element.Key) && elements.Count == 0)
            {
                _elements.Remove(element.Set);
            }
        }
    }

    private sealed class Declared(NftSet set)
    {
        public NftSet Set => set;

        public int Users { get; set; }
    }

    /// <summary>Who wants the element; nearly always one.</summary>
    private readonly record struct Wanted(Place Owner, NftData Data, SortedDictionary<Place, NftData>? All)
    {
        public Wanted With(Place owner, NftData data)
        {
            var all = All ?? new SortedDictionary<Place, NftData> { [Owner] = Data };
            all[owner] = data;
            return First(all);
        }

        public Wanted? Without(Place owner)
        {
            if (All is null)
            {
                return owner == Owner ? null : this;
            }

            All.Remove(owner);
            return All.Count == 0 ? null : First(All);
        }

        private static Wanted First(SortedDictionary<Place, NftData> all)
        {
            var (owner, data) = all.First();
            return all.Count == 1 ? new Wanted(owner, data, null) : new Wanted(owner, data, all);
        }
    }
}
