namespace Bridgehead.Rules.Nftables;

/// <summary>Operations as lines that <c>nft -f</c> carries out: to show what is about to be sent, and to have nft write the same for comparison.</summary>
public static class NftScript
{
    public static string Of(IEnumerable<NftOperation> operations) => string.Concat(operations.Select(operation => Of(operation) + "\n"));

    private static string Of(NftOperation operation) => operation switch
    {
        NftOperation.AddTable add => $"add table {add.Table}",
        NftOperation.DeleteTable delete => $"delete table {delete.Table}",
        NftOperation.AddSet add => $"add {KindOf(add.Set)} {add.Set.Id} {{ {NftText.Of(add.Set)}; }}",
        NftOperation.DeleteSet delete => $"delete set {delete.Set}",
        NftOperation.AddChain add => $"add chain {add.Chain.Id}{(add.Chain.Base is { } hook ? $" {{ {NftText.Of(hook)}; }}" : "")}",
        NftOperation.DeleteChain delete => $"delete chain {delete.Chain}",
        NftOperation.AddElements add => $"add element {add.Set.Id} {{ {string.Join(", ", add.Elements.Select(element => NftText.Of(add.Set, element.Key, element.Data)))} }}",
        NftOperation.DeleteElements delete => $"delete element {delete.Set.Id} {{ {string.Join(", ", delete.Elements.Select(element => NftText.Of(delete.Set.Key, element.Key)))} }}",
        NftOperation.AddRule add => $"add rule {add.Chain} {add.Rule.Text} comment \"{add.Rule.Comment}\"",
        NftOperation.DeleteRule delete => $"delete rule {delete.Chain} handle {delete.Handle}",
        NftOperation.FlushChain flush => $"flush chain {flush.Chain}",
        _ => throw new NotSupportedException($"no nft command for {operation}"),
    };

    private static string KindOf(NftSet set) => set.Data is null ? "set" : "map";
}
