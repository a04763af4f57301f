using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>
/// The chains of all workers of a host, joined as their jumps join them. With what iptables-save printed, other people's rules stand between them where they are, and chains have their policies.
/// </summary>
public sealed class IptablesRuleset : Ruleset
{
    private static readonly (NftHook Hook, Table Table, string Chain)[] Order =
    [
        (NftHook.Prerouting, Table.Nat, "PREROUTING"),
        (NftHook.Input, Table.Filter, "INPUT"),
        (NftHook.Forward, Table.Filter, "FORWARD"),
        (NftHook.Output, Table.Nat, "OUTPUT"),
        (NftHook.Output, Table.Filter, "OUTPUT"),
        (NftHook.Postrouting, Table.Mangle, "POSTROUTING"),
        (NftHook.Postrouting, Table.Nat, "POSTROUTING"),
    ];

    private readonly IReadOnlyList<FirewallPlan> _plans;
    private readonly IReadOnlyDictionary<IpFamily, SavedRules> _saved;
    private readonly HashSet<(IpFamily, Table)> _tables;
    private readonly Dictionary<ChainId, IReadOnlyList<TracedRule>> _common = [];

    public IptablesRuleset(IReadOnlyList<FirewallPlan> plans, IReadOnlyDictionary<IpFamily, SavedRules>? saved = null)
    {
        _plans = plans;
        _saved = saved ?? new Dictionary<IpFamily, SavedRules>();
        _tables = [.. plans.SelectMany(plan => plan.Book.Chains).Select(chain => (chain.Family, chain.Table))];
    }

    internal override IEnumerable<BaseChain> ChainsAt(NftHook hook, bool v4)
    {
        var family = v4 ? IpFamily.V4 : IpFamily.V6;
        return Order.Where(place => place.Hook == hook && (_tables.Contains((family, place.Table)) || IsOthers(family, place.Table, place.Chain)))
            .Select(place => new BaseChain(NameOf(place.Table), place.Chain, v4, place.Table == Table.Nat, Drops(family, place.Table, place.Chain)));
    }

    internal override IEnumerable<TracedRule> RulesOf(BaseChain table, string chain)
    {
        var id = new ChainId(table.V4 ? IpFamily.V4 : IpFamily.V6, TableOf(table.Table), chain);
        if (Skeleton.IsCommon(id.Table, chain))
        {
            return Common(id);
        }

        return _plans.Select(plan => plan.Book.Rules(id)).FirstOrDefault(rules => rules is not null)?.Select(Traced)
            ?? throw new TraceException($"what {chain} does is not known: it is somebody else's");
    }

    /// <summary>A table in which nova has nothing, and others have.</summary>
    private bool IsOthers(IpFamily family, Table table, string chain) => _saved.GetValueOrDefault(family)?.Rules(table, chain) is { Count: > 0 } || Drops(family, table, chain);

    private bool Drops(IpFamily family, Table table, string chain) => _saved.GetValueOrDefault(family)?.PolicyOf(table, chain) == "DROP";

    private IReadOnlyList<TracedRule> Common(ChainId id)
    {
        if (!_common.TryGetValue(id, out var rules))
        {
            _common.Add(id, rules = [.. Joined(id)]);
        }

        return rules;
    }

    private IEnumerable<TracedRule> Joined(ChainId id)
    {
        var chain = new CommonChain(id, _saved.GetValueOrDefault(id.Family)?.Rules(id.Table, id.Name) ?? [], _plans);
        return chain.Lines.Select(line => chain.Jump(line) is { } jump ? Traced(jump) : new TracedRule(line, "", null, null));
    }

    private static TracedRule Traced(Rule rule) => new(rule.Text, rule.Why, rule.GroupRule, passing => IptablesMatching.Try(rule, passing));

    private static string NameOf(Table table) => table switch
    {
        Table.Filter => "filter",
        Table.Nat => "nat",
        _ => "mangle",
    };

    private static Table TableOf(string name) => name switch
    {
        "filter" => Table.Filter,
        "nat" => Table.Nat,
        _ => Table.Mangle,
    };
}
