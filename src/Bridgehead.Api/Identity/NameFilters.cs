using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>Filters of identity's lists by a part of the name: <c>name__contains=TEXT</c> and its like.</summary>
internal static class NameFilters
{
    private static readonly (string Name, NameComparison Comparison, bool IgnoreCase)[] Known =
    [
        ("name__contains", NameComparison.Contains, false), ("name__icontains", NameComparison.Contains, true),
        ("name__startswith", NameComparison.StartsWith, false), ("name__istartswith", NameComparison.StartsWith, true),
        ("name__endswith", NameComparison.EndsWith, false), ("name__iendswith", NameComparison.EndsWith, true),
    ];

    /// <summary>The query parameters that are read.</summary>
    public static IReadOnlyList<string> Parameters { get; } = [.. Known.Select(known => known.Name)];

    public static IReadOnlyList<NamePart> Read(ApiCall call) =>
        [.. Known.Where(known => call.Query(known.Name) is { Length: > 0 }).Select(known => new NamePart(known.Comparison, call.Query(known.Name)!, known.IgnoreCase))];
}
