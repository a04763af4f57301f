using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>Two packet filters side by side: each packet passes both, as tables of nf_tables and of iptables at one hook are passed one after the other.</summary>
internal sealed class JoinedRuleset(Ruleset first, Ruleset second) : Ruleset
{
    private readonly HashSet<string> _ofSecond = [];

    internal override IEnumerable<BaseChain> ChainsAt(NftHook hook, bool v4)
    {
        var others = second.ChainsAt(hook, v4).ToList();
        _ofSecond.UnionWith(others.Select(chain => chain.Table));
        return first.ChainsAt(hook, v4).Concat(others);
    }

    internal override IEnumerable<TracedRule> RulesOf(BaseChain table, string chain) => (_ofSecond.Contains(table.Table) ? second : first).RulesOf(table, chain);
}
