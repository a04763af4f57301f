using System.Buffers;
using System.Text;
using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Control;

/// <summary>What clients keep with things of the directory and the catalogue beside the fields that mean something here: a JSON object, kept and told as it was given.</summary>
public static class Extra
{
    /// <summary>In characters of JSON.</summary>
    private const int Largest = 16384;

    /// <summary>The object with the changes over it.</summary>
    public static Outcome<string> Merge(string before, string changes)
    {
        if (changes == "{}")
        {
            return before;
        }

        using var old = JsonDocument.Parse(before);
        using var changed = JsonDocument.Parse(changes);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var property in old.RootElement.EnumerateObject().Where(p => !changed.RootElement.TryGetProperty(p.Name, out _)))
            {
                property.WriteTo(writer);
            }

            foreach (var property in changed.RootElement.EnumerateObject())
            {
                property.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenCount <= Largest ? Encoding.UTF8.GetString(buffer.WrittenSpan) : Problem.Bad($"Additional attributes may have {Largest} characters in all.");
    }
}
