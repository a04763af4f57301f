using Bridgehead.Model;

namespace Bridgehead.Rules.Iptables;

/// <summary>What a text for iptables-restore would change, rule by rule.</summary>
/// <param name="saved">What the kernel held when the text was made.</param>
/// <param name="why">The reason of a rule of ours, by table, chain and text; null when it is not known.</param>
internal sealed class IptablesChanges(IpFamily family, SavedRules saved, Func<Table, string, string, string?> why)
{
    public IEnumerable<RuleChange> Of(string text)
    {
        var table = Table.Filter;
        var rewritten = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (line.Split(' ', 3))
            {
                case [['*', .. var name]]:
                    table = Enum.GetValues<Table>().Single(known => TableEdit.Name(known) == name);
                    break;
                case [[':', .. var chain], ..]:
                    rewritten[chain] = [];
                    break;
                case ["-A", var chain, var rule] when rewritten.TryGetValue(chain, out var rules):
                    rules.Add(rule);
                    break;
                case var words:
                    foreach (var change in words is ["COMMIT"] ? Rewritten(table, rewritten) : OfCommand(table, words))
                    {
                        yield return change;
                    }

                    break;
            }
        }
    }

    private IEnumerable<RuleChange> OfCommand(Table table, string[] words) => words switch
    {
        ["-N", var chain] => [new(ChangeSign.Comes, PlaceOf(table, chain), "the chain")],
        ["-X", var chain] => [new(ChangeSign.Goes, PlaceOf(table, chain), "the chain")],
        ["-F", var chain] => (saved.Rules(table, chain) ?? []).Select(rule => Change(ChangeSign.Goes, table, chain, rule)),
        ["-D", var chain, var rule] => [Change(ChangeSign.Goes, table, chain, rule)],
        ["-I", var chain, var rule] => [Change(ChangeSign.Comes, table, chain, rule[(rule.IndexOf(' ', StringComparison.Ordinal) + 1)..])],
        ["-A", var chain, var rule] => [Change(ChangeSign.Comes, table, chain, rule)],
        _ => throw new NotSupportedException($"no words for {string.Join(' ', words)}"),
    };

    /// <summary>The chains that the table's part writes anew.</summary>
    private List<RuleChange> Rewritten(Table table, Dictionary<string, List<string>> chains)
    {
        var changes = chains.SelectMany(chain => Rewritten(table, chain.Key, chain.Value)).ToList();
        chains.Clear();
        return changes;
    }

    private IEnumerable<RuleChange> Rewritten(Table table, string chain, List<string> after)
    {
        if (saved.Rules(table, chain) is not { } before)
        {
            return [new RuleChange(ChangeSign.Comes, PlaceOf(table, chain), "the chain"), .. after.Select(rule => Change(ChangeSign.Comes, table, chain, rule))];
        }

        List<RuleChange> changes =
        [
            .. before.Except(after).Select(rule => Change(ChangeSign.Goes, table, chain, rule)),
            .. after.Except(before).Select(rule => Change(ChangeSign.Comes, table, chain, rule)),
        ];
        return changes.Count > 0 ? changes : [new RuleChange(ChangeSign.Changes, PlaceOf(table, chain), "the order of its rules, or a rule that stands in it twice")];
    }

    private RuleChange Change(ChangeSign sign, Table table, string chain, string rule) => new(sign, PlaceOf(table, chain), rule, why(table, chain, rule));

    private string PlaceOf(Table table, string chain) => $"{(family == IpFamily.V4 ? "iptables" : "ip6tables")} -t {TableEdit.Name(table)} {chain}";
}
