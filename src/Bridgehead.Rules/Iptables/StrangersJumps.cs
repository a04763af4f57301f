namespace Bridgehead.Rules.Iptables;

/// <summary>
/// Rules that lead into a worker's chain from chains that are not its own. They decide whether a chain can be deleted: the kernel refuses while a rule leads there,
/// and refuses everything else of the same commit with it.
/// </summary>
internal static class StrangersJumps
{
    /// <summary>
    /// Adds the commands that take out jumps of ours to chains that go away: a plain jump in a built-in or shared chain is one, left by a life with other chains. Returns the
    /// chains that a stranger's rule still uses; these are emptied and stay, since the stranger's rule is not ours to touch.
    /// </summary>
    public static HashSet<string> DropOurs(Table table, SavedRules saved, FamilyState state, IReadOnlyCollection<ChainId> removed, List<string> commands)
    {
        var going = removed.Select(chain => chain.Name).ToHashSet(StringComparer.Ordinal);
        var held = new HashSet<string>(StringComparer.Ordinal);
        if (going.Count == 0)
        {
            return held;
        }

        // Chains of ours are left out: this very commit makes them what is wanted, or empties them.
        var ours = state.Observed.Keys.Where(chain => chain.Table == table).Select(chain => chain.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var chain in saved.Chains(table).Where(chain => !ours.Contains(chain)))
        {
            foreach (var rule in saved.Rules(table, chain)!)
            {
                if (TargetOf(rule) is not { } target || !going.Contains(target))
                {
                    continue;
                }

                if (rule == $"-j {target}" && Skeleton.IsCommon(table, chain))
                {
                    commands.Add($"-D {chain} {rule}");
                }
                else
                {
                    held.Add(target);
                }
            }
        }

        return held;
    }

    /// <summary>The chain or target that the rule leads to.</summary>
    public static string? TargetOf(string rule)
    {
        var words = rule.Split(' ');
        var at = Array.FindLastIndex(words, word => word is "-j" or "-g");
        return at >= 0 && at + 1 < words.Length ? words[at + 1] : null;
    }
}
