using Bridgehead.Rules.Iptables;

namespace Bridgehead.Rules.Inventory;

/// <summary>The chains of iptables, each rule beside what the workers want of it.</summary>
/// <param name="plans">One of each worker that is expected here; none with the native back end.</param>
/// <param name="ipv6">Whether instances have IPv6, so that other people's rules for it concern them.</param>
/// <param name="kernel">What was read.</param>
internal sealed class IptablesListing(IReadOnlyList<FirewallPlan> plans, bool ipv6, KernelRules kernel)
{
    private static readonly string[] BuiltIn = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

    public IEnumerable<ListedChain> Chains() =>
        from family in Enum.GetValues<IpFamily>()
        where kernel.Iptables.ContainsKey(family)
        from table in Enum.GetValues<Table>()
        from name in Names(family, table)
        select ChainOf(new ChainId(family, table, name)) into chain
        where chain.State != ListedState.Kept || chain.Rules.Count > 0 || chain.Owners.Count > 0 || chain.Declaration is not ("" or "policy ACCEPT") || !BuiltIn.Contains(chain.Name)
        select chain;

    private SavedRules Saved(IpFamily family) => kernel.Iptables[family];

    /// <summary>Built-in chains in the order in which packets pass them, those that workers share, then all others.</summary>
    private IEnumerable<string> Names(IpFamily family, Table table)
    {
        IEnumerable<string> common = plans.Any(plan => plan.Uses(family, table))
            ? Skeleton.Jumps.Where(jump => jump.Table == table).Select(jump => jump.From).Concat(Skeleton.Shared.Where(shared => shared.Table == table).SelectMany(shared => shared.From))
            : [];
        var own = plans.Where(plan => plan.Families.Contains(family)).SelectMany(plan => plan.Book.Chains).Where(chain => chain.Family == family && chain.Table == table).Select(chain => chain.Name);
        return Saved(family).Chains(table).Concat(common).Concat(own).Distinct(StringComparer.Ordinal).OrderBy(name => RankOf(table, name)).ThenBy(name => name, ChainNames.Order);
    }

    private static int RankOf(Table table, string name) => Array.IndexOf(BuiltIn, name) switch
    {
        >= 0 and var place => place,
        _ when Skeleton.IsCommon(table, name) => 10,
        _ => Skeleton.OwnerOf(name, "") is { } worker ? 11 + Skeleton.Rank(worker) : 99,
    };

    private ListedChain ChainOf(ChainId id)
    {
        if (Skeleton.IsCommon(id.Table, id.Name))
        {
            return Common(id);
        }

        if (Skeleton.OwnerOf(id.Name, "") is not { } worker)
        {
            var rules = Lines(id).Select((line, i) => There(id, i, ListedState.Foreign));
            return Listed(id, BuiltIn.Contains(id.Name) && Concerns(id.Family) ? ListedState.Kept : ListedState.Foreign, rules);
        }

        var plan = plans.FirstOrDefault(plan => plan.Worker == worker && plan.Families.Contains(id.Family));
        return Own(id, plan?.Book.Asked(id)) with { Owners = plan?.Book.OwnersOf(id) ?? [] };
    }

    private ListedChain Own(ChainId id, IReadOnlyList<(Rule Rule, IReadOnlyList<string> Keys)>? asked)
    {
        var there = Saved(id.Family).Rules(id.Table, id.Name);
        var wanted = asked ?? [];
        var state = asked is null ? ListedState.Unexpected : there is null ? ListedState.Missing : ListedState.Kept;
        return Listed(id, state, Alignment.Of([.. wanted.Select(rule => rule.Rule.Text)], there ?? []).Select(line => line switch
        {
            { Wanted: { } at, There: { } place } => Reasoned(There(id, place, line.Moved ? ListedState.Moved : ListedState.Kept), wanted[at]),
            { Wanted: { } at } => Reasoned(new ListedRule(wanted[at].Rule.Text, ListedState.Missing), wanted[at]),
            _ => There(id, line.There!.Value, ListedState.Unexpected),
        }));
    }

