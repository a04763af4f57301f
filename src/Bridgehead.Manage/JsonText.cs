using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Bridgehead.Manage;

/// <summary>JSON for programs, which may nevertheless end on a terminal: it has no characters but printable ASCII, the others are escaped.</summary>
internal static class JsonText
{
    public static string Of(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(json);
        }

        return Escaped(Encoding.UTF8.GetString(stream.ToArray()));
    }

    public static void Number(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>Whatever is not ASCII stands inside of a string.</summary>
    private static string Escaped(string json)
    {
        if (!json.AsSpan().ContainsAnyExceptInRange('\n', '~'))
        {
            return json;
        }

        var text = new StringBuilder(json.Length + 64);
        foreach (var letter in json)
        {
            _ = letter > '~' ? text.Append($"\\u{(int)letter:x4}") : text.Append(letter);
        }

        return text.ToString();
    }
}
