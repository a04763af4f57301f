using System.Globalization;
using System.Text;

namespace Bridgehead.Model;

/// <summary>
/// Text of strangers made harmless for a terminal: names and descriptions come from other tenants, and an escape sequence in one could rewrite the
/// screen of whoever lists it.
/// </summary>
public static class SafeText
{
    /// <summary>One line: every control and direction character is spelt out.</summary>
    public static string Line(string text) => text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 ? text : Spelt(text, keepLines: false);

    /// <summary>Several lines: line ends and tabs stay.</summary>
    public static string Lines(string text) => Spelt(text.Replace("\r\n", "\n", StringComparison.Ordinal), keepLines: true);

    /// <summary>How many columns the text takes: East Asian characters and emoji take two, combining marks none.</summary>
    public static int Width(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
        {
            return text.Length;
        }

        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Width(rune);
        }

        return width;
    }

    private static string Spelt(string text, bool keepLines)
    {
        var safe = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsHostile(rune) || (keepLines && rune.Value is '\n' or '\t'))
            {
                safe.Append(rune);
                continue;
            }

            _ = rune.Value switch
            {
                '\n' => safe.Append("\\n"),
                '\r' => safe.Append("\\r"),
                '\t' => safe.Append("\\t"),
                < 0x100 => safe.Append($"\\x{rune.Value:x2}"),
                < 0x10000 => safe.Append($"\\u{rune.Value:x4}"),
                _ => safe.Append($"\\U{rune.Value:x8}"),
            };
        }

        return safe.ToString();
    }

    /// <summary>Format characters turn the writing direction or hide text, so they are no better than controls.</summary>
    private static bool IsHostile(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static int Width(Rune rune)
    {
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
        {
            return 0;
        }

        return rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3)
            or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6)
            or (>= 0x1F300 and <= 0x1F64F) or (>= 0x1F900 and <= 0x1F9FF) or (>= 0x20000 and <= 0x3FFFD) ? 2 : 1;
    }
}
