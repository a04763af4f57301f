using Bridgehead.Model;
using Bridgehead.Store;
using Microsoft.AspNetCore.Http;

namespace Bridgehead.Api;

/// <summary>The order of a list: <c>sort=name:asc,size</c>, or the older <c>sort_key</c> and <c>sort_dir</c>, each repeated. Descending where no direction is given.</summary>
internal static class ImageSorting
{
    public static Outcome<IReadOnlyList<ImageSort>> Read(IQueryCollection query)
    {
        var (keys, directions) = (Texts(query, "sort_key"), Texts(query, "sort_dir"));
        if (query.TryGetValue("sort", out var together))
        {
            if (keys.Count + directions.Count > 0)
            {
                return Problem.Bad("Old and new sorting syntax cannot be combined: give sort, or sort_key and sort_dir.");
            }

            return Checked([.. $"{together}".Split(',').Select(item => item.Trim().Split(':', 2)).Select(item => (item[0], item.Length > 1 ? item[1] : "desc"))]);
        }

        if (directions.Count > 1 && directions.Count != keys.Count)
        {
            return Problem.Bad("Number of sort dirs does not match the number of sort keys");
        }

        if (keys.Count == 0)
        {
            keys = directions.Count == 0 ? [] : ["created_at"];
        }

        return Checked([.. keys.Select((key, n) => (key, directions.Count switch { 0 => "desc", 1 => directions[0], _ => directions[n] }))]);
    }

    private static List<string> Texts(IQueryCollection query, string name) => query.TryGetValue(name, out var values) ? [.. values.Select(value => value ?? "")] : [];

    private static Outcome<IReadOnlyList<ImageSort>> Checked(IReadOnlyList<(string Key, string Direction)> items)
    {
        foreach (var (key, direction) in items)
        {
            if (!ImageFilter.SortKeys.Contains(key))
            {
                return Problem.Bad($"Invalid sort key: {key}. It must be one of the following: {string.Join(", ", ImageFilter.SortKeys)}.");
            }

            if (direction is not ("asc" or "desc"))
            {
                return Problem.Bad($"Invalid sort direction: {direction}. It must be one of the following: asc, desc.");
            }
        }

        return items.Select(item => new ImageSort(item.Key, item.Direction == "desc")).ToList();
    }
}
