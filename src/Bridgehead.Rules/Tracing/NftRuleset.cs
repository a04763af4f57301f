using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>The tables that several workers' plans make together.</summary>
public sealed class NftRuleset : Ruleset
{
    private readonly Dictionary<NftId, (NftPlan Plan, NftChain Chain)> _chains = [];
    private readonly Dictionary<NftId, (NftPlan Plan, NftSet Set, Dictionary<NftValue, NftData> Elements)> _sets = [];
    private readonly Dictionary<string, Policy> _policies;
    private readonly Dictionary<string, NftTable> _tables;

    /// <param name="plans">One of each worker; what several declare is read from the one that it belongs to.</param>
    /// <param name="policies">What the plans hold, to tell why an element is there.</param>
    public NftRuleset(IReadOnlyList<NftPlan> plans, IEnumerable<Policy> policies)
    {
        _policies = policies.DistinctBy(policy => policy.Key).ToDictionary(policy => policy.Key);
        foreach (var plan in plans)
        {
            foreach (var chain in plan.Chains.Where(chain => plan.HasContent(chain.Id) || !_chains.ContainsKey(chain.Id)))
            {
                _chains[chain.Id] = (plan, chain);
            }

            foreach (var set in plan.Sets.Where(set => plan.HasContent(set.Id) || !_sets.ContainsKey(set.Id)))
            {
                _sets[set.Id] = (plan, set, plan.Elements(set.Id).ToDictionary(element => element.Key, element => element.Data));
            }
        }

        _tables = _chains.Keys.Select(id => id.Table).Distinct().ToDictionary(table => table.ToString());
    }

    internal override IEnumerable<BaseChain> ChainsAt(NftHook hook, bool v4) => _chains.Values.Select(entry => entry.Chain)
        .Where(chain => chain.Base?.Hook == hook && (chain.Id.Table.Family == NftFamily.Bridge || chain.Id.Table.Family == (v4 ? NftFamily.Ip : NftFamily.Ip6)))
        .OrderBy(chain => chain.Base!.Priority)
        .Select(chain => new BaseChain(chain.Id.Table.ToString(), chain.Id.Name, v4, chain.Base!.Nat));

    internal override bool Knows(string table, bool v4, string chain) => _tables.TryGetValue(table, out var known) && _chains.ContainsKey(new NftId(known, chain));

    internal override IEnumerable<TracedRule> RulesOf(BaseChain table, string chain)
    {
        var id = new NftId(TableOf(table.Table), chain);
        return _chains.TryGetValue(id, out var known)
            ? known.Plan.Rules(known.Chain)!.Select(rule => new TracedRule(rule.Text, rule.Why, rule.GroupRule, passing => new NftMatching(this, id.Table, passing).Try(rule)))
            : throw new TraceException($"there is no chain {id}");
    }

    /// <summary>The data of the element that has the key, with why it is there; null when there is none.</summary>
    internal (NftData Data, ElementReason? Why)? Find(NftId set, NftValue key)
    {
        if (!_sets.TryGetValue(set, out var known))
        {
            throw new TraceException($"there is no set {set}");
        }

        if (known.Set.Interval)
        {
            key = known.Elements.Keys.FirstOrDefault(range => range.Covers(known.Set.Key, key.Span));
        }

        return known.Elements.TryGetValue(key, out var data) ? (data, ElementReasons.Of(_policies.GetValueOrDefault(known.Plan.OwnerOf(set, key) ?? ""), known.Set, key)) : null;
    }

    private NftTable TableOf(string text) => _tables[text];
}
