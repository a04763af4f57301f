using System.Text;
using System.Text.Json;

namespace Bridgehead.Api.Tests;

/// <summary>A request as it goes over the wire.</summary>
public sealed record Raw(string Method, string Target, byte[]? Body, string? Token)
{
    public string? Version { get; init; }

    public string? MediaType { get; init; } = "application/json";

    public override string ToString() => $"{Method} {(Target.Length > 300 ? Target[..300] + "…" : Target)} version {Version} type {MediaType} token {Token?[..Math.Min(6, Token.Length)]} {Shown}";

    private string Shown => Body is null ? "" : Encoding.Latin1.GetString(Body.AsSpan(0, Math.Min(Body.Length, 2000)));
}

/// <summary>Ways to make a right request wrong. Which one, where and by what are numbers, so that a failure is told by them.</summary>
public static class Bending
{
    public static readonly string[] Values =
    [
        "null", "true", "false", "-1", "0", "1", "2147483647", "2147483648", "-9223372036854775808", "9223372036854775808", "1e400", "0.5", "1e2", "\"\"", "\" \"", "\"x\"", "\"-1\"", "\"1\"", "\"True\"", "[]", "{}",
        "[null]", "[[{}]]", "[1,\"a\",{}]", "{\"a\":{}}", "{\"id\":5}", "\"\\u0000\"", "\"\\ud800\"", "\"a\\nb\"", "\"a,b\"", "\"$(reboot)\"", "\"' or 1=1 --\"", "\"%\"", "\"../../etc\"", "\"0.0.0.0/0\"", "\"::/0\"",
        "\"10.0.0.0/33\"", "\"255.255.255.255\"", "\"0.0.0.0\"", "\"::ffff:10.0.0.1\"", "\"fe80::1%eth0\"", "\"00000000-0000-0000-0000-000000000000\"", "\"9999-99-99\"", "\"\\ud83d\\ude00\"", "\"\\u202e\\u0301\"",
        "\"in:a,b\"", "\"default\"", "\"admin\"",
    ];

    private static readonly string[] Segments =
        ["%20", "%2F", "..", "0", "-1", "99999999999999999999", "x", "%F0%9F%98%80", "%FF", "%C3%28", "%252E", "a%0Ab", "'", "%25", "00000000-0000-0000-0000-000000000000", "%2500", "default", "in:a", ""];

    private static readonly string[] Versions = ["2.0", "2.1", "2.42", "2.43", "latest", "2", "2.", "2.+1", "-2.1", "2.99999999999", "3.1", "two", "2.1.1", "٢.١", " 2.36 "];

    private static readonly string?[] MediaTypes = [null, "text/plain", "application/x-www-form-urlencoded", "application/xml", "multipart/form-data; boundary=x", "json", "application/json; charset=utf-16", "nonsense"];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"];

    private static readonly string[] Roots = ["", "null", "[]", "5", "\"x\"", "{}", "{\"a\":", "}{", "[[[[", "\ufeff{}"];

    private static readonly Func<Raw, Route, int, int, Raw>[] Ways =
    [
        (raw, _, _, _) => raw,
        (raw, _, at, by) => raw with { Body = Replaced(raw.Body, at, Values[by % Values.Length]) },
        (raw, _, at, by) => raw with { Body = Replaced(raw.Body, at, Values[(by + at) % Values.Length]) },
        (raw, _, at, by) => raw with { Body = Replaced(Replaced(raw.Body, at, Values[by % Values.Length]), at + by, Values[(by + (7 * at)) % Values.Length]) },
        (raw, _, at, _) => raw with { Body = Removed(raw.Body, at) },
        (raw, _, at, by) => raw with { Body = Doubled(raw.Body, at, Values[by % Values.Length]) },
        (raw, _, at, by) => raw with { Body = Replaced(raw.Body, at, Deep(by)) },
        (raw, _, at, by) => raw with { Body = Replaced(raw.Body, at, $"\"{new string("aé😀\\"[by % 3], 300 + (by * 97 % 70_000))}\"") },
        (raw, _, at, _) => raw with { Body = raw.Body?[..(at % (raw.Body.Length + 1))] },
        (raw, _, at, by) => raw with { Body = Inserted(raw.Body, at, (byte)by) },
        (raw, _, at, _) => raw with { Body = Encoding.UTF8.GetBytes(Roots[at % Roots.Length]) },
        (raw, _, at, by) => raw with { Target = Bent(raw.Target, at, Segments[by % Segments.Length]) },
        (raw, route, at, by) => raw with { Target = Asked(raw.Target, route, at, by) },
        (raw, _, at, _) => raw with { Version = Versions[at % Versions.Length] },
        (raw, _, at, _) => raw with { MediaType = MediaTypes[at % MediaTypes.Length] },
        (raw, _, at, by) => raw with { Target = $"{raw.Target}?{new string('a', at % 2 == 0 ? 9000 : 70_000)}={by}" },
        (raw, _, at, _) => raw with { Method = Methods[at % Methods.Length] },
        (raw, _, _, _) => raw with { Body = null },
    ];

