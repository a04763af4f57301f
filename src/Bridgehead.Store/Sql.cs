using System.Data.Common;
using System.Globalization;
using System.Text.Json;

namespace Bridgehead.Store;

/// <summary>
/// A statement's way to the database: named parameters (<c>@name</c>) and a function from a row to a value. Both databases take the same text, and nothing is reflected over.
/// </summary>
public sealed class Sql
{
    private readonly DbConnection _connection;
    private readonly DbTransaction? _transaction;

    internal Sql(DbConnection connection, DbTransaction? transaction, bool postgres)
    {
        _connection = connection;
        _transaction = transaction;
        Postgres = postgres;
    }

    internal bool Postgres { get; }

    /// <summary>The condition that the column has one of the texts of a parameter, a <c>string[]</c>: one parameter, however many there are.</summary>
    public string IsOneOf(string column, string name) => Postgres ? $"{column} = any(@{name})" : $"{column} in (select value from json_each(@{name}))";

    public async Task<List<T>> ListAsync<T>(string text, Func<Row, T> map, CancellationToken cancel, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(text, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        var row = new Row(reader);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(map(row));
        }

        return rows;
    }

    /// <summary>The values of the first rows that have one, at most <paramref name="most"/>; no row after the last of them is asked for.</summary>
    public async Task<List<T>> TakeAsync<T>(string text, Func<Row, T?> choose, int most, CancellationToken cancel, params (string Name, object? Value)[] parameters)
        where T : class
    {
        await using var command = Command(text, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var chosen = new List<T>();
        var row = new Row(reader);
        while (chosen.Count < most && await reader.ReadAsync(cancel))
        {
            cancel.ThrowIfCancellationRequested();
            if (choose(row) is { } value)
            {
                chosen.Add(value);
            }
        }

        return chosen;
    }

    /// <summary>The first row's value, or the default of <typeparamref name="T"/> when there is none.</summary>
    public async Task<T?> FirstAsync<T>(string text, Func<Row, T> map, CancellationToken cancel, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(text, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? map(new Row(reader)) : default;
    }

    /// <summary>The number in the first column of the first row; 0 when there is none.</summary>
    public async Task<long> NumberAsync(string text, CancellationToken cancel, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(text, parameters);
        return await command.ExecuteScalarAsync(cancel) is { } value and not DBNull ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>How many rows were changed.</summary>
    public async Task<int> ExecuteAsync(string text, CancellationToken cancel, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(text, parameters);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    private DbCommand Command(string text, (string Name, object? Value)[] parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Every text is written in this room; values are parameters.
        command.CommandText = text;
#pragma warning restore CA2100
        command.Transaction = _transaction;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = Plain(value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private object Plain(object? value) => value switch
    {
        string[] texts when !Postgres => $"[{string.Join(',', texts.Select(text => $"\"{JsonEncodedText.Encode(text)}\""))}]",
        null => DBNull.Value,
        bool flag => flag ? 1L : 0L,
        int number => (long)number,
        Guid uuid => uuid.ToString("D"),
        DateTimeOffset time => Row.Micros(time),
        string or long or string[] => value,
        _ => value.ToString()!,
    };
}

/// <summary>The current row of a reader, by column name.</summary>
public sealed class Row(DbDataReader reader)
{
    private readonly Dictionary<string, int> _ordinals = [];

    public string Text(string column) => reader.GetString(At(column));

    public string? TextOrNull(string column) => reader.IsDBNull(At(column)) ? null : reader.GetString(At(column));

    public long Number(string column) => reader.GetInt64(At(column));

    public double Real(string column) => reader.GetDouble(At(column));

    public int Int(string column) => (int)reader.GetInt64(At(column));

    public int? IntOrNull(string column) => reader.IsDBNull(At(column)) ? null : (int)reader.GetInt64(At(column));

    public long? NumberOrNull(string column) => reader.IsDBNull(At(column)) ? null : reader.GetInt64(At(column));

    public bool Flag(string column) => reader.GetInt64(At(column)) != 0;

    public Guid Uuid(string column) => Guid.Parse(Text(column));

    public Guid? UuidOrNull(string column) => TextOrNull(column) is { } text ? Guid.Parse(text) : null;

    public DateTimeOffset Time(string column) => DateTimeOffset.UnixEpoch.AddTicks(Number(column) * TimeSpan.TicksPerMicrosecond);

    public DateTimeOffset? TimeOrNull(string column) => reader.IsDBNull(At(column)) ? null : Time(column);

    internal static long Micros(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private int At(string column)
    {
        if (!_ordinals.TryGetValue(column, out var ordinal))
        {
            ordinal = reader.GetOrdinal(column);
            _ordinals.Add(column, ordinal);
        }

        return ordinal;
    }
}
