namespace Bridgehead.Rules.Nftables;

/// <summary>
/// What sets should exist and hold: contributions of entities, counted. Knows which sets and elements were touched since they were last asked for. Of two entities that want different data
/// for one key, the one that stands first has it, as in chains, so that the result does not depend on who came first.
/// </summary>
internal sealed class SetBook
{
    private readonly Dictionary<string, NftContribution> _contributions = [];
    private readonly Dictionary<NftId, Content> _contents = [];
    private readonly List<NftId> _touched = [];
    private HashSet<NftId> _dirtySets = [];

    /// <summary>Sets that should exist.</summary>
    public IEnumerable<NftSet> Sets => _contents.Values.Select(content => content.Set).OfType<NftSet>();

    public NftSet? Find(NftId set) => _contents.GetValueOrDefault(set)?.Set;

    public IEnumerable<(NftValue Key, NftData Data)> Elements(NftId set) =>
        _contents.TryGetValue(set, out var content) ? content.Elements.Select(element => (element.Key, element.Value.Data)) : [];

    /// <summary>The data that the key should have; null when it should not be there.</summary>
    public NftData? Find(NftId set, NftValue key) =>
        _contents.TryGetValue(set, out var content) && content.Set is not null && content.Elements.TryGetValue(key, out var wanted) ? wanted.Data : null;

    /// <summary>Sets with the keys of the contributions because of which they exist.</summary>
    public IEnumerable<(NftId Set, string Key)> Owners => _contributions.Values.SelectMany(contribution => contribution.Sets.Select(set => (set.Id, contribution.Key)));

    public string? OwnerOf(NftId set, NftValue key) => _contents.TryGetValue(set, out var content) && content.Elements.TryGetValue(key, out var wanted) ? wanted.Owner.Key : null;

    /// <summary>So many entities are about to come.</summary>
    public void Expect(int contributions) => _contributions.EnsureCapacity(contributions);

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
            var content = ContentOf(set.Id);
            if (content.Users++ == 0)
            {
                content.Set = set;
                _dirtySets.Add(set.Id);
            }
        }

        foreach (var element in contribution.Elements)
        {
            Enter(contribution, element);
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
            Leave(contribution, element);
        }

        foreach (var set in contribution.Sets)
        {
            var content = _contents[set.Id];
            if (--content.Users == 0)
            {
                content.Set = null;
                _dirtySets.Add(set.Id);
            }
        }
    }

    public (IReadOnlyCollection<NftId> Sets, IReadOnlyList<(NftId Set, HashSet<NftValue> Keys)> Elements) TakeDirty()
    {
        var sets = _dirtySets;
        _dirtySets = [];
        var elements = _touched.ConvertAll(id => (id, _contents[id].TakeDirty()));
        foreach (var id in sets.Concat(_touched))
        {
            if (_contents.TryGetValue(id, out var content) && content.Set is null && content.Elements.Count == 0)
            {
                _contents.Remove(id);
            }
        }

        _touched.Clear();
        return (sets, elements);
    }

    private Content ContentOf(NftId set)
    {
        if (!_contents.TryGetValue(set, out var content))
        {
            _contents.Add(set, content = new Content());
        }

        return content;
    }

    private void Enter(NftContribution owner, NftElement element)
    {
        var content = ContentOf(element.Set);
        Touch(element, content);
        content.Elements[element.Key] = content.Elements.TryGetValue(element.Key, out var wanted) ? wanted.With(owner, element.Data) : new Wanted(owner, element.Data, null);
    }

    private void Leave(NftContribution owner, NftElement element)
    {
        var content = _contents[element.Set];
        Touch(element, content);
        if (!content.Elements.TryGetValue(element.Key, out var wanted))
        {
            return;
        }

        if (wanted.Without(owner) is { } rest)
        {
            content.Elements[element.Key] = rest;
        }
        else
        {
            content.Elements.Remove(element.Key);
        }
    }

    private void Touch(NftElement element, Content content)
    {
        if (content.Dirty.Count == 0)
        {
            _touched.Add(element.Set);
        }

        content.Dirty.Add(element.Key);
    }

    /// <summary>One set's: its declaration while somebody wants it, and its elements.</summary>
    private sealed class Content
    {
        public NftSet? Set { get; set; }

        public int Users { get; set; }

        public Dictionary<NftValue, Wanted> Elements { get; } = [];

        public HashSet<NftValue> Dirty { get; private set; } = [];

        public HashSet<NftValue> TakeDirty()
        {
            var taken = Dirty;
            Dirty = [];
            return taken;
        }
    }

    /// <summary>Who wants the element; nearly always one.</summary>
    private readonly struct Wanted(NftContribution owner, NftData data, SortedDictionary<Place, (NftContribution Owner, NftData Data)>? all)
    {
        public NftContribution Owner => owner;

        public NftData Data => data;

        public Wanted With(NftContribution another, NftData anothers)
        {
            var wishes = all ?? new SortedDictionary<Place, (NftContribution, NftData)> { [PlaceOf(owner)] = (owner, data) };
            wishes[PlaceOf(another)] = (another, anothers);
            return First(wishes);
        }

        public Wanted? Without(NftContribution leaver)
        {
            if (all is null)
            {
                return ReferenceEquals(owner, leaver) ? null : this;
            }

            all.Remove(PlaceOf(leaver));
            return all.Count == 0 ? null : First(all);
        }

        private static Wanted First(SortedDictionary<Place, (NftContribution Owner, NftData Data)> wishes)
        {
            var (first, wish) = wishes.First().Value;
            return new Wanted(first, wish, wishes.Count == 1 ? null : wishes);
        }

        private static Place PlaceOf(NftContribution contribution) => new(contribution.Chains.Order, contribution.Key);
    }
}
