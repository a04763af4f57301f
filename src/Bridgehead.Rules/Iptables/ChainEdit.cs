using System.Runtime.InteropServices;

namespace Bridgehead.Rules.Iptables;

/// <summary>The least that turns one chain's lines into others, as iptables-restore commands.</summary>
internal static class ChainEdit
{
    /// <summary>
    /// The commands. When most of the chain changes it is emptied and written again, which <paramref name="rewrite"/> tells: the caller then announces the chain with a
    /// colon line, which empties it in the same commit.
    /// </summary>
    public static List<string> Between(string chain, List<string> before, List<string> after, out bool rewrite)
    {
        rewrite = false;
        var head = CollectionsMarshal.AsSpan(before).CommonPrefixLength(CollectionsMarshal.AsSpan(after));
        var tail = 0;
        while (tail < before.Count - head && tail < after.Count - head && before[before.Count - 1 - tail] == after[after.Count - 1 - tail])
        {
            tail++;
        }

        var removed = before.Count - head - tail;
        var added = after.Count - head - tail;
        if (removed + added > after.Count || !Unmistakable(before, head, removed))
        {
            rewrite = true;
            return [.. after.Select(line => $"-A {chain} {line}")];
        }

        var commands = new List<string>(removed + added);
        for (var i = head; i < head + removed; i++)
        {
            commands.Add($"-D {chain} {before[i]}");
        }

        for (var i = 0; i < added; i++)
        {
            commands.Add(tail == 0 ? $"-A {chain} {after[head + i]}" : $"-I {chain} {head + i + 1} {after[head + i]}");
        }

        return commands;
    }

    /// <summary>A deletion takes the first line that reads like it: with a copy higher up, the wrong one would go, and the order would no longer be the one we believe in.</summary>
    private static bool Unmistakable(IReadOnlyList<string> before, int head, int removed)
    {
        if (removed == 0)
        {
            return true;
        }

        var above = before.Take(head).ToHashSet(StringComparer.Ordinal);
        return before.Skip(head).Take(removed).All(line => !above.Contains(line));
    }
}
