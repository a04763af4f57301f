namespace Bridgehead.Rules.Iptables;

/// <summary>
/// Puts a worker's jumps into chains that are not its own, whatever else stands there: each exactly once, ours in a fixed order among ours, above rules of strangers
/// when it has to be put in, and left where it is when the order is right.
/// </summary>
internal sealed class JumpPlacement(string worker)
{
    /// <summary>Commands for one chain; <paramref name="rules"/> is edited along. Empty when all is in place.</summary>
    public List<string> Place(Table table, string chain, List<string> rules)
    {
        var commands = new List<string>();
        foreach (var jump in Wanted(table, chain))
        {
            PlaceOne(chain, jump, Order(table, chain), rules, commands);
        }

        return commands;
    }

    private void PlaceOne(string chain, string jump, Func<string, int?> order, List<string> rules, List<string> commands)
    {
        var mine = order(jump)!.Value;
        var copies = rules.Count(rule => rule == jump);
        if (copies == 1 && InOrder(rules, jump, mine, order))
        {
            return;
        }

        for (var i = 0; i < copies; i++)
        {
            rules.Remove(jump);
            commands.Add($"-D {chain} {jump}");
        }

        var at = rules.FindLastIndex(rule => order(rule) is { } other && other < mine) + 1;
        rules.Insert(at, jump);
        commands.Add($"-I {chain} {at + 1} {jump}");
    }

    private static bool InOrder(List<string> rules, string jump, int mine, Func<string, int?> order)
    {
        var at = rules.IndexOf(jump);
        return !rules.Take(at).Any(rule => order(rule) > mine) && !rules.Skip(at + 1).Any(rule => order(rule) < mine) && (mine > 0 || at == 0);
    }

    /// <summary>The worker's jumps in the chain, and those to chains that all share.</summary>
    public IEnumerable<string> Wanted(Table table, string chain)
    {
        foreach (var shared in Skeleton.Shared.Where(s => s.Table == table && s.From.Contains(chain)))
        {
            yield return $"-j {shared.Name}";
        }

        foreach (var jump in Skeleton.Jumps.Where(j => j.Table == table && j.From == chain))
        {
            yield return $"-j {worker}-{jump.Target}";
        }
    }

    /// <summary>The place of a nova line in the chain; null for a stranger's. 0 is nova-filter-top, which must be the chain's very first rule.</summary>
    private Func<string, int?> Order(Table table, string chain)
    {
        var order = new Dictionary<string, int>(StringComparer.Ordinal);
        var workers = Skeleton.Workers.Append(worker).Distinct().ToList();
        foreach (var target in Skeleton.Jumps.Where(j => j.Table == table && j.From == chain).Select(j => j.Target))
        {
            foreach (var (name, i) in workers.OrderBy(Skeleton.Rank).ThenBy(name => name, StringComparer.Ordinal).Select((name, i) => (name, i)))
            {
                order[$"-j {name}-{target}"] = i + 1;
            }
        }

        foreach (var shared in Skeleton.Shared.Where(s => s.Table == table && s.From.Contains(chain)))
        {
            order[$"-j {shared.Name}"] = shared.First ? 0 : int.MaxValue;
        }

        return rule => order.TryGetValue(rule, out var place) ? place : null;
    }
}
