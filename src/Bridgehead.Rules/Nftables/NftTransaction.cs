namespace Bridgehead.Rules.Nftables;

/// <summary>
/// Operations in the making, in an order that the kernel takes: what makes way; tables, sets and chains that come; elements that go, then those that come; chains' rules; and at last the chains
/// and sets that nothing leads to any more. A verdict map's elements go before the chains that they lead to, rules before the sets that they look into.
/// </summary>
internal sealed class NftTransaction(IEnumerable<NftTable> newTables)
{
    private readonly List<NftOperation> _way = [];
    private readonly List<NftOperation> _new = [.. newTables.Select(table => new NftOperation.AddTable(table))];
    private readonly List<NftOperation> _deleted = [];
    private readonly List<NftOperation> _added = [];
    private readonly List<NftOperation> _rules = [];
    private readonly List<NftId> _oldChains = [];
    private readonly List<NftId> _oldSets = [];
    private readonly HashSet<NftId> _newSets = [];
    private readonly HashSet<NftId> _flushed = [];

    public IEnumerable<NftId> NewSets => _newSets;

    public bool IsNew(NftId set) => _newSets.Contains(set);

    public bool IsFlushed(NftId chain) => _flushed.Contains(chain);

    public void Add(NftSet set)
    {
        _newSets.Add(set.Id);
        _new.Add(new NftOperation.AddSet(set));
    }

    public void Add(NftChain chain) => _new.Add(new NftOperation.AddChain(chain));

    /// <summary>The set with another declaration; these chains, whose rules may look into it, are emptied first.</summary>
    public void Replace(NftSet set, IEnumerable<NftId> users)
    {
        _way.InsertRange(0, users.Where(_flushed.Add).Select(chain => new NftOperation.FlushChain(chain)));
        _way.Add(new NftOperation.DeleteSet(set.Id));
        Add(set);
    }

    /// <summary>The chain with another hook or priority: nothing can jump to it.</summary>
    public void Replace(NftChain chain)
    {
        if (_flushed.Add(chain.Id))
        {
            _way.Insert(0, new NftOperation.FlushChain(chain.Id));
        }

        _way.Add(new NftOperation.DeleteChain(chain.Id));
        Add(chain);
    }

    public void Remove(NftId id, bool set) => (set ? _oldSets : _oldChains).Add(id);

    public void Edit(NftId chain, bool flush, IReadOnlyList<ulong> gone, IEnumerable<NftRule> added)
    {
        if (flush)
        {
            _rules.Add(new NftOperation.FlushChain(chain));
        }
        else
        {
            _rules.AddRange(gone.Select(handle => new NftOperation.DeleteRule(chain, handle)));
        }

        _rules.AddRange(added.Select(rule => new NftOperation.AddRule(chain, rule)));
    }

    public void Add(NftSet set, IReadOnlyList<(NftValue, NftData)> elements)
    {
        if (elements.Count > 0)
        {
            _added.Add(new NftOperation.AddElements(set, elements));
        }
    }

    public void Delete(NftSet set, IReadOnlyList<(NftValue, NftData)> elements)
    {
        if (elements.Count > 0)
        {
            _deleted.Add(new NftOperation.DeleteElements(set, elements));
        }
    }

    public IReadOnlyList<NftOperation> Operations() =>
    [
        .. _way, .. _new, .. _deleted, .. _added, .. _rules,
        .. _oldChains.Where(chain => !_flushed.Contains(chain)).Select(chain => new NftOperation.FlushChain(chain)),
        .. _oldChains.Select(chain => new NftOperation.DeleteChain(chain)),
        .. _oldSets.Select(set => new NftOperation.DeleteSet(set)),
    ];
}
