using System.Text;

namespace Bridgehead.Rules.Iptables;

/// <summary>
/// The iptables-restore text that takes everything of some workers out of the tables: jumps to their chains, the chains, and the shared chains when no worker uses them any more. Everybody else's lines stay
/// as they are; a chain that a stranger's rule still leads to is emptied and stays.
/// </summary>
public static class Removal
{
    public static string Of(string saved, IReadOnlyCollection<string> workers)
    {
        var (rules, text) = (SavedRules.Parse(saved), new StringBuilder());
        foreach (var table in Enum.GetValues<Table>())
        {
            Write(text, table, rules, workers);
        }

        return text.ToString();
    }

    /// <summary>What the text of <see cref="Of"/> would change.</summary>
    public static IEnumerable<RuleChange> Changes(IpFamily family, string saved, IReadOnlyCollection<string> workers) =>
        new IptablesChanges(family, SavedRules.Parse(saved), (_, _, _) => null).Of(Of(saved, workers));

    private static void Write(StringBuilder text, Table table, SavedRules rules, IReadOnlyCollection<string> workers)
    {
        var own = rules.Chains(table).Where(chain => workers.Any(worker => Skeleton.OwnerOf(chain, worker) == worker)).Order(StringComparer.Ordinal).ToList();
        var shared = Skeleton.Shared.Where(s => s.Table == table && IsFree(rules.Rules(table, s.Name), own)).Select(s => s.Name).ToList();
        List<string> going = [.. own, .. shared];
        if (going.Count == 0)
        {
            return;
        }

        var held = new HashSet<string>(StringComparer.Ordinal);
        var commands = new List<string>();
        foreach (var chain in rules.Chains(table).Where(chain => !going.Contains(chain)))
        {
            foreach (var rule in rules.Rules(table, chain)!)
            {
                if (StrangersJumps.TargetOf(rule) is not { } target || !going.Contains(target))
                {
                    continue;
                }

                if (rule == $"-j {target}" && (Skeleton.IsCommon(table, chain) || Skeleton.Shared.Any(s => s.Table == table && s.From.Contains(chain))))
                {
                    commands.Add($"-D {chain} {rule}");
                }
                else
                {
                    held.Add(target);
                }
            }
        }

        commands.AddRange(going.Where(chain => rules.Rules(table, chain)!.Count > 0).Select(chain => $"-F {chain}"));
        commands.AddRange(going.Where(chain => !held.Contains(chain)).Select(chain => $"-X {chain}"));
        text.Append('*').Append(TableEdit.Name(table)).Append('\n').AppendJoin("", commands.Select(command => command + "\n")).Append("COMMIT\n");
    }

    /// <summary>A shared chain that is there, and holds nothing but jumps to what goes.</summary>
    private static bool IsFree(List<string>? rules, List<string> going) => rules is not null && rules.TrueForAll(rule => going.Exists(chain => rule == $"-j {chain}"));
}
