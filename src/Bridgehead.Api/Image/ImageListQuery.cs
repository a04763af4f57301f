using System.Globalization;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;
using Microsoft.Extensions.Primitives;

namespace Bridgehead.Api;

/// <summary>A list's query as Image API v2 has it. Each reader notes the first thing that is wrong.</summary>
internal sealed class ImageListQuery
{
    /// <summary>glance's default.</summary>
    private const int UsualPage = 25;

    public static readonly IReadOnlyList<string> Parameters =
    [
        "limit", "marker", "sort", "sort_key", "sort_dir", "id", "name", "status", "owner", "container_format", "disk_format", "visibility", "member_status", "os_hidden", "protected",
        "tag", "size_min", "size_max", "min_disk", "min_ram", "created_at", "updated_at",
    ];

    private static readonly string[] Lists = ["id", "name", "status", "container_format", "disk_format"];

    private static readonly Dictionary<string, (string Column, string Operator)> Numbers = new(StringComparer.Ordinal)
    {
        ["size_min"] = ("size", ">="),
        ["size_max"] = ("size", "<="),
        ["size"] = ("size", "="),
        ["min_disk"] = ("min_disk", "="),
        ["min_ram"] = ("min_ram", "="),
    };

    private static readonly Dictionary<string, string> Comparisons = new(StringComparer.Ordinal)
    {
        ["gt"] = ">",
        ["gte"] = ">=",
        ["lt"] = "<",
        ["lte"] = "<=",
        ["eq"] = "=",
        ["neq"] = "<>",
    };

    private readonly Dictionary<string, IReadOnlyList<string>> _oneOf = new(StringComparer.Ordinal);
    private readonly List<(string, string, long)> _numbers = [];
    private readonly List<(string, TimeCondition)> _times = [];
    private readonly Dictionary<string, string> _properties = new(StringComparer.Ordinal);
    private ImageFilter _filter;
    private Problem? _wrong;

    private ImageListQuery(Caller caller) => _filter = new ImageFilter { Viewer = ImageActions.ViewerOf(caller), Limit = UsualPage };

    public static Outcome<ImageFilter> Read(ApiCall call)
    {
        var query = new ImageListQuery(call.Caller);
        foreach (var (name, values) in call.Http.Request.Query)
        {
            query.Take(name, values);
        }

        if (!ImageSorting.Read(call.Http.Request.Query).Succeeded(out var sort, out var problem) || (problem = query._wrong) is not null)
        {
            return problem;
        }

        return query._filter with { OneOf = query._oneOf, Numbers = query._numbers, Times = query._times, Properties = query._properties, Sort = sort };
    }

    private void Take(string name, StringValues values)
    {
        var value = values[^1] ?? "";
        switch (name)
        {
            case "limit":
                _filter = _filter with { Limit = (int)Math.Min(ImageFilter.MostInPage, Number(name, value)) };
                break;
            case "marker":
                _filter = _filter with { Marker = Guid.TryParseExact(value, "D", out var marker) ? marker : Wrong<Guid?>($"Invalid marker: there is no image {value}.") };
                break;
            case "visibility":
                _filter = _filter with { Visibility = value == "all" || ImageVisibility.All.Contains(value) ? value : Wrong<string?>($"Invalid visibility value: {value}") };
                break;
            case "member_status":
                _filter = _filter with { MemberStatus = value is "all" or "pending" or "accepted" or "rejected" ? value : Wrong<string?>($"Invalid status: {value}") ?? "" };
                break;
            case "os_hidden":
                _filter = _filter with { Hidden = Flag(name, value) };
                break;
            case "tag":
                _filter = _filter with { Tags = [.. values.Select(tag => tag ?? "")] };
                break;
            case "sort" or "sort_key" or "sort_dir":
                break;
            case "changes-since":
                Wrong<string>($"The \"{name}\" filter is no longer available on v2.");
                break;
            default:
                TakeColumn(name, value);
                break;
        }
    }

    private void TakeColumn(string name, string value)
    {
        if (name == "protected")
        {
            _numbers.Add((name, "=", Flag(name, value) ? 1 : 0));
        }
        else if (Lists.Contains(name))
        {
            _oneOf[name] = value.StartsWith("in:", StringComparison.Ordinal) ? Items(name, value["in:".Length..]) : [name == "id" ? value.ToLowerInvariant() : value];
        }
        else if (name == "owner")
        {
            _oneOf[name] = [value];
        }
        else if (Numbers.TryGetValue(name, out var comparison))
        {
            _numbers.Add((comparison.Column, comparison.Operator, Number(name, value)));
        }
        else if (name is "created_at" or "updated_at")
        {
            _times.Add((name, Time(name, value)));
        }
        else
        {
            _properties[name] = value;
        }
    }

    private T? Wrong<T>(string sentence)
    {
        _wrong ??= Problem.Bad(sentence);
        return default;
    }

    private long Number(string name, string value)
    {
        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        Wrong<string>($"{name} param must be a whole number of 0 or more, and is '{value}'.");
        return 0;
    }

    private bool Flag(string name, string value)
    {
        if (value.ToLowerInvariant() is not ("true" or "false" or "0" or "1"))
        {
            Wrong<string>($"{name} param must be true or false, and is '{value}'.");
        }

        return value.ToLowerInvariant() is "true" or "1";
    }

    private TimeCondition Time(string name, string value)
    {
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        var known = colon > 0 && Comparisons.ContainsKey(value[..colon]);
        if (!QueryTime.TryParse(known ? value[(colon + 1)..] : value, out var time))
        {
            Wrong<string>($"{name} param must be gt:, gte:, lt:, lte:, eq: or neq: and an ISO 8601 time, and is '{value}'.");
        }

        return new TimeCondition(known ? Comparisons[value[..colon]] : "=", time);
    }

    /// <summary>Comma-separated; an item that has a comma is in double quotes.</summary>
    private List<string> Items(string name, string text)
    {
        var items = new List<string>();
        while (items.Count <= 100)
        {
            var quoted = text.StartsWith('"');
            var end = quoted ? text.IndexOf('"', 1) : text.IndexOf(',', StringComparison.Ordinal);
            var item = end < 0 ? text : text[(quoted ? 1 : 0)..end];
            var rest = end < 0 ? "" : text[(quoted ? end + 1 : end)..];
            if ((quoted && end < 0) || item.Length == 0 || item.Contains('"', StringComparison.Ordinal) || (rest.Length > 0 && rest[0] != ','))
            {
                break;
            }

            items.Add(name == "id" ? item.ToLowerInvariant() : item);
            if (rest.Length == 0)
            {
                return items;
            }

            text = rest[1..];
        }

        Wrong<string>($"Invalid filter value of '{name}': after in: come at most 100 values, separated by commas, in double quotes where they have commas.");
        return [];
    }
}
