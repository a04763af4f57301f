namespace Bridgehead.Model;

/// <summary>An option in a file, at the 1-based line where it begins.</summary>
internal readonly record struct IniEntry(string Section, string Name, string Value, int Line);

/// <summary>
/// The text of a nova.conf: sections in brackets, <c>name = value</c> or <c>name: value</c>, comments beginning with # or ;, values continued on lines that begin with a blank.
/// Options before the first section belong to <c>DEFAULT</c>. A value may be in quotes.
/// </summary>
internal static class IniText
{
    /// <summary>Entries in their order; a problem is a sentence that begins with the line.</summary>
    public static (List<IniEntry> Entries, List<string> Problems) Parse(string text)
    {
        var (entries, problems, section) = (new List<IniEntry>(), new List<string>(), "DEFAULT");
        var number = 0;
        var continues = false;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] is '#' or ';')
            {
                // A blank line ends a value; a comment between its lines does not.
                continues &= line.Length > 0;
            }
            else if (continues && raw[0] is ' ' or '\t' && entries.Count > 0)
            {
                entries[^1] = entries[^1] with { Value = $"{entries[^1].Value}\n{line}" };
            }
            else if (line[0] == '[')
            {
                continues = false;
                section = line[^1] == ']' ? line[1..^1].Trim() : Wrong(problems, number, $"the section '{line}' has no closing bracket.", section);
            }
            else
            {
                continues = Add(entries, problems, section, line, number);
            }
        }

        return ([.. entries.Select(entry => entry with { Value = Unquoted(entry.Value) })], problems);
    }

    private static bool Add(List<IniEntry> entries, List<string> problems, string section, string line, int number)
    {
        var end = line.IndexOfAny(['=', ':']);
        if (end <= 0)
        {
            Wrong(problems, number, $"'{line}' is neither a section nor 'option = value'.", section);
            return false;
        }

        entries.Add(new IniEntry(section, line[..end].Trim(), line[(end + 1)..].Trim(), number));
        return true;
    }

    private static string Wrong(List<string> problems, int line, string sentence, string section)
    {
        problems.Add($"line {line}: {sentence}");
        return section;
    }

    private static string Unquoted(string value) => value.Length >= 2 && value[0] == value[^1] && value[0] is '"' or '\'' ? value[1..^1] : value;
}
