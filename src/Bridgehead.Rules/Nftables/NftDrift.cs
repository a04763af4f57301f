namespace Bridgehead.Rules.Nftables;

/// <summary>What somebody else did to our objects, in sentences, from the operations that undo it.</summary>
public static class NftDrift
{
    /// <summary>One sentence for each object that the operations bring or take away.</summary>
    public static IEnumerable<string> Sentences(IReadOnlyList<NftOperation> operations) => operations.SelectMany(Describe);

    /// <summary>The sentences of <paramref name="repair"/> that are not among <paramref name="known"/>. A table, chain or set that was gone says it for what was in it.</summary>
    public static IEnumerable<string> Describe(IReadOnlyList<NftOperation> repair, IReadOnlySet<string> known)
    {
        var tables = repair.OfType<NftOperation.AddTable>().Select(add => add.Table).ToHashSet();
        var made = repair.OfType<NftOperation.AddSet>().Select(add => add.Set.Id).Concat(repair.OfType<NftOperation.AddChain>().Select(add => add.Chain.Id)).ToHashSet();
        return Sentences([.. repair.Where(operation => operation switch
        {
            NftOperation.AddSet add => !tables.Contains(add.Set.Id.Table),
            NftOperation.AddChain add => !tables.Contains(add.Chain.Id.Table),
            NftOperation.AddElements add => !made.Contains(add.Set.Id),
            NftOperation.AddRule add => !made.Contains(add.Chain),
            _ => true,
        })]).Where(sentence => !known.Contains(sentence));
    }

    private static IEnumerable<string> Describe(NftOperation operation) => operation switch
    {
        NftOperation.AddTable add => [$"table {add.Table} was gone"],
        NftOperation.AddSet add => [$"{(add.Set.Data is null ? "set" : "map")} {add.Set.Id} was gone"],
        NftOperation.AddChain add => [$"chain {add.Chain.Id} was gone"],
        NftOperation.DeleteSet delete => [$"set {delete.Set} was not ours, or another one"],
        NftOperation.DeleteChain delete => [$"chain {delete.Chain} was not ours, or another one"],
        NftOperation.AddElements add => add.Elements.Select(element => $"element {NftText.Of(add.Set, element.Key, element.Data)} of {add.Set.Id} was gone"),
        NftOperation.DeleteElements delete => delete.Elements.Select(element => $"element {NftText.Of(delete.Set, element.Key, element.Data)} of {delete.Set.Id} was not ours"),
        NftOperation.AddRule add => [$"rule \"{add.Rule.Text}\" of chain {add.Chain} was gone ({add.Rule.Why})"],
        NftOperation.DeleteRule delete => [$"chain {delete.Chain} had a rule that is not ours, or out of place"],
        NftOperation.FlushChain flush => [$"chain {flush.Chain} had other rules"],
        _ => throw new NotSupportedException($"no words for {operation}"),
    };
}
