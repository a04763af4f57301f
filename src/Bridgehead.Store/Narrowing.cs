namespace Bridgehead.Store;

/// <summary>Which part of a list is wanted: at most <paramref name="Limit"/> rows, from behind the one with the id <paramref name="Marker"/>.</summary>
public sealed record Page(int Limit, string? Marker)
{
    /// <summary>For lists that are short by nature, and for the operator's tools.</summary>
    public static readonly Page All = new(int.MaxValue, null);
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

    /// <summary>Each of the tags must be among those of column <c>tags</c>.</summary>
    public Narrowing Tagged(IReadOnlyList<string> tags)
    {
        foreach (var (number, tag) in tags.Index())
        {
            By($"replace(tags, @tag{number}, '') <> tags", $"tag{number}", $",{tag},");
        }

        return this;
    }

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
