namespace Bridgehead.Store;

/// <summary>Whose eyes a list of images is seen with.</summary>
public sealed record ImageViewer(string Project, bool IsAdmin);

/// <summary>A comparison of a time: <paramref name="Operator"/> is one of <c>&lt; &lt;= &gt; &gt;= = &lt;&gt;</c>.</summary>
public sealed record TimeCondition(string Operator, DateTimeOffset Time);

/// <summary>One key of an order. <paramref name="Key"/> is one of <see cref="ImageFilter.SortKeys"/>.</summary>
public sealed record ImageSort(string Key, bool Descending);

/// <summary>What a list of images is narrowed by, how it is ordered, and which page of it is wanted; all in SQL. Null means "any".</summary>
public sealed record ImageFilter
{
    /// <summary>Larger pages are cut to this.</summary>
    public const int MostInPage = 1000;

    /// <summary>Columns that a list may be ordered by.</summary>
    public static readonly IReadOnlyList<string> SortKeys =
        ["name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at", "min_disk", "min_ram", "owner", "visibility"];

    public required ImageViewer Viewer { get; init; }

    /// <summary>Columns that must have one of the values: id, name, status, container_format, disk_format, owner.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> OneOf { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Columns with whole numbers: size, min_disk, min_ram, protected. The operator is one of <c>= &lt;= &gt;=</c>.</summary>
    public IReadOnlyList<(string Column, string Operator, long Value)> Numbers { get; init; } = [];

    /// <summary>Columns with times: created_at, updated_at.</summary>
    public IReadOnlyList<(string Column, TimeCondition Condition)> Times { get; init; } = [];

    /// <summary>"all" or one of the four; null is the usual view, which leaves out other projects' community images.</summary>
    public string? Visibility { get; init; }

    /// <summary>Which shared images are seen by members: those they accepted, unless something else is asked for.</summary>
    public string MemberStatus { get; init; } = "accepted";

    /// <summary>Null is both.</summary>
    public bool? Hidden { get; init; } = false;

    /// <summary>All of them.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>The last image of the page before.</summary>
    public Guid? Marker { get; init; }

    public IReadOnlyList<ImageSort> Sort { get; init; } = [];

    public int Limit { get; init; } = MostInPage;
}
