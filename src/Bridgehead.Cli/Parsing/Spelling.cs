using System.Text.RegularExpressions;

namespace Bridgehead.Cli;

/// <summary>
/// Settles what an option-like token is before System.CommandLine sees it. That library takes any dashed token it does not know as an argument, which is
/// what <c>secgroup-add-rule default icmp -1 -1 0.0.0.0/0</c> needs, but it would also take a misspelt option for a server's name. It also knows neither
/// underscores for dashes (<c>--user_data</c>) nor unambiguous beginnings (<c>--sec</c>), which people type.
/// </summary>
internal static partial class Spelling
{
    public static List<string> Settle(IReadOnlyList<string> tokens, IReadOnlyList<Parameter> parameters)
    {
        var names = parameters.Where(p => p.IsOption).SelectMany(p => p.Aliases.Append(p.Name)).ToList();
        var settled = new List<string>(tokens.Count);
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i] == "--")
            {
                settled.AddRange(tokens.Skip(i));
                break;
            }

            settled.Add(IsOption(tokens[i]) ? Settle(tokens[i], names) : tokens[i]);
        }

        return settled;
    }

    /// <summary>The option a token names, or null.</summary>
    public static string? Find(string token, IReadOnlyList<string> names)
    {
        if (names.Contains(token, StringComparer.Ordinal))
        {
            return token;
        }

        var dashed = token.Replace('_', '-');
        if (names.Contains(dashed, StringComparer.Ordinal))
        {
            return dashed;
        }

        var begun = dashed.StartsWith("--", StringComparison.Ordinal) ? names.Where(name => name.StartsWith(dashed, StringComparison.Ordinal)).ToList() : [];
        return begun.Count > 1 ? throw new UsageException($"ambiguous option: {token} could match {string.Join(", ", begun.Order(StringComparer.Ordinal))}") : begun.FirstOrDefault();
    }

    /// <summary>A lone dash, a negative number and text with a blank are arguments.</summary>
    public static bool IsOption(string token) => token.Length > 1 && token[0] == '-' && !token.Contains(' ', StringComparison.Ordinal) && !Number().IsMatch(token);

    private static string Settle(string token, List<string> names)
    {
        var (name, rest) = Split(token);
        return (Find(name, names) ?? throw new UsageException($"unrecognized arguments: {token}")) + rest;
    }

    public static (string Name, string Value) Split(string token)
    {
        var at = token.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? (token, "") : (token[..at], token[at..]);
    }

    [GeneratedRegex(@"^-\d+$|^-\d*\.\d+$", RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
