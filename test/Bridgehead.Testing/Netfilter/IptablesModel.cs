using System.Text;
using Bridgehead.Rules.Iptables;

namespace Bridgehead.Testing;

/// <summary>The kernel's refusal, in the program's words.</summary>
public sealed class IptablesRefusedException : Exception
{
    public IptablesRefusedException()
    {
    }

    public IptablesRefusedException(string message)
        : base(message)
    {
    }

    public IptablesRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// The tables of one family, as <c>iptables-restore --noflush</c> changes them and <c>iptables-save</c> prints them. Behaves as both variants of iptables 1.8.9 were seen to: a table is
/// committed at its COMMIT line and stays so when a later table is refused; a refused line undoes its own table only.
/// </summary>
public sealed class IptablesModel(IpFamily family)
{
    private static readonly Dictionary<string, string[]> BuiltIn = new(StringComparer.Ordinal)
    {
        ["filter"] = ["INPUT", "FORWARD", "OUTPUT"],
        ["nat"] = ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
        ["mangle"] = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
    };

    private readonly SortedDictionary<string, IptablesTable> _tables = new(Comparer<string>.Create((a, b) => Rank(a).CompareTo(Rank(b))));

    /// <summary>A table's rules of a chain with their counters, for tests that look at one chain; null when there is no such chain.</summary>
    public IReadOnlyList<string>? Chain(string table, string chain) =>
        _tables.TryGetValue(table, out var found) && found.Chains.TryGetValue(chain, out var rules) ? [.. rules.Select(rule => rule.Text)] : null;

    /// <summary>Makes the state what an iptables-save text says, counters included.</summary>
    public static IptablesModel Load(IpFamily family, string saved)
    {
        var model = new IptablesModel(family);
        model.Restore(saved);
        return model;
    }

    /// <summary>Applies the text. <paramref name="tables"/>: the program is killed after that many commits.</summary>
    public void Restore(string input, int tables = int.MaxValue)
    {
        IptablesTable? open = null;
        var (name, number, committed) = ("", 0, 0);
        foreach (var line in input.Split('\n'))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line[0] == '*' && open is null)
            {
                if (committed == tables)
                {
                    return;
                }

                name = line[1..];
                open = Begin(name, number);
            }
            else if (line == "COMMIT" && open is not null)
            {
                (_tables[name], open) = (open, null);
                committed++;
            }
            else
            {
                (open ?? throw new IptablesRefusedException($"line {number} failed: no table")).Run(line, number);
            }
        }

        if (open is not null)
        {
            throw new IptablesRefusedException($"COMMIT expected at line {number}");
        }
    }

    /// <summary>As <c>iptables-save</c>, or with <c>-c</c>. Without the comment lines, which carry a date.</summary>
    public string Save(bool counters = false)
    {
        var text = new StringBuilder();
        foreach (var (name, table) in _tables)
        {
            text.Append('*').Append(name).Append('\n');
            table.Print(text, counters);
            text.Append("COMMIT\n");
        }

        return text.ToString();
    }

    private static int Rank(string table) => Array.IndexOf(["filter", "nat", "mangle"], table);

    private IptablesTable Begin(string name, int number) => _tables.TryGetValue(name, out var there)
        ? there.Copy()
        : BuiltIn.TryGetValue(name, out var chains) ? new IptablesTable(family, name, chains) : throw new IptablesRefusedException($"line {number} table name '{name}' invalid");
}
