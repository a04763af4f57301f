using System.Text;
using System.Text.Json;

namespace Bridgehead.Cli;

/// <summary>One cell of a table: its text, and its number when the server sent one, because numbers sort as numbers.</summary>
internal readonly record struct Cell(string Text, double? Number = null) : IComparable<Cell>
{
    public static Cell Empty { get; } = new("");

    public static implicit operator Cell(string text) => new(text);

    /// <summary>A value of the server's: missing is empty, null is a dash, and what is not plain is JSON.</summary>
    public static Cell Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined => Empty,
        JsonValueKind.Null => "-",
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        JsonValueKind.Number => new Cell(value.GetRawText(), value.GetDouble()),
        JsonValueKind.String => value.GetString()!,
        _ => Json(value),
    };

    public int CompareTo(Cell other) =>
        Number is { } mine && other.Number is { } theirs && mine.CompareTo(theirs) is not 0 and var order ? order : string.CompareOrdinal(Text, other.Text);

    /// <summary>JSON with a blank after each comma and colon, as clients of this kind have always printed it.</summary>
    private static string Json(JsonElement value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal).ToList();
                Join(text, '{', members, '}', member =>
                {
                    text.Append('"').Append(JsonEncodedText.Encode(member.Name)).Append("\": ");
                    Append(text, member.Value);
                });
                break;
            case JsonValueKind.Array:
                Join(text, '[', value.EnumerateArray(), ']', item => Append(text, item));
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void Join<T>(StringBuilder text, char open, IEnumerable<T> items, char close, Action<T> append)
    {
        text.Append(open);
        var first = true;
        foreach (var item in items)
        {
            text.Append(first ? "" : ", ");
            append(item);
            first = false;
        }

        text.Append(close);
    }
}
