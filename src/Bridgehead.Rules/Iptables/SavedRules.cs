namespace Bridgehead.Rules.Iptables;

/// <summary>
/// What iptables-save printed of one family: tables, their chains, and each chain's rules as text without <c>-A chain</c> and counters. With its option <c>-c</c> the counters are known too.
/// </summary>
public sealed class SavedRules
{
    private readonly Dictionary<(Table, string), List<string>> _chains = [];
    private readonly Dictionary<(Table, string), List<RuleCount?>> _counts = [];
    private readonly Dictionary<(Table, string), string> _policies = [];

    public static SavedRules Parse(string text)
    {
        var saved = new SavedRules();
        Table? table = null;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith('*'))
            {
                table = TableOf(line[1..].Trim());
            }
            else if (table is { } current)
            {
                saved.Take(current, line);
            }
        }

        return saved;
    }

    public IEnumerable<string> Chains(Table table) => _chains.Keys.Where(key => key.Item1 == table).Select(key => key.Item2);

    /// <summary>The chain's rules; null when there is no such chain.</summary>
    public List<string>? Rules(Table table, string chain) => _chains.GetValueOrDefault((table, chain));

    /// <summary>What the chain's rules have counted, in their order; null for one that was printed without.</summary>
    public IReadOnlyList<RuleCount?> Counts(Table table, string chain) => _counts.GetValueOrDefault((table, chain)) ?? [];

    /// <summary>ACCEPT or DROP for a built-in chain; null for others.</summary>
    public string? PolicyOf(Table table, string chain) => _policies.GetValueOrDefault((table, chain));

    private static Table? TableOf(string name) => name switch
    {
        "filter" => Table.Filter,
        "nat" => Table.Nat,
        "mangle" => Table.Mangle,
        _ => null,
    };

    private void Take(Table table, string line)
    {
        if (line.StartsWith(':'))
        {
            var words = line[1..].Split(' ');
            _chains.TryAdd((table, words[0]), []);
            if (words is [_, not "-", ..])
            {
                _policies[(table, words[0])] = words[1];
            }

            return;
        }

        var rule = Split(line, out var count);
        if (!rule.StartsWith("-A ", StringComparison.Ordinal))
        {
            return;
        }

        var space = rule.IndexOf(' ', 3);
        var chain = space < 0 ? rule[3..] : rule[3..space];
        if (!_chains.TryGetValue((table, chain), out var rules))
        {
            _chains.Add((table, chain), rules = []);
        }

        if (!_counts.TryGetValue((table, chain), out var counts))
        {
            _counts.Add((table, chain), counts = []);
        }

        rules.Add(space < 0 ? "" : rule[(space + 1)..]);
        counts.Add(count);
    }

    /// <summary><c>[packets:bytes] -A ...</c>, or without counters.</summary>
    private static string Split(string line, out RuleCount? count)
    {
        count = null;
        var end = line.StartsWith('[') ? line.IndexOf("] ", StringComparison.Ordinal) : -1;
        if (end < 0)
        {
            return line;
        }

        var numbers = line[1..end].Split(':');
        if (numbers.Length == 2 && ulong.TryParse(numbers[0], out var packets) && ulong.TryParse(numbers[1], out var bytes))
        {
            count = new RuleCount(packets, bytes);
        }

        return line[(end + 2)..];
    }
}
