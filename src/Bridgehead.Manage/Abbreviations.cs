using Bridgehead.Model;

namespace Bridgehead.Manage;

/// <summary>Completes shortened categories and actions, and spells flags with underscores, as nova's are.</summary>
internal static class Abbreviations
{
    /// <summary>The problem lists the candidates of an ambiguous word. An unknown word is left for the parser to refuse.</summary>
    public static Outcome<string[]> Expand(string[] arguments)
    {
        var words = arguments.Select(Snake).ToArray();
        if (words.Length == 0 || words[0].StartsWith('-'))
        {
            return words is ["--version", ..] ? ["version"] : words;
        }

        var names = Categories.All.SelectMany(c => c.Alias is null ? [c.Name] : new[] { c.Name, c.Alias }).Concat(Categories.Alone.Select(a => a.Name));
        if (!Complete(words[0], [.. names]).Succeeded(out var first, out var problem))
        {
            return problem;
        }

        words[0] = first;
        if (words.Length > 1 && Categories.Find(first) is { } category)
        {
            if (!Complete(words[1], [.. category.Actions.Select(a => a.Name)]).Succeeded(out var second, out problem))
            {
                return problem;
            }

            words[1] = second;
        }

        return words;
    }

    private static Outcome<string> Complete(string word, IReadOnlyList<string> names)
    {
        var dashed = word.Replace('_', '-');
        var found = names.Where(name => name == dashed).DefaultIfEmpty().ToList() is [{ } exact] ? [exact] : names.Where(name => name.StartsWith(dashed, StringComparison.Ordinal)).ToList();
        return found.Count switch
        {
            0 => word,
            1 => found[0],
            _ => Problem.Bad($"'{word}' may be {string.Join(" or ", found)}."),
        };
    }

    private static string Snake(string argument)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal))
        {
            return argument;
        }

        var end = argument.IndexOf('=', StringComparison.Ordinal);
        end = end < 0 ? argument.Length : end;
        return string.Concat("--", argument[2..end].Replace('-', '_'), argument[end..]);
    }
}