    private static ListedRule Reasoned(ListedRule listed, (Rule Rule, IReadOnlyList<string> Keys) asked) =>
        listed with { Why = asked.Rule.Why, GroupRule = asked.Rule.GroupRule, Owners = asked.Keys };

    /// <summary>A chain in which our jumps stand among other people's rules.</summary>
    private ListedChain Common(ChainId id)
    {
        var there = Lines(id);
        var common = new CommonChain(id, there, plans);
        var missing = common.Lines.Where(line => common.IsWanted(line) && !there.Contains(line)).ToHashSet(StringComparer.Ordinal);
        var rules = there.Select((line, i) => There(id, i, StateOf(id, common, i)) with { Why = common.Jump(line)?.Why }).ToList();
        for (var i = 0; i < common.Lines.Count; i++)
        {
            if (missing.Contains(common.Lines[i]))
            {
                var after = i == 0 ? -1 : rules.FindIndex(rule => rule.Text == common.Lines[i - 1]);
                rules.Insert(after + 1, new ListedRule(common.Lines[i], ListedState.Missing) { Why = common.Jump(common.Lines[i])?.Why });
            }
        }

        return Listed(id, CommonState(id, rules), rules);
    }

    private ListedState CommonState(ChainId id, List<ListedRule> rules)
    {
        if (BuiltIn.Contains(id.Name))
        {
            return Concerns(id.Family) || rules.Exists(rule => rule.State != ListedState.Foreign) ? ListedState.Kept : ListedState.Foreign;
        }

        var isWanted = plans.Any(plan => plan.Uses(id.Family, id.Table));
        var isThere = Saved(id.Family).Rules(id.Table, id.Name) is not null;
        return isWanted == isThere ? ListedState.Kept : isThere ? ListedState.Unexpected : ListedState.Missing;
    }

    private bool Concerns(IpFamily family) => family == IpFamily.V4 || ipv6;

    private ListedState StateOf(ChainId id, CommonChain common, int place)
    {
        var there = Lines(id);
        var line = there[place];
        if (common.IsWanted(line))
        {
            var isFirst = !there.Take(place).Contains(line);
            var isAlone = there.Count(other => other == line) == 1;
            return !isFirst ? ListedState.Unexpected : isAlone && common.Changes.Contains($"-D {id.Name} {line}") ? ListedState.Moved : ListedState.Kept;
        }

        // A plain jump to a chain of ours that does not belong here was left by an earlier life, or put by hand.
        return line.StartsWith("-j ", StringComparison.Ordinal) && IsOurs(id.Table, line[3..]) ? ListedState.Unexpected : ListedState.Foreign;
    }

    private static bool IsOurs(Table table, string chain) => Skeleton.OwnerOf(chain, "") is not null || Skeleton.Shared.Any(shared => shared.Table == table && shared.Name == chain);

    private List<string> Lines(ChainId id) => Saved(id.Family).Rules(id.Table, id.Name) ?? [];

    private ListedRule There(ChainId id, int place, ListedState state)
    {
        var counts = Saved(id.Family).Counts(id.Table, id.Name);
        return new ListedRule(Lines(id)[place], state)
        {
            Count = place < counts.Count ? counts[place] : null,
            Handle = kernel.Handles.TryGetValue(id, out var handles) && place < handles.Count ? handles[place] : null,
        };
    }

    private ListedChain Listed(ChainId id, ListedState state, IEnumerable<ListedRule> rules)
    {
        var table = new ListedTable(ListedProgram.Iptables, id.Family == IpFamily.V4 ? "ip" : "ip6", TableEdit.Name(id.Table));
        var policy = Saved(id.Family).PolicyOf(id.Table, id.Name);
        return new ListedChain(table, id.Name, ListedKind.Chain, state, [.. rules]) { Declaration = policy is null ? "" : $"policy {policy}" };
    }
}
