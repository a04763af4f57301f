namespace Bridgehead.Rules.Nftables;

/// <summary>All that one entity puts into a table: chains and rules, sets that exist because of it, and elements.</summary>
public sealed record NftContribution(Contribution<NftChain, NftRule> Chains, IReadOnlyList<NftSet> Sets, IReadOnlyList<NftElement> Elements)
{
    public string Key => Chains.Key;
}

/// <summary>A contribution in the making.</summary>
internal sealed class NftDraft(string key, int phase = 0, UInt128 number = default)
{
    private readonly Draft<NftChain, NftRule> _chains = new(key, phase, number);
    private readonly List<NftSet> _sets = [];
    private readonly List<NftElement> _elements = [];

    public NftDraft Own(NftSet set)
    {
        _sets.Add(set);
        return this;
    }

    public NftDraft Own(params IEnumerable<NftSet> sets)
    {
        _sets.AddRange(sets);
        return this;
    }

    public NftDraft Own(params IEnumerable<NftChain> chains)
    {
        foreach (var chain in chains)
        {
            _chains.Own(chain);
        }

        return this;
    }

    public NftDraft Add(NftChain chain, params IReadOnlyList<NftRule> rules)
    {
        _chains.Add(chain, rules);
        return this;
    }

    public NftDraft Add(NftSet set, NftValue key, NftData data = default)
    {
        if (_elements.Count == 0)
        {
            // Most entities have one, and there are thousands of them.
            _elements.Capacity = 1;
        }

        _elements.Add(new NftElement(set.Id, key, data));
        return this;
    }

    public NftContribution Done() => new(_chains.Done(), _sets, _elements);
}
