using Bridgehead.Model;
using Bridgehead.Rules.Inventory;

namespace Bridgehead.Rules.Nftables;

/// <summary>What a transaction would change, object by object.</summary>
public static class NftChanges
{
    public static IEnumerable<RuleChange> Of(IReadOnlyList<NftOperation> operations, NftReading observed) => operations.SelectMany(operation => Of(operation, observed));

    private static IEnumerable<RuleChange> Of(NftOperation operation, NftReading observed) => operation switch
    {
        NftOperation.AddTable add => [new(ChangeSign.Comes, $"{add.Table}", "the table")],
        NftOperation.DeleteTable delete => [new(ChangeSign.Goes, $"{delete.Table}", "the table, with everything in it")],
        NftOperation.AddSet add => [new(ChangeSign.Comes, $"{add.Set.Id}", $"the {(add.Set.Data is null ? "set" : "map")}: {NftText.Of(add.Set)}")],
        NftOperation.DeleteSet delete => [new(ChangeSign.Goes, $"{delete.Set}", "the set")],
        NftOperation.AddChain add => [new(ChangeSign.Comes, $"{add.Chain.Id}", $"the chain{(add.Chain.Base is { } hook ? $": {NftText.Of(hook)}" : "")}")],
        NftOperation.DeleteChain delete => [new(ChangeSign.Goes, $"{delete.Chain}", "the chain")],
        NftOperation.AddElements add => add.Elements.Select(element => new RuleChange(ChangeSign.Comes, $"{add.Set.Id}", NftText.Of(add.Set, element.Key, element.Data))),
        NftOperation.DeleteElements delete => delete.Elements.Select(element => new RuleChange(ChangeSign.Goes, $"{delete.Set.Id}", NftText.Of(delete.Set, element.Key, element.Data))),
        NftOperation.AddRule add => [new(ChangeSign.Comes, $"{add.Chain}", add.Rule.Text, add.Rule.Why)],
        NftOperation.DeleteRule delete => [new(ChangeSign.Goes, $"{delete.Chain}", TextOf(observed, delete.Chain, delete.Handle))],
        NftOperation.FlushChain flush => observed.Image.Chains.TryGetValue(flush.Chain, out var chain)
            ? chain.Rules.Select(rule => new RuleChange(ChangeSign.Goes, $"{flush.Chain}", TextOf(observed, flush.Chain, rule.Handle)))
            : [],
        _ => throw new NotSupportedException($"no words for {operation}"),
    };

    private static string TextOf(NftReading observed, NftId chain, ulong handle) => observed.Rules.TryGetValue((chain, handle), out var rule) ? rule.Text : $"the rule with handle {handle}";
}
