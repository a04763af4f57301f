using System.Globalization;
using System.Text.Json;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>Writes one object's fields, without the braces.</summary>
internal delegate void View<in T>(Utf8JsonWriter writer, ApiCall call, T item);

/// <summary>How identity answers: one object under its name, or a list with links.</summary>
internal static class IdentityAnswers
{
    public const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.ffffffZ";

    /// <summary>The most that one page of a list has; what is behind it has a link.</summary>
    private const int LargestPage = 1000;

    public static Task OneAsync<T>(this ApiCall call, Outcome<T> outcome, int status, string name, View<T> view) =>
        outcome.Succeeded(out var item, out var problem) ? call.OneAsync(item, status, name, view) : call.RefuseAsync(problem);

    public static Task OneAsync<T>(this ApiCall call, T item, int status, string name, View<T> view) => call.AnswerAsync(status, w =>
    {
        w.WriteStartObject(name);
        view(w, call, item);
        w.WriteEndObject();
    });

    /// <summary>The object, or 404.</summary>
    public static Task FoundAsync<T>(this ApiCall call, T? item, string name, View<T> view)
        where T : class => item is null ? call.NotFoundAsync(name, call.Segment("id")) : call.OneAsync(item, 200, name, view);

    public static Task NotFoundAsync(this ApiCall call, string what, string id) => call.RefuseAsync(Problem.Missing($"Could not find {what}: {id}."));

    /// <summary>A whole list.</summary>
    public static Task ListAsync<T>(this ApiCall call, string name, IReadOnlyList<T> items, View<T> view, string? next = null, bool truncated = false) => call.AnswerAsync(200, w =>
    {
        w.WriteStartArray(name);
        foreach (var item in items)
        {
            w.WriteStartObject();
            view(w, call, item);
            w.WriteEndObject();
        }

        w.WriteEndArray();
        w.Links(call, next);
        if (truncated || (next is not null && call.Query("limit") is null))
        {
            w.WriteBoolean("truncated", true);
        }
    });

    /// <summary>A page of a list: <c>limit</c> and <c>marker</c> of the query, and a link to the next page.</summary>
    /// <param name="find">Whether the marker's id is one.</param>
    public static async Task PageAsync<T>(
        this ApiCall call, string name, Func<Session, Page, Task<List<T>>> list, Func<Session, string, Task<bool>> find, Func<T, string> id, View<T> view)
    {
        if (!Limit(call).Succeeded(out var limit, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        var marker = call.Query("marker");
        var items = await call.Services.Store.ReadAsync(async s => marker is not null && !await find(s, marker) ? null : await list(s, new Page(limit + 1, marker)), call.Cancel);
        if (items is null)
        {
            await call.RefuseAsync(Problem.Bad($"Marker {marker} could not be found."));
            return;
        }

        var more = items.Count > limit;
        await call.ListAsync(name, more ? items[..limit] : items, view, more ? Next(call, limit, id(items[limit - 1])) : null);
    }

    public static void Links(this Utf8JsonWriter w, ApiCall call, string? next = null)
    {
        w.WriteStartObject("links");
        w.WriteString("self", $"{call.Root}{call.Http.Request.Path}{call.Http.Request.QueryString}");
        w.WriteString("next", next);
        w.WriteNull("previous");
        w.WriteEndObject();
    }

    public static void Self(this Utf8JsonWriter w, ApiCall call, string path)
    {
        w.WriteStartObject("links");
        w.WriteString("self", $"{call.Root}{IdentityRoutes.V}/{path}");
        w.WriteEndObject();
    }

    /// <summary>A filter that is true unless it is a word for false; null when it is not there.</summary>
    public static bool? QueryFlag(this ApiCall call, string name) => call.Query(name) is { } text ? text.ToLowerInvariant() is not ("false" or "0" or "no" or "off") : null;

    /// <summary>Options would change how an account behaves; none of them exists here, so one that is switched on is refused.</summary>
    public static void NoOptions(this JsonBody body)
    {
        var options = body.TryObject("options");
        if (options?.Keys.FirstOrDefault(key => options.Has(key) && !options.IsFalse(key)) is { } option)
        {
            body.Note($"The option {option} is not supported.");
        }
    }

    private static Outcome<int> Limit(ApiCall call)
    {
        if (call.Query("limit") is not { } text)
        {
            return LargestPage;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0
            ? Math.Min(limit, LargestPage)
            : Problem.Bad($"limit must be a whole number from 1 on, not '{text}'.");
    }

    private static string Next(ApiCall call, int limit, string last)
    {
        var others = call.Http.Request.Query.Where(q => q.Key is not ("limit" or "marker")).SelectMany(q => q.Value.Select(v => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(v ?? "")}&"));
        return $"{call.Root}{call.Http.Request.Path}?{string.Concat(others)}limit={limit}&marker={Uri.EscapeDataString(last)}";
    }
}
