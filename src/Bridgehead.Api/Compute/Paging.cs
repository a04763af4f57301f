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

    public static Outcome<int> Limit(ApiCall call, int unasked) => call.Query("limit") is not { } text ? unasked
        : int.TryParse(text, out var limit) && limit >= 0 ? Math.Min(limit, Most)
        : Problem.Bad($"limit param must be a non-negative integer: {text}");

    /// <summary>How many of the first are left out.</summary>
    public static Outcome<int> Offset(ApiCall call) => call.Query("offset") is not { } text ? 0
        : int.TryParse(text, out var offset) && offset >= 0 ? offset
        : Problem.Bad($"offset param must be a non-negative integer: {text}");

    /// <summary>The link to what comes after <paramref name="marker"/>, with all else that was asked for.</summary>
    public static void Next(Utf8JsonWriter w, ApiCall call, string name, string marker)
    {
        var kept = call.Http.Request.Query.Where(pair => pair.Key != "marker").SelectMany(pair => pair.Value.Select(value => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(value ?? "")}"));
        w.WriteStartArray(name);
        Views.Link(w, "next", $"{call.Root}{call.Http.Request.Path}?{string.Join('&', kept.Append($"marker={Uri.EscapeDataString(marker)}"))}");
        w.WriteEndArray();
    }
}
