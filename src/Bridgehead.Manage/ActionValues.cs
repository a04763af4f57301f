using System.CommandLine;
using Bridgehead.Model;

namespace Bridgehead.Manage;

/// <summary>The values of an action's parameters: flags by name, the other words by position among the parameters that no flag gave.</summary>
internal static class ActionValues
{
    public static Outcome<IReadOnlyDictionary<string, string>> Of(ManageAction action, ParseResult parse)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (action.AnyWords)
        {
            return values;
        }

        foreach (var parameter in action.Parameters)
        {
            if (parameter.Boolean ? parse.GetValue<bool>(parameter.Flag) : parse.GetValue<string?>(parameter.Flag) is not null)
            {
                values[parameter.Name] = parameter.Boolean ? "true" : parse.GetValue<string?>(parameter.Flag)!;
            }
        }

        var open = new Queue<Parameter>(action.Parameters.Where(p => !p.Boolean && !values.ContainsKey(p.Name)));
        foreach (var word in Words(parse))
        {
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                return Problem.Bad($"There is no flag {word.Split('=')[0]}.");
            }

            if (!open.TryDequeue(out var parameter))
            {
                return Problem.Bad($"'{word}' is one value too many.");
            }

            values[parameter.Name] = word;
        }

        return action.Parameters.FirstOrDefault(p => p.Required && !values.ContainsKey(p.Name)) is { } missing ? Problem.Bad($"{missing.Flag} is missing.") : values;
    }

    /// <summary>The words that are not flags.</summary>
    public static IReadOnlyList<string> Words(ParseResult parse) =>
        parse.CommandResult.Command.Arguments.Count > 0 ? parse.GetValue<string[]>(CommandTree.WordsName) ?? [] : [];
}
