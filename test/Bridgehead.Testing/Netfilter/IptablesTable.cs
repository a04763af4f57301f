using System.Text;
using Bridgehead.Rules.Iptables;

namespace Bridgehead.Testing;

/// <summary>A rule without <c>-A chain</c>, and its counters as <c>[packets:bytes]</c>.</summary>
internal sealed record SavedRule(string Text, string Counters);

/// <summary>One table: built-in chains in the kernel's order, others by name.</summary>
internal sealed class IptablesTable(IpFamily family, string name, IReadOnlyList<string> builtIn)
{
    private const string Zero = "[0:0]";
    private readonly Dictionary<string, string> _policies = builtIn.ToDictionary(chain => chain, _ => $"ACCEPT {Zero}", StringComparer.Ordinal);

    public Dictionary<string, List<SavedRule>> Chains { get; } = builtIn.ToDictionary(chain => chain, _ => new List<SavedRule>(), StringComparer.Ordinal);

    public IptablesTable Copy()
    {
        var copy = new IptablesTable(family, name, builtIn);
        foreach (var (chain, policy) in _policies)
        {
            copy._policies[chain] = policy;
        }

        foreach (var (chain, rules) in Chains)
        {
            copy.Chains[chain] = [.. rules];
        }

        return copy;
    }

    public void Print(StringBuilder text, bool counters)
    {
        var chains = builtIn.Concat(Chains.Keys.Except(builtIn).Order(StringComparer.Ordinal)).ToList();
        foreach (var chain in chains)
        {
            text.Append(':').Append(chain).Append(' ').Append(_policies.GetValueOrDefault(chain, $"- {Zero}")).Append('\n');
        }

        foreach (var chain in chains)
        {
            foreach (var rule in Chains[chain])
            {
                text.Append(counters ? rule.Counters + " " : "").Append("-A ").Append(chain).Append(rule.Text.Length > 0 ? " " : "").Append(rule.Text).Append('\n');
            }
        }
    }

    /// <summary>A line between <c>*table</c> and COMMIT.</summary>
    public void Run(string line, int number)
    {
        if (line[0] == ':')
        {
            Announce(line[1..].Split(' '), number);
            return;
        }

        var counters = Zero;
        if (line[0] == '[')
        {
            (counters, line) = (line[..(line.IndexOf(']', StringComparison.Ordinal) + 1)], line[(line.IndexOf(']', StringComparison.Ordinal) + 2)..]);
        }

        var words = line.Split(' ', 3);
        var (verb, chain, rest) = (words[0], words.ElementAtOrDefault(1) ?? "", words.ElementAtOrDefault(2) ?? "");
        switch (verb)
        {
            case "-A":
                Of(chain, number).Add(Checked(rest, counters, number));
                break;
            case "-I":
                Insert(chain, rest, counters, number);
                break;
            case "-D":
                Delete(chain, rest, number);
                break;
            case "-N":
                Create(chain, number);
                break;
            case "-F":
                Of(chain, number).Clear();
                break;
            case "-X":
                Remove(chain, number);
                break;
            default:
                throw Refused(number, $"unknown command '{verb}'");
        }
    }

    private static IptablesRefusedException Refused(int number, string why) => new($"line {number} failed: {why}");

    private List<SavedRule> Of(string chain, int number) =>
        Chains.TryGetValue(chain, out var rules) ? rules : throw Refused(number, $"No chain/target/match by that name. ({chain})");

    private SavedRule Checked(string rule, string counters, int number)
    {
        IptablesWords.Check(family, name, rule, Chains.ContainsKey, why => Refused(number, why));
        return new SavedRule(rule, counters);
    }

    /// <summary>A built-in chain gets the policy; a chain of users is made, or emptied.</summary>
    private void Announce(string[] words, int number)
    {
        if (words.Length != 3)
        {
            throw Refused(number, "bad chain line");
        }

        if (_policies.ContainsKey(words[0]))
        {
            _policies[words[0]] = $"{words[1]} {words[2]}";
            return;
        }

        if (words[1] != "-")
        {
            throw Refused(number, $"a user's chain has no policy ({words[0]})");
        }

        CheckName(words[0], number);
        Chains[words[0]] = [];
    }

    private void Create(string chain, int number)
    {
        CheckName(chain, number);
        if (!Chains.TryAdd(chain, []))
        {
            throw Refused(number, "Chain already exists.");
        }
    }

    private static void CheckName(string chain, int number)
    {
        if (chain.Length is 0 or > 28)
        {
            throw Refused(number, $"chain name '{chain}' too long (must be under 29 chars)");
        }
    }

    private void Insert(string chain, string rest, string counters, int number)
    {
        var rules = Of(chain, number);
        var space = rest.IndexOf(' ', StringComparison.Ordinal);
        var at = 1;
        if (space > 0 && int.TryParse(rest[..space], out var given))
        {
            (at, rest) = (given, rest[(space + 1)..]);
        }

        if (at < 1 || at > rules.Count + 1)
        {
            throw Refused(number, "Index of insertion too big.");
        }

        rules.Insert(at - 1, Checked(rest, counters, number));
    }

    private void Delete(string chain, string rest, int number)
    {
        var rules = Of(chain, number);
        var at = int.TryParse(rest, out var given) ? given - 1 : rules.FindIndex(rule => rule.Text == rest);
        if (at < 0 || at >= rules.Count)
        {
            throw Refused(number, "Bad rule (does a matching rule exist in that chain?).");
        }

        rules.RemoveAt(at);
    }

    private void Remove(string chain, int number)
    {
        if (Of(chain, number).Count > 0 || _policies.ContainsKey(chain) || Chains.Values.SelectMany(rules => rules).Any(rule => IptablesWords.TargetOf(rule.Text) == chain))
        {
            throw Refused(number, $"CHAIN_DEL failed (Device or resource busy): chain {chain}");
        }

        Chains.Remove(chain);
    }
}
