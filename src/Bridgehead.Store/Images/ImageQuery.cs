namespace Bridgehead.Store;

/// <summary>The statement of an <see cref="ImageFilter"/>. Column names come from the lists that the filter documents, never from a request.</summary>
internal sealed class ImageQuery
{
    /// <summary>Columns whose empty value sorts as an empty text or -1, alike in both databases.</summary>
    private static readonly Dictionary<string, string> Sortable = new(StringComparer.Ordinal)
    {
        ["container_format"] = "coalesce(container_format, '')",
        ["disk_format"] = "coalesce(disk_format, '')",
        ["owner"] = "coalesce(owner, '')",
        ["size"] = "coalesce(size, -1)",
    };

    private readonly List<string> _where = [];
    private readonly List<(string, object?)> _parameters = [];

    private ImageQuery()
    {
    }

    public string Text { get; private set; } = "";

    public (string Name, object? Value)[] Parameters => [.. _parameters];

    public static ImageQuery Of(ImageFilter filter)
    {
        var query = new ImageQuery();
        query.Seen(filter.Viewer, filter.MemberStatus);
        query.Shown(filter);
        query.Narrow(filter);
        IReadOnlyList<ImageSort> sort = Whole(filter.Sort);
        if (filter.Marker is { } marker)
        {
            query.After(marker, sort);
        }

        var order = string.Join(", ", sort.Select(s => $"{Column(s.Key)} {(s.Descending ? "desc" : "asc")}"));
        query._parameters.Add(("limit", Math.Min(filter.Limit, ImageFilter.MostInPage)));
        query.Text = $"select * from images{query.Where()} order by {order} limit @limit";
        return query;
    }

    /// <summary>One image, for whoever may know of it.</summary>
    public static ImageQuery Visible(Guid id, ImageViewer viewer)
    {
        var query = new ImageQuery();
        query._parameters.Add(("id", id));
        query._where.Add("id = @id");
        query.Seen(viewer, "all");
        query.Text = $"select * from images{query.Where()}";
        return query;
    }

    /// <summary>An order in which no two images are equal: the newest first where nothing else decides.</summary>
    private static List<ImageSort> Whole(IReadOnlyList<ImageSort> asked)
    {
        var keys = asked.DistinctBy(s => s.Key).ToList();
        foreach (var last in new[] { "created_at", "id" }.Where(key => keys.TrueForAll(s => s.Key != key)))
        {
            keys.Add(new ImageSort(last, Descending: true));
        }

        return keys;
    }

    private static string Column(string key) => ImageFilter.SortKeys.Contains(key)
        ? Sortable.GetValueOrDefault(key, key)
        : throw new ArgumentException($"images cannot be ordered by {key}", nameof(key));

    private string Where() => _where.Count == 0 ? "" : $" where {string.Join(" and ", _where)}";

    private string Parameter(object value)
    {
        var name = $"p{_parameters.Count}";
        _parameters.Add((name, value));
        return $"@{name}";
    }

    private void Seen(ImageViewer viewer, string memberStatus)
    {
        if (viewer.IsAdmin)
        {
            return;
        }

        var project = Parameter(viewer.Project);
        var accepted = memberStatus == "all" ? "" : $" and m.status = {Parameter(memberStatus)}";
        _where.Add($"""
            (visibility in ('public', 'community') or owner = {project} or (visibility = 'shared'
              and exists (select 1 from image_members m where m.image_id = images.id and m.member_id = {project}{accepted})))
            """);
    }

    private void Shown(ImageFilter filter)
    {
        if (filter.Visibility is null)
        {
            _where.Add($"(visibility <> 'community' or owner = {Parameter(filter.Viewer.Project)})");
        }
        else if (filter.Visibility != "all")
        {
            _where.Add($"visibility = {Parameter(filter.Visibility)}");
        }

        if (filter.Hidden is { } hidden)
        {
            _where.Add($"os_hidden = {Parameter(hidden)}");
        }
    }

    private void Narrow(ImageFilter filter)
    {
        foreach (var (column, values) in filter.OneOf)
        {
            _where.Add(values.Count == 0 ? "1 = 0" : $"{column} in ({string.Join(", ", values.Select(Parameter))})");
        }

        foreach (var (column, comparison, value) in filter.Numbers)
        {
            _where.Add($"{column} {comparison} {Parameter(value)}");
        }

        foreach (var (column, condition) in filter.Times)
        {
            _where.Add($"{column} {condition.Operator} {Parameter(condition.Time)}");
        }

        foreach (var tag in filter.Tags)
        {
            _where.Add($"exists (select 1 from image_tags t where t.image_id = images.id and t.tag = {Parameter(tag)})");
        }

        foreach (var (name, value) in filter.Properties)
        {
            _where.Add($"exists (select 1 from image_properties p where p.image_id = images.id and p.name = {Parameter(name)} and p.value = {Parameter(value)})");
        }
    }

    /// <summary>What comes after the marker: equal in the first keys, and later in the next.</summary>
    private void After(Guid marker, IReadOnlyList<ImageSort> sort)
    {
        var id = Parameter(marker);
        string Of(string key) => key == "id" ? id : $"(select {Column(key)} from images where id = {id})";
        var ways = sort.Select((last, n) => string.Join(
            " and ",
            sort.Take(n).Select(s => $"{Column(s.Key)} = {Of(s.Key)}").Append($"{Column(last.Key)} {(last.Descending ? "<" : ">")} {Of(last.Key)}")));
        _where.Add($"({string.Join(" or ", ways.Select(way => $"({way})"))})");
    }
}
