using System.Text;
using Bridgehead.Model;

namespace Bridgehead.Cli;

/// <summary>A bordered table with left-aligned columns.</summary>
internal sealed class Table(params IReadOnlyList<string> columns)
{
    private readonly List<IReadOnlyList<Cell>> _rows = [];

    /// <summary>The column rows are sorted by; none keeps the order they were added in.</summary>
    public int? SortedBy { get; init; } = 0;

    public void Add(params IReadOnlyList<Cell> cells) => _rows.Add([.. cells.Select(cell => cell with { Text = SafeText.Line(cell.Text) })]);

    public override string ToString()
    {
        var widths = columns.Select((name, i) => _rows.Select(row => SafeText.Width(row[i].Text)).Append(SafeText.Width(SafeText.Line(name))).Max()).ToArray();
        var rule = $"+{string.Join('+', widths.Select(width => new string('-', width + 2)))}+\n";
        var text = new StringBuilder(rule);
        Append(text, widths, columns.Select(SafeText.Line));
        text.Append(rule);
        foreach (var row in Sorted())
        {
            Append(text, widths, row.Select(cell => cell.Text));
        }

        return text.Append(rule).ToString();
    }

    /// <summary>Rows that tie in the sorted column are ordered by all their cells, so that the same rows always print alike.</summary>
    private IEnumerable<IReadOnlyList<Cell>> Sorted() =>
        SortedBy is { } column ? _rows.OrderBy(row => row[column]).ThenBy(row => row, Comparer<IReadOnlyList<Cell>>.Create(Compare)) : _rows;

    private static int Compare(IReadOnlyList<Cell> one, IReadOnlyList<Cell> other) =>
        one.Zip(other, (a, b) => a.CompareTo(b)).FirstOrDefault(order => order != 0);

    private static void Append(StringBuilder text, int[] widths, IEnumerable<string> cells)
    {
        foreach (var (cell, i) in cells.Select((cell, i) => (cell, i)))
        {
            text.Append("| ").Append(cell).Append(' ', widths[i] - SafeText.Width(cell) + 1);
        }

        text.Append("|\n");
    }
}
