using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Inventory;

/// <summary>What the kernel tells of a rule besides what it is compared by.</summary>
/// <param name="Text">In nft's words, as far as they are known here.</param>
/// <param name="Count">Null when it does not count.</param>
public sealed record NftRuleDetail(string Text, RuleCount? Count);

/// <summary>Our tables in nf_tables, read for people: what they hold, with counters and texts.</summary>
public sealed class NftReading
{
    public NftImage Image { get; set; } = new();

    /// <summary>A rule by its chain and handle.</summary>
    public Dictionary<(NftId Chain, ulong Handle), NftRuleDetail> Rules { get; } = [];

    /// <summary>Elements of sets that count.</summary>
    public Dictionary<(NftId Set, NftValue Key), RuleCount> Elements { get; } = [];
}