    public static int Count => Ways.Length;

    public static Raw Bend(Raw raw, Route route, int way, int at, int by) => Ways[way](raw, route, at, by);

    private static string Deep(int by) => by % 2 == 0 ? new string('[', by % 1200) + new string(']', by % 1200) : string.Concat(Enumerable.Repeat("{\"a\":", by % 60)) + "1" + new string('}', by % 60);

    private static byte[]? Replaced(byte[]? body, int n, string value) => Place(body, n) is { } place ? Spliced(body!, place.Value, place.End, value) : body;

    private static byte[]? Removed(byte[]? body, int n)
    {
        if (Place(body, n) is not { } place)
        {
            return body;
        }

        // Its comma goes too, that behind it or else that before it.
        var (start, end) = (place.Name, place.End);
        return end < body!.Length && body[end] == ',' ? Spliced(body, start, end + 1, "") : Spliced(body, start > 0 && body[start - 1] == ',' ? start - 1 : start, end, "");
    }

    private static byte[]? Doubled(byte[]? body, int n, string value) =>
        Place(body, n) is { } place ? Spliced(body!, place.Name, place.Name, $"{Encoding.UTF8.GetString(body!, place.Name, place.Value - place.Name)}{value},") : body;

    private static byte[]? Inserted(byte[]? body, int at, byte value) => body is null ? null : [.. body.AsSpan(0, at % (body.Length + 1)), value, .. body.AsSpan(at % (body.Length + 1))];

    private static byte[] Spliced(byte[] body, int start, int end, string text) => [.. body.AsSpan(0, start), .. Encoding.UTF8.GetBytes(text), .. body.AsSpan(end)];

    /// <summary>Where the n-th property, at any depth, begins, where its value begins, and where that ends; null when there is none.</summary>
    private static (int Name, int Value, int End)? Place(byte[]? body, int n)
    {
        if (body is null)
        {
            return null;
        }

        var places = new List<(int, int, int)>();
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 2000 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = (int)reader.TokenStartIndex;
                    reader.Read();
                    var value = (int)reader.TokenStartIndex;
                    var inner = reader;
                    inner.Skip();
                    places.Add((name, value, (int)inner.BytesConsumed));
                }
            }
        }
        catch (JsonException)
        {
            // Already bent: what was read so far will do.
        }

        return places.Count == 0 ? null : places[n % places.Count];
    }

    private static string Bent(string target, int n, string segment)
    {
        var parts = target.Split('/');
        parts[1 + (n % (parts.Length - 1))] = segment;
        return string.Join('/', parts);
    }

    /// <summary>With query parameters that the route reads, or any.</summary>
    private static string Asked(string target, Route route, int at, int by)
    {
        string[] names = [.. route.Query, "limit", "marker", "sort_key", "sort_dir", "name", "all_tenants", "nothing"];
        string Value(int i) => (i % 3) switch
        {
            0 => Segments[i / 3 % Segments.Length],
            1 => Uri.EscapeDataString(Values[i / 3 % Values.Length].Trim('"')),
            _ => new string('9', i % 400),
        };
        return $"{target}?{names[at % names.Length]}={Value(by)}&{names[(at + by) % names.Length]}={Value(at)}";
    }
}
