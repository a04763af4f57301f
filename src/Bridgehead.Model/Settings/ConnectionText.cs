namespace Bridgehead.Model;

/// <summary>The text of the option <c>connection</c>.</summary>
public static class ConnectionText
{
    private const string Sqlite = "sqlite:///";

    public static bool IsKnown(string text) =>
        (text.StartsWith(Sqlite, StringComparison.Ordinal) && text.Length > Sqlite.Length) || IsUrl(text) || Pairs(text).Any(p => Key(p) is "host" or "server");

    /// <summary>A database file is always named by its absolute path: daemons and tools have different working folders, and would not meet in a relative one.</summary>
    public static string Normal(string text) => text.StartsWith(Sqlite, StringComparison.Ordinal) ? $"{Sqlite}/{text[Sqlite.Length..].TrimStart('/')}" : text;

    /// <summary>The text without its password.</summary>
    public static string Redacted(string text)
    {
        if (HasUrlScheme(text))
        {
            var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
            var at = text.LastIndexOf('@');
            var colon = at < 0 ? -1 : text.IndexOf(':', start, at - start);
            return colon < 0 ? text : $"{text[..colon]}:***{text[at..]}";
        }

        return text.StartsWith(Sqlite, StringComparison.Ordinal) ? text : string.Join(';', Pairs(text).Select(p => Key(p) is "password" or "pwd" or "passfile" ? $"{p.Split('=')[0]}=***" : p));
    }

    private static bool IsUrl(string text) => HasUrlScheme(text) && Uri.TryCreate(text, UriKind.Absolute, out _);

    private static bool HasUrlScheme(string text) => text.StartsWith("postgresql://", StringComparison.Ordinal) || text.StartsWith("postgres://", StringComparison.Ordinal);

    private static string[] Pairs(string text) => text.Split(';');

    private static string Key(string pair) => pair.Contains('=', StringComparison.Ordinal) ? pair.Split('=')[0].Trim().ToLowerInvariant() : "";
}
