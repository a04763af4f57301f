namespace Bridgehead.Rules.Nftables;

/// <summary>
/// A worker's part of the tables: what is wanted, what the kernel holds as far as we know, and the operations that lead from one to the other: those that differ and nothing else. What a
/// change costs depends on what it touches. Not thread-safe: it has one writer.
/// </summary>
/// <remarks>
/// Use: <see cref="Put"/>, <see cref="Remove"/> and <see cref="Replace"/> say what is wanted; <see cref="Observe"/> takes what was read from the kernel (at start, after a failure, on a foreign change);
/// <see cref="Pending"/> gives the operations, none when there is nothing to do; <see cref="Committed"/> says that the kernel took them. Without that, the same is pending again.
/// </remarks>
public sealed class NftPlan
{
    private readonly INftLayout _layout;
    private readonly NftDelta _delta;
    private readonly ChainBook<NftChain, NftRule> _chains = new(rule => rule.Text);
    private readonly SetBook _sets = new();
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly NftTouched _touched = new();
    private IReadOnlyList<NftOperation> _sent = [];

    /// <param name="layout">What policies become.</param>
    /// <param name="printOf">A rule as the back end's encoder tells it from others (see <see cref="NftObservedRule"/>).</param>
    public NftPlan(INftLayout layout, Func<NftFamily, NftRule, string> printOf)
    {
        _layout = layout;
        _delta = new NftDelta(layout, _chains, _sets, printOf);
        foreach (var contribution in layout.Skeleton)
        {
            Enter(contribution);
        }
    }

    public IReadOnlyList<NftTable> Tables => _layout.Tables;

    /// <summary>Whether the content of the set or chain is this worker's.</summary>
    public bool HasContent(NftId id) => _layout.HasContent(id);

    /// <summary>Whether the set or chain goes away when no entity of this worker's wants it.</summary>
    public bool Owns(NftId id) => _layout.Owns(id);

    /// <summary>What the kernel held when it was last looked at, with what was committed since.</summary>
    public NftImage Observed { get; private set; } = new();

    /// <summary>The rules that should stand in the chain, in order; null when it should not exist.</summary>
    public IReadOnlyList<NftRule>? Rules(NftChain chain) => _chains.Rules(chain);

    /// <summary>As <see cref="Rules"/>, each with the keys of what asked for it.</summary>
    internal IReadOnlyList<(NftRule Rule, IReadOnlyList<string> Keys)>? Asked(NftChain chain) => _chains.Asked(chain);

    /// <summary>Keys of that because of which the chain exists.</summary>
    internal IReadOnlyList<string> OwnersOf(NftChain chain) => _chains.OwnersOf(chain);

    public IEnumerable<NftChain> Chains => _chains.Chains;

    /// <summary>Sets with the keys of that because of which they exist.</summary>
    internal IEnumerable<(NftId Set, string Key)> SetOwners => _sets.Owners;

    public IEnumerable<NftSet> Sets => _sets.Sets;

    public IEnumerable<(NftValue Key, NftData Data)> Elements(NftId set) => _sets.Elements(set);

    /// <summary>The key of the policy that the element comes from.</summary>
    public string? OwnerOf(NftId set, NftValue key) => _sets.OwnerOf(set, key);

    public void Put(Policy policy)
    {
        _keys.Add(policy.Key);
        Enter(_layout.Put(policy));
    }

    public void Remove(string key)
    {
        if (_keys.Remove(key))
        {
            Enter(_layout.Remove(key));
        }
    }

    /// <summary>Puts these policies and removes all others.</summary>
    public void Replace(IReadOnlyList<Policy> policies)
    {
        var old = _keys.Count == 0 ? [] : _keys.Except(policies.Select(policy => policy.Key)).ToList();
        old.ForEach(Remove);
        _keys.EnsureCapacity(policies.Count);
        _sets.Expect(policies.Count);
        foreach (var policy in policies)
        {
            Put(policy);
        }
    }

    /// <summary>Takes what the kernel holds now; everything of ours is compared again.</summary>
    public void Observe(NftImage image)
    {
        Observed = image;
        _touched.Everything = true;
    }

    /// <summary>The operations that make the kernel hold what is wanted, in an order that the kernel takes.</summary>
    public IReadOnlyList<NftOperation> Pending()
    {
        _touched.Take(_chains, _sets);
        _sent = _delta.Between(Observed, _touched);
        return _sent;
    }

    /// <summary>The kernel took the operations of the last <see cref="Pending"/>; <paramref name="handles"/> are those of the rules that it added, in order.</summary>
    public void Committed(IEnumerable<ulong> handles)
    {
        _delta.Apply(Observed, _sent, [.. handles]);
        _touched.Clear();
        _sent = [];
    }

    /// <summary>The operations that take everything of this worker out of what was observed, and the tables when no other worker has anything in them.</summary>
    public IReadOnlyList<NftOperation> Retirement() => [.. Tables.Where(Observed.Tables.Contains).SelectMany(table => new NftRetirement(_layout, Observed, table).Operations())];

    private void Enter(NftChange change)
    {
        foreach (var key in change.Remove)
        {
            _chains.Remove(key);
            _sets.Remove(key);
        }

        foreach (var contribution in change.Put)
        {
            Enter(contribution);
        }
    }

    private void Enter(NftContribution contribution)
    {
        _chains.Put(contribution.Chains);
        _sets.Put(contribution);
    }
}
