using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>Two packet filters side by side: each packet passes both, as tables of nf_tables and of iptables at one hook are passed one after the other.</summary>
internal sealed class JoinedRuleset(Ruleset first, Ruleset second) : Ruleset
{
    internal override IEnumerable<BaseChain> ChainsAt(NftHook hook, bool v4) => first.ChainsAt(hook, v4).Concat(second.ChainsAt(hook, v4));

    internal override bool Knows(string table, bool v4, string chain) => first.Knows(table, v4, chain) || second.Knows(table, v4, chain);

    internal override IEnumerable<TracedRule> RulesOf(BaseChain table, string chain) => (first.Knows(table.Table, table.V4, chain) ? first : second).RulesOf(table, chain);
}
