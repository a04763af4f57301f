namespace Bridgehead.Rules.Iptables;

/// <summary>What somebody else did to a worker's chains, in sentences, from the iptables-restore text that undoes it.</summary>
public static class IptablesDrift
{
    /// <summary>One sentence for each line of <paramref name="repair"/> that is not in <paramref name="wanted"/>, which is to be changed anyway.</summary>
    public static IEnumerable<string> Describe(string repair, string wanted)
    {
        var known = wanted.Split('\n').ToHashSet(StringComparer.Ordinal);
        var table = "";
        var gone = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in repair.Split('\n'))
        {
            if (line.StartsWith('*'))
            {
                table = line[1..];
            }
            else if (!known.Contains(line) && !IsIn(gone, line) && SentenceOf(table, line) is { } sentence)
            {
                yield return sentence;
                if (line.StartsWith(':'))
                {
                    gone.Add(line[1..line.IndexOf(' ', StringComparison.Ordinal)]);
                }
            }
        }
    }

    /// <summary>A chain that was gone says it for its rules.</summary>
    private static bool IsIn(HashSet<string> chains, string line) => line.Split(' ', 3) is ["-A", var chain, ..] && chains.Contains(chain);

    private static string? SentenceOf(string table, string line)
    {
        var words = line.Split(' ', 3);
        return words switch
        {
            [['-', 'N'], var chain, ..] => $"chain {chain} of table {table} was gone",
            [['-', 'A'], var chain, var rule] => $"rule \"{rule}\" of chain {chain} in table {table} was gone or out of place",
            [['-', 'I'], var chain, var rule] => $"rule \"{rule[(rule.IndexOf(' ', StringComparison.Ordinal) + 1)..]}\" of chain {chain} in table {table} was gone or out of place",
            [['-', 'D'], var chain, var rule] => $"chain {chain} of table {table} had rule \"{rule}\"",
            [['-', 'X'], var chain, ..] => $"table {table} had chain {chain}, which is not wanted",
            [[':', .. var chain], ..] => $"chain {chain} of table {table} was gone, or had other rules",
            _ => null,
        };
    }
}
