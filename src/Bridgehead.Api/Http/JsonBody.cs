using System.Globalization;
using System.Text;
using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>
/// A JSON object that a stranger sent, read with care: each reader notes the first thing that is wrong instead of throwing, and <see cref="Wrong"/> tells it at the end.
/// </summary>
internal sealed class JsonBody
{
    private const int Deepest = 32;
    private readonly JsonElement _object;
    private readonly JsonBody _first;
    private Problem? _wrong;

    private JsonBody(JsonElement element, JsonBody? parent)
    {
        _object = element;
        _first = parent?._first ?? this;
    }

    /// <summary>The first thing wrong with what was read so far; null when all was well.</summary>
    public Problem? Wrong => _first._wrong;

    public IEnumerable<string> Keys => _object.EnumerateObject().Select(p => p.Name);

    public static Outcome<JsonBody> Parse(ReadOnlyMemory<byte> text)
    {
        if (!ParseAny(text).Succeeded(out var element, out var problem))
        {
            return problem;
        }

        return element.ValueKind == JsonValueKind.Object ? new JsonBody(element, null) : Problem.Bad("The request body must be a JSON object.");
    }

    /// <summary>Any JSON whose every string can be kept, no deeper than it needs to be and without doubled keys.</summary>
    public static Outcome<JsonElement> ParseAny(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = Deepest, AllowDuplicateProperties = false });
            return IsText(document.RootElement)
                ? document.RootElement.Clone()
                : Problem.Bad("Malformed request body: a string in it has a character that is none, or U+0000.");
        }
        catch (JsonException)
        {
            return Problem.Bad("Malformed request body: it is not JSON.");
        }
    }

    public bool Has(string name) => _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>An object that must be there.</summary>
    public JsonBody Object(string name) => TryObject(name) ?? Empty(name);

    public JsonBody? TryObject(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        return _object.GetProperty(name) is { ValueKind: JsonValueKind.Object } value ? new JsonBody(value, this) : Empty(name);
    }

    public string Text(string name)
    {
        var text = TryText(name);
        if (text is null)
        {
            Note($"'{name}' is a required property");
        }

        return text ?? "";
    }

    public string? TryText(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        var value = _object.GetProperty(name);
        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        Note($"Invalid input for field/attribute {name}: it must be a string.");
        return null;
    }

    /// <summary>A string, or a number as a string: clients send both for ids.</summary>
    public string? TryId(string name) => Has(name) && _object.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : TryText(name);

    /// <summary>A whole number, or a string of digits.</summary>
    public int? TryInt(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        var value = _object.GetProperty(name);
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number))
        {
            return number;
        }

        if (value.ValueKind == JsonValueKind.String && int.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
        {
            return number;
        }

        Note($"Invalid input for field/attribute {name}: it must be an integer.");
        return null;
    }

    /// <summary>True or false, or one of OpenStack's words for them.</summary>
    public bool? TryBool(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        var value = _object.GetProperty(name);
        var word = value.ValueKind == JsonValueKind.String ? value.GetString()!.ToLowerInvariant() : value.GetRawText();
        if (word is "true" or "1" or "on" or "yes" or "t" or "y")
        {
            return true;
        }

        if (word is not ("false" or "0" or "off" or "no" or "f" or "n" or ""))
        {
            Note($"Invalid input for field/attribute {name}: it must be a boolean.");
        }

        return false;
    }

    /// <summary>JSON's true or false; the words of <see cref="TryBool"/> are refused.</summary>
    public bool? TryFlag(string name)
    {
        if (Has(name) && _object.GetProperty(name).ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Note($"Invalid input for field/attribute {name}: it is not of type 'boolean'.");
            return null;
        }

        return TryBool(name);
    }

    public Guid? TryUuid(string name)
    {
        if (TryText(name) is not { } text)
        {
            return null;
        }

        if (Guid.TryParseExact(text, "D", out var uuid))
        {
            return uuid;
        }

        Note($"Invalid input for field/attribute {name}: '{text}' is not a UUID.");
        return null;
    }

    /// <summary>Objects of a list; an empty list when it is not there.</summary>
    public IReadOnlyList<JsonBody> List(string name)
    {
        if (!Has(name))
        {
            return [];
        }

        var value = _object.GetProperty(name);
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
        {
            Note($"Invalid input for field/attribute {name}: it must be a list of objects.");
            return [];
        }

        return [.. value.EnumerateArray().Select(item => new JsonBody(item, this))];
    }

    /// <summary>Strings of a list; null when it is not there.</summary>
    public IReadOnlyList<string>? TryTextList(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        var value = _object.GetProperty(name);
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
        {
            Note($"Invalid input for field/attribute {name}: it must be a list of strings.");
            return null;
        }

        return [.. value.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>Strings of a list, or one string that stands for such a list; empty when it is not there.</summary>
    public IReadOnlyList<string> TextList(string name) => IsText(name) ? [_object.GetProperty(name).GetString()!] : TryTextList(name) ?? [];

    /// <summary>Whether the value is a null that was written.</summary>
    public bool IsNull(string name) => _object.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>Whether the value is false itself.</summary>
    public bool IsFalse(string name) => _object.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.False;

    /// <summary>The object without the known keys, in JSON.</summary>
    public string Others(params IReadOnlyCollection<string> known)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var property in _object.EnumerateObject().Where(property => !known.Contains(property.Name)))
            {
                property.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>One of these words; null when it is not there.</summary>
    public string? TryOneOf(string name, params IReadOnlyCollection<string> words)
    {
        var text = TryText(name);
        if (text is not null && !words.Contains(text))
        {
            Note($"Invalid input for field/attribute {name}: '{text}' is not one of {string.Join(", ", words)}.");
        }

        return text;
    }

    /// <summary>Whether the value is this very string.</summary>
    public bool Is(string name, string text) => IsText(name) && _object.GetProperty(name).ValueEquals(text);

    public bool IsText(string name) => Has(name) && _object.GetProperty(name).ValueKind == JsonValueKind.String;

    /// <summary>All values as strings, for metadata.</summary>
    public Dictionary<string, string> Texts() => Keys.ToDictionary(key => key, Text, StringComparer.Ordinal);

    public void Note(string problem) => _first._wrong ??= Problem.Bad(problem);

    public void Only(params IReadOnlyCollection<string> known)
    {
        if (Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
        {
            Note($"Additional properties are not allowed ('{unknown}' was unexpected)");
        }
    }

    /// <summary>Whether every string is one that can be kept: the reader lets halves of surrogate pairs through until somebody asks for the text.</summary>
    private static bool IsText(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.Object => element.EnumerateObject().All(p => !p.Name.Contains('\0', StringComparison.Ordinal) && IsText(p.Value)),
                JsonValueKind.Array => element.EnumerateArray().All(IsText),
                JsonValueKind.String => !element.GetString()!.Contains('\0', StringComparison.Ordinal),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private JsonBody Empty(string name)
    {
        Note(Has(name) ? $"Invalid input for field/attribute {name}: it must be an object." : $"'{name}' is a required property");
        using var nothing = JsonDocument.Parse("{}");
        return new JsonBody(nothing.RootElement.Clone(), this);
    }
}
