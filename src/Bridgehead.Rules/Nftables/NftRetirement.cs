namespace Bridgehead.Rules.Nftables;

/// <summary>Takes a worker's part out of a table.</summary>
internal sealed class NftRetirement(INftLayout layout, NftImage observed, NftTable table)
{
    private IEnumerable<NftId> Chains => observed.Chains.Keys.Where(id => id.Table == table);

    private IEnumerable<NftId> Sets => observed.Sets.Keys.Where(id => id.Table == table);

    public IEnumerable<NftOperation> Operations() => Chains.Concat(Sets).Any(id => !layout.Owns(id) && !layout.IsShared(id)) ? Part() : [new NftOperation.DeleteTable(table)];

    /// <summary>Elements first, since they may lead to chains; chains are emptied before the first goes, since they may jump to each other.</summary>
    private IEnumerable<NftOperation> Part()
    {
        var shared = Sets.Where(id => layout.HasContent(id) && !layout.Owns(id)).Select(id => observed.Sets[id]).Where(known => known.Set is not null && known.Elements.Count > 0);
        var chains = Chains.Where(layout.Owns).ToList();
        return
        [
            .. shared.Select(known => new NftOperation.DeleteElements(known.Set!, [.. known.Elements.Select(element => (element.Key, element.Value))])),
            .. Chains.Where(id => layout.Owns(id) || (layout.HasContent(id) && layout.IsChanging(id))).Select(id => new NftOperation.FlushChain(id)),
            .. chains.Select(id => new NftOperation.DeleteChain(id)),
            .. Sets.Where(layout.Owns).Select(id => new NftOperation.DeleteSet(id)),
        ];
    }
}
