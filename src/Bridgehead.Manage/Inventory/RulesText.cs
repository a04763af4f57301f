using System.Text;
using Bridgehead.Model;
using Bridgehead.Rules.Inventory;

namespace Bridgehead.Manage;

/// <summary>
/// The listing for people: chains as headings, and a line for each rule with what it counted. A reason stands beside its rule where the terminal is wide enough for both, else below it. Without a terminal
/// each rule is one line.
/// </summary>
/// <param name="cloud">Names.</param>
/// <param name="shown">What is printed.</param>
/// <param name="whole">What it is a part of, which the last lines sum up.</param>
/// <param name="filter">What was asked for.</param>
internal sealed class RulesText(CloudView cloud, Listing shown, Listing whole, RulesFilter filter)
{
    /// <summary>So many rules of others in a row are told one by one.</summary>
    private const int MostForeign = 3;
    private const int Narrowest = 40;

    private readonly StringBuilder _text = new();

    /// <param name="columns">The terminal's; null for none.</param>
    public string Of(int? columns)
    {
        var layout = new RuleLines(columns is { } some ? Math.Max(some, Narrowest) : null, shown.Chains.SelectMany(chain => chain.Rules));
        if (shown.Chains.Count > 0)
        {
            _text.Append(layout.Header).Append('\n');
        }

        foreach (var table in shown.Chains.GroupBy(chain => chain.Table))
        {
            Tell(table.Key, [.. table], layout);
        }

        foreach (var line in Summary().SelectMany(line => TextWrap.Lines(line, layout.Columns)))
        {
            _text.Append(line).Append('\n');
        }

        return _text.ToString();
    }

    private void Tell(ListedTable table, IReadOnlyList<ListedChain> chains, RuleLines layout)
    {
        var empty = chains.Where(chain => chain.Rules.Count == 0 && chain.State is ListedState.Kept or ListedState.Foreign && chain.Declaration is not "policy DROP").ToHashSet();
        foreach (var chain in chains.Where(chain => !empty.Contains(chain)))
        {
            _text.AppendJoin("", TextWrap.Lines(Heading(table, chain), layout.Columns).Select(line => $"{line}\n"));
            foreach (var line in layout.Of([.. Rows(chain)]))
            {
                _text.Append(line).Append('\n');
            }

            _text.Append('\n');
        }

        if (empty.Count > 0)
        {
            _text.AppendJoin("", TextWrap.Lines($"{table}, empty: {string.Join(", ", empty.Select(chain => chain.Name))}", layout.Columns, indent: 2).Select(line => $"{line}\n")).Append('\n');
        }
    }

    private string Heading(ListedTable table, ListedChain chain)
    {
        var kind = chain.Kind.ToString().ToLowerInvariant();
        var purpose = Purpose.Of(cloud, chain);
        return SafeText.Line($"{RuleLines.MarkOf(chain.State)} {table}, {kind} {chain.Name}{(chain.Declaration.Length > 0 ? $" ({chain.Declaration})" : "")}{(purpose is null ? "" : $": {purpose}")}{StateOf(chain)}".TrimStart());
    }

    private static string StateOf(ListedChain chain) => chain.State switch
    {
        ListedState.Missing => $", which is not there",
        ListedState.Unexpected => $", which is not desired",
        ListedState.Altered => $", which is declared otherwise in the kernel",
        ListedState.Foreign => ", of others",
        _ => "",
    };

    /// <summary>Other people's rules between ours are told where they stand; many in a row are one line.</summary>
    private IEnumerable<RuleRow> Rows(ListedChain chain)
    {
        var foreign = new List<ListedRule>();
        foreach (var rule in chain.Rules)
        {
            if (rule.State == ListedState.Foreign && !filter.All && chain.State != ListedState.Foreign)
            {
                foreign.Add(rule);
                continue;
            }

            foreach (var row in Folded(foreign))
            {
                yield return row;
            }

            yield return RowOf(rule);
        }

        foreach (var row in Folded(foreign))
        {
            yield return row;
        }
    }

    private List<RuleRow> Folded(List<ListedRule> foreign)
    {
        List<RuleRow> rows = foreign.Count > MostForeign ? [new RuleRow(ListedState.Foreign, null, "", $"{foreign.Count} rules of others: --all shows them")] : [.. foreign.Select(RowOf)];
        foreign.Clear();
        return rows;
    }

    private RuleRow RowOf(ListedRule rule) => new(rule.State, rule.Count, SafeText.Line(rule.Text), SafeText.Line(cloud.WhyOf(rule.GroupRule, rule.Why) ?? ReasonOf(rule.State)));

    private static string ReasonOf(ListedState state) => state switch
    {
        ListedState.Unexpected => "not desired",
        ListedState.Foreign => "somebody else's",
        _ => "",
    };

    private IEnumerable<string> Summary()
    {
        int Count(ListedState state) => whole.Chains.Sum(chain => chain.Rules.Count(rule => rule.State == state) + (chain.State == state && chain.Rules.Count == 0 ? 1 : 0));
        var parts = new List<string>();
        foreach (var (state, word) in new[] { (ListedState.Missing, "missing"), (ListedState.Unexpected, "not desired"), (ListedState.Moved, "out of place") })
        {
            if (Count(state) is > 0 and var count)
            {
                parts.Add($"{count} {word} ({RuleLines.MarkOf(state)})");
            }
        }

        var altered = whole.Chains.Count(chain => chain.State == ListedState.Altered);
        if (altered > 0)
        {
            parts.Add($"{altered} declared otherwise ({RuleLines.MarkOf(ListedState.Altered)})");
        }

        var words = filter.Words.Length == 0 ? "" : $" {SafeText.Line(filter.Words)}";
        var rules = whole.Chains.Where(chain => chain.Kind == ListedKind.Chain).Sum(chain => chain.Rules.Count(rule => rule.State == ListedState.Kept));
        var elements = whole.Chains.Where(chain => chain.Kind != ListedKind.Chain).Sum(chain => chain.Rules.Count(rule => rule.State == ListedState.Kept));
        var kept = $"{Counted(rules, "rule")}{(elements > 0 ? $" and {Counted(elements, "element")}" : "")}";
        yield return whole.Differs ? $"The kernel differs from what is desired{words}: {string.Join(", ", parts)}. As desired: {kept}." : $"The kernel holds what is desired{words}: {kept}.";
        if (whole.Differs)
        {
            yield return "A daemon that runs restores what is its own at once, one that does not when it starts.";
        }

        foreach (var remark in Remarks())
        {
            yield return remark;
        }
    }

    private static string Counted(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private IEnumerable<string> Remarks()
    {
        if (filter.Remark is { } remark)
        {
            yield return SafeText.Line(remark);
        }

        if (whole.Workers.Count == 0)
        {
            yield return "No daemon of this host has reported yet, so nothing is desired of it.";
        }

        if (shown.Chains.Any(chain => chain.State != ListedState.Foreign && chain.Rules.Any(rule => rule.State == ListedState.Foreign)))
        {
            yield return "? marks other people's rules, which are left as they are.";
        }

        if (whole.OtherTables.Count > 0)
        {
            yield return SafeText.Line($"Packets also pass tables of others, which are not looked into ('nft list ruleset' shows them): {string.Join(", ", whole.OtherTables)}.");
        }
    }
}
