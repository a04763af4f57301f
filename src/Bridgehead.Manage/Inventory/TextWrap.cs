using Bridgehead.Model;

namespace Bridgehead.Manage;

/// <summary>Breaks text between words.</summary>
internal static class TextWrap
{
    private const int Narrowest = 10;

    /// <summary>Lines of at most this many columns, unless a word is longer; all but the first begin with blanks. No line for an empty text.</summary>
    public static IEnumerable<string> Lines(string text, int? columns, int indent = 0)
    {
        if (columns is not { } limit || SafeText.Width(text) <= limit)
        {
            return text.Length == 0 ? [] : [text];
        }

        return Broken(text, Math.Max(limit, Narrowest), indent);
    }

    private static IEnumerable<string> Broken(string text, int limit, int indent)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Trim().Length > 0 && SafeText.Width(line) + 1 + SafeText.Width(word) > limit)
            {
                yield return line;
                line = new string(' ', indent) + word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        yield return line;
    }
}
