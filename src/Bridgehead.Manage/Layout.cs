using System.Globalization;

namespace Bridgehead.Manage;

/// <summary>Lines of nova-manage's tables: padded columns; a missing value is <c>None</c>.</summary>
internal static class Layout
{
    public static string Tabs(IReadOnlyList<int> widths, params object?[] cells) => Join('\t', widths, cells);

    public static string Blanks(IReadOnlyList<int> widths, params object?[] cells) => Join(' ', widths, cells);

    /// <summary>UTC, whole seconds.</summary>
    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Join(char between, IReadOnlyList<int> widths, object?[] cells) =>
        string.Join(between, cells.Select((cell, i) => (cell?.ToString() ?? "None").PadRight(i < widths.Count ? widths[i] : 0)));
}
