using System.Globalization;
using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Pages of lists: <c>limit</c> and <c>marker</c> in, a link to the next page out.</summary>
internal static class Paging
{
    /// <summary>As nova's osapi_max_limit.</summary>
    public const int Most = 1000;

    /// <summary>How many are asked for, at most a page; 0 is an empty one.</summary>
    public static Outcome<int> Limit(ApiCall call) => Limit(call, Most);

    public static Outcome<int> Limit(ApiCall call, int unasked) => Number(call, "limit", unasked).Succeeded(out var limit, out var problem)
        ? call.Query("limit") is null ? unasked : Math.Min(limit, Most)
        : problem;

    /// <summary>How many of the first are left out.</summary>
    public static Outcome<int> Offset(ApiCall call) => Number(call, "offset", 0);

    /// <summary>Digits only; a number that is too large for us stands for the largest.</summary>
    private static Outcome<int> Number(ApiCall call, string name, int otherwise) => call.Query(name) is not { } text ? otherwise
        : text.Length > 0 && text.All(char.IsAsciiDigit) ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue
        : Problem.Bad($"{name} param must be a non-negative integer: {text}");

    /// <summary>Behind a full page: the link to what comes after its last, with all else that was asked for.</summary>
    public static void Next<T>(Utf8JsonWriter w, ApiCall call, string name, (IReadOnlyList<T> Shown, int Limit) page, Func<T, string> marker)
    {
        if (page.Shown.Count == 0 || page.Shown.Count < page.Limit)
        {
            return;
        }

        var last = marker(page.Shown[^1]);
        var kept = call.Http.Request.Query.Where(pair => pair.Key != "marker").SelectMany(pair => pair.Value.Select(value => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(value ?? "")}"));
        w.WriteStartArray(name);
        Views.Link(w, "next", $"{call.Root}{call.Http.Request.Path}?{string.Join('&', kept.Append($"marker={Uri.EscapeDataString(last)}"))}");
        w.WriteEndArray();
    }
}
