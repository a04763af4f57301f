namespace Bridgehead.Store;

/// <summary>Which part of a list is wanted: at most <paramref name="Limit"/> rows, from behind the one with the id <paramref name="Marker"/>.</summary>
public sealed record Page(int Limit, string? Marker)
{
    /// <summary>For lists that are short by nature, and for the operator's tools.</summary>
    public static readonly Page All = new(int.MaxValue, null);
}

/// <summary>How a name is compared with a text.</summary>
public enum NameComparison
{
    Contains,
    StartsWith,
    EndsWith,
}

/// <summary>A part that names must have.</summary>
public sealed record NamePart(NameComparison Comparison, string Text, bool IgnoreCase);

/// <summary>Tags that things must have: all of some, any of some; or must not have: not all of some, none of some. Empty lists narrow nothing.</summary>
public sealed record TagFilter
{
    public static readonly TagFilter None = new();

    public IReadOnlyList<string> All { get; init; } = [];

    public IReadOnlyList<string> Any { get; init; } = [];

    public IReadOnlyList<string> NotAll { get; init; } = [];

    public IReadOnlyList<string> NotAny { get; init; } = [];
}

/// <summary>The conditions of a list with their parameters. A value that is null narrows nothing.</summary>
internal sealed class Narrowing
{
    private readonly List<string> _conditions = ["1 = 1"];
    private readonly List<(string, object?)> _parameters = [];

    public Narrowing By(string condition, string name, object? value)
    {
        if (value is not null)
        {
            _conditions.Add(condition);
            _parameters.Add((name, value));
        }

        return this;
    }

    /// <summary>Column <c>tags</c> is as the filter says.</summary>
    public Narrowing Tagged(TagFilter filter) =>
        Tags(filter.All, "all", "and", "").Tags(filter.Any, "any", "or", "").Tags(filter.NotAll, "notall", "and", "not").Tags(filter.NotAny, "notany", "or", "not");

    /// <summary>Column <c>name</c> has each of the parts.</summary>
    public Narrowing Named(IReadOnlyList<NamePart> parts)
    {
        foreach (var (number, part) in parts.Index())
        {
            var (name, text) = part.IgnoreCase ? ("lower(name)", $"lower(@part{number})") : ("name", $"@part{number}");
            By(
                part.Comparison switch
                {
                    NameComparison.Contains => $"replace({name}, {text}, '') <> {name}",
                    NameComparison.StartsWith => $"substr({name}, 1, length({text})) = {text}",
                    _ => $"length({name}) >= length({text}) and substr({name}, length({name}) - length({text}) + 1) = {text}",
                },
                $"part{number}",
                part.Text);
        }

        return this;
    }

    private Narrowing Tags(IReadOnlyList<string> tags, string name, string joint, string sign)
    {
        if (tags.Count > 0)
        {
            _conditions.Add($"{sign} ({Joined([.. tags.Select((_, number) => $"replace(tags, @{name}{number}, '') <> tags")], joint)})");
            _parameters.AddRange(tags.Select((tag, number) => ($"{name}{number}", (object?)$",{tag},")));
        }

        return this;
    }

    /// <summary>The conditions as a tree that is no deeper than it must be: SQLite takes a depth of a thousand.</summary>
    private static string Joined(ReadOnlySpan<string> conditions, string joint) => conditions.Length == 1
        ? conditions[0]
        : $"({Joined(conditions[..(conditions.Length / 2)], joint)} {joint} {Joined(conditions[(conditions.Length / 2)..], joint)})";

    /// <summary>The page of a table's rows in the order of name and id.</summary>
    public Task<List<T>> PageAsync<T>(Sql sql, string table, Page page, Func<Row, T> read, CancellationToken cancel) => PageAsync(sql, table, "name", page, read, cancel);

    /// <summary>The page of a table's rows in the order of a column and the id.</summary>
    public Task<List<T>> PageAsync<T>(Sql sql, string table, string order, Page page, Func<Row, T> read, CancellationToken cancel)
    {
        By($"({order}, id) > (select m.{order}, m.id from {table} m where m.id = @marker)", "marker", page.Marker);
        return sql.ListAsync($"select * from {table} where {string.Join(" and ", _conditions)} order by {order}, id limit @limit", read, cancel, [.. _parameters, ("limit", page.Limit)]);
    }

    /// <summary>All rows of a select without its conditions.</summary>
    public Task<List<T>> ListAsync<T>(Sql sql, string select, string order, int limit, Func<Row, T> read, CancellationToken cancel) =>
        sql.ListAsync($"{select} where {string.Join(" and ", _conditions)} order by {order} limit @limit", read, cancel, [.. _parameters, ("limit", limit)]);
}
