namespace Bridgehead.Rules.Nftables;

/// <summary>What may differ between the books and the kernel since the last commit.</summary>
internal sealed class NftTouched
{
    public HashSet<NftChain> Chains { get; } = [];

    public HashSet<NftId> Sets { get; } = [];

    public Dictionary<NftId, HashSet<NftValue>> Elements { get; } = [];

    /// <summary>The kernel was read anew: nothing can be taken for equal.</summary>
    public bool Everything { get; set; }

    public void Take(ChainBook<NftChain, NftRule> chains, SetBook sets)
    {
        Chains.UnionWith(chains.TakeDirty());
        var (dirtySets, dirtyElements) = sets.TakeDirty();
        Sets.UnionWith(dirtySets);
        foreach (var (set, keys) in dirtyElements)
        {
            if (!Elements.TryAdd(set, keys))
            {
                Elements[set].UnionWith(keys);
            }
        }
    }

    public void Clear()
    {
        Chains.Clear();
        Sets.Clear();
        Elements.Clear();
        Everything = false;
    }
}
