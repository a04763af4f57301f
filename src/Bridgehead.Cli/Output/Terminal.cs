using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Cli;

/// <summary>What commands print with. Everything that came from the server passes <see cref="SafeText"/>.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error)
{
    public void Print(Table table) => output.Write(table.ToString());

    public void Say(string line) => output.Write(SafeText.Line(line) + "\n");

    /// <summary>Text of several lines, as from a file or a console.</summary>
    public void Show(string text)
    {
        var safe = SafeText.Lines(text);
        output.Write(safe.EndsWith('\n') ? safe : safe + "\n");
    }

    /// <summary>A line that the next one overwrites; seen at once.</summary>
    public void Progress(string line)
    {
        output.Write("\r" + SafeText.Line(line));
        output.Flush();
    }

    public void Complain(string line) => error.Write(SafeText.Line(line) + "\n");

    /// <summary>A list of objects, one a row; a column's field is its name in lower case with underscores unless said otherwise.</summary>
    public void List(IEnumerable<JsonElement> items, params IReadOnlyList<Column> columns) => List(items, 0, columns);

    public void List(IEnumerable<JsonElement> items, int? sortedBy, IReadOnlyList<Column> columns)
    {
        var table = new Table([.. columns.Select(column => column.Title)]) { SortedBy = sortedBy };
        foreach (var item in items)
        {
            table.Add([.. columns.Select(column => column.Cell(item))]);
        }

        Print(table);
    }

    /// <summary>One object as a sorted Property and Value table, without its links.</summary>
    public void Properties(JsonElement item, params IEnumerable<string> without)
    {
        var left = item.Members().Where(member => member.Name != "links" && !without.Contains(member.Name, StringComparer.Ordinal));
        Properties(left.Select(member => (member.Name, Cli.Cell.Of(member.Value))));
    }

    public void Properties(IEnumerable<(string Name, Cell Value)> properties, string title = "Property")
    {
        var table = new Table(title, "Value");
        foreach (var (name, value) in properties)
        {
            table.Add(name, value);
        }

        Print(table);
    }
}

/// <summary>A column of a list: its title and where its cell comes from.</summary>
internal sealed record Column(string Title, Func<JsonElement, Cell> Cell)
{
    public static implicit operator Column(string title) => new(title, title.ToLowerInvariant().Replace(' ', '_'));

    public Column(string title, string field)
        : this(title, item => Cli.Cell.Of(item.Member(field)))
    {
    }
}
