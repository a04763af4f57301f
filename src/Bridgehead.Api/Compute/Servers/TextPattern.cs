using System.Text;
using System.Text.RegularExpressions;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>
/// A pattern of a stranger's. nova takes regular expressions; most that people send are plain text with or without anchors, which the database looks for. Whatever is more is matched without
/// backtracking, so that no pattern costs more than a pass over the text.
/// </summary>
internal static class TextPattern
{
    private const int Longest = 255;

    /// <summary>What one match may take: an automaton is built as it runs, and a pattern may ask for a large one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    /// <summary>Null when there is none.</summary>
    public static Outcome<TextMatch?> Read(string name, string? text) => Read(name, text, dots: false);

    /// <summary>As the other; a dot stands for itself, as everybody means it in an address.</summary>
    public static Outcome<TextMatch?> ReadAddress(string name, string? text) => Read(name, text, dots: true);

    private static Outcome<TextMatch?> Read(string name, string? text, bool dots)
    {
        if (string.IsNullOrEmpty(text))
        {
            return (TextMatch?)null;
        }

        if (text.Length > Longest)
        {
            return Problem.Bad($"Invalid input for query parameter {name}: a pattern has at most {Longest} characters.");
        }

        return Plain(text, dots) is { } plain ? plain : Expression(name, text);
    }

    /// <summary>The text that the pattern says, when it says no more than that.</summary>
    private static TextMatch? Plain(string text, bool dots)
    {
        var (start, end) = (text[0] == '^', text.Length > 1 && text[^1] == '$' && text[^2] != '\\');
        var inner = text[(start ? 1 : 0)..(end ? ^1 : ^0)];
        var piece = new StringBuilder();
        for (var i = 0; i < inner.Length; i++)
        {
            var c = inner[i];
            if (c == '\\' && i + 1 < inner.Length && !char.IsLetterOrDigit(inner[i + 1]))
            {
                piece.Append(inner[++i]);
            }
            else if (c is '\\' or '^' or '$' or '|' or '?' or '*' or '+' or '(' or ')' or '[' or ']' or '{' or '}' || (c == '.' && !dots))
            {
                return null;
            }
            else
            {
                piece.Append(c);
            }
        }

        return TextMatch.Plain(dots ? Canonical($"{piece}", start && end) : $"{piece}", start, end);
    }

    /// <summary>Addresses are kept in one spelling; a whole one that is asked for in another is the same.</summary>
    private static string Canonical(string piece, bool whole) => whole && Ip.TryParse(piece, out var address) ? $"{address}" : piece.ToLowerInvariant();

    private static Outcome<TextMatch?> Expression(string name, string text)
    {
        try
        {
            var regex = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Patience);
            return TextMatch.Pattern(regex.IsMatch);
        }
        catch (Exception problem) when (problem is ArgumentException or NotSupportedException)
        {
            return Problem.Bad($"Invalid input for query parameter {name}: '{text}' is not a pattern that can be looked for.");
        }
    }
}
