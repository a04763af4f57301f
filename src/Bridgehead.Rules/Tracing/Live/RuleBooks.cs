using Bridgehead.Rules.Inventory;

namespace Bridgehead.Rules.Tracing;

/// <summary>Makes rule books from what was read and what is desired.</summary>
public static class RuleBooks
{
    private const string NotWanted = "nothing asks for it: an earlier life left it, or somebody put it here";

    /// <param name="listing">The kernel's rules beside what is desired.</param>
    /// <param name="rulesets">What is desired, as the tracer tries it: it knows which element of a set a packet matches.</param>
    /// <param name="others">Chains of other people's tables.</param>
    /// <param name="before">The book before this one.</param>
    public static RuleBook Of(Listing listing, IReadOnlyList<Ruleset> rulesets, IEnumerable<BookChain> others, RuleBook? before = null) =>
        new(listing.Chains.Where(chain => chain.Kind == ListedKind.Chain).Select(chain => ChainOf(chain, rulesets)).Concat(others), before);

    private static BookChain ChainOf(ListedChain chain, IReadOnlyList<Ruleset> rulesets)
    {
        var name = chain.Table.Program == ListedProgram.Iptables ? chain.Table.Name : $"{chain.Table.Family} {chain.Table.Name}";
        var desired = DesiredOf(chain, name, rulesets);
        return new BookChain(chain.Table.Family, chain.Table.Name, name, chain.Name, [.. chain.Rules.Where(rule => rule.Handle is not null).Select(rule => RuleOf(rule, desired))]);
    }

    /// <summary>Rules of equal text do the same.</summary>
    private static Dictionary<string, TracedRule> DesiredOf(ListedChain chain, string table, IReadOnlyList<Ruleset> rulesets)
    {
        var v4 = chain.Table.Family != "ip6";
        return rulesets.FirstOrDefault(rules => rules.Knows(table, v4, chain.Name)) is { } known
            ? known.RulesOf(new BaseChain(table, chain.Name, v4, Nat: false), chain.Name).DistinctBy(rule => rule.Text).ToDictionary(rule => rule.Text, StringComparer.Ordinal)
            : [];
    }

    private static BookRule RuleOf(ListedRule rule, Dictionary<string, TracedRule> desired) =>
        new(rule.Handle!.Value, rule.Text, rule.Why ?? (rule.State == ListedState.Unexpected ? NotWanted : null), rule.GroupRule, rule.State == ListedState.Foreign)
        {
            Try = rule.State is ListedState.Kept or ListedState.Moved ? desired.GetValueOrDefault(rule.Text)?.Try : null,
        };
}
