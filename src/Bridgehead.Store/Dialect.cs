using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Bridgehead.Store;

/// <summary>What differs between the two databases: how to connect, and which errors mean "try again".</summary>
internal abstract class Dialect : IAsyncDisposable
{
    private const string SqlitePrefix = "sqlite:///";

    public abstract bool Postgres { get; }

    public abstract Task<DbConnection> OpenAsync(CancellationToken cancel);

    public abstract ValueTask<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel);

    /// <summary>A transaction whose every look is at the moment of its first.</summary>
    public abstract ValueTask<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancel);

    public abstract bool IsTransient(DbException problem);

    /// <summary>Hears other processes' bells; null where looking is as cheap as listening.</summary>
    public virtual NotifyListener? Listener(Bell bell, TimeProvider clock) => null;

    public abstract ValueTask DisposeAsync();

    /// <summary><c>sqlite:///relative</c>, <c>sqlite:////absolute</c>, <c>postgresql://user:password@host/database</c>, or an Npgsql connection string.</summary>
    public static Dialect For(string connection)
    {
        if (connection.StartsWith(SqlitePrefix, StringComparison.Ordinal))
        {
            return new SqliteDialect(connection[SqlitePrefix.Length..]);
        }

        return new PostgresDialect(connection.StartsWith("postgres", StringComparison.Ordinal) && connection.Contains("://", StringComparison.Ordinal) ? FromUrl(connection) : connection);
    }

    /// <summary>Whether there is a database to look into; a server's is always taken to be there.</summary>
    public static bool IsThere(string connection) => !connection.StartsWith(SqlitePrefix, StringComparison.Ordinal) || File.Exists(connection[SqlitePrefix.Length..]);

    /// <summary>An empty database that is gone with its only connection.</summary>
    public static Dialect InMemory() => new SqliteDialect(":memory:");

    /// <summary>Where the database is, in words that may be shown: without user and password.</summary>
    public static string Place(string connection)
    {
        if (connection.StartsWith(SqlitePrefix, StringComparison.Ordinal))
        {
            return connection[SqlitePrefix.Length..];
        }

        try
        {
            var builder = new NpgsqlConnectionStringBuilder(connection.Contains("://", StringComparison.Ordinal) ? FromUrl(connection) : connection);
            return $"{builder.Database} on {builder.Host}";
        }
        catch (Exception problem) when (problem is ArgumentException or UriFormatException)
        {
            return "of connection";
        }
    }

    private static string FromUrl(string url)
    {
        var uri = new Uri(url);
        var user = uri.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder { Host = uri.Host, Database = uri.AbsolutePath.TrimStart('/') };
        if (uri.Port > 0)
        {
            builder.Port = uri.Port;
        }

        if (user[0].Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length > 1)
        {
            builder.Password = Uri.UnescapeDataString(user[1]);
        }

        return builder.ConnectionString;
    }
}

internal sealed class SqliteDialect : Dialect
{
    private readonly string _text;

    public SqliteDialect(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        // Thirty seconds of patience with another process that is writing.
        _text = new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true, DefaultTimeout = 30, Pooling = true }.ConnectionString;
    }

    public override bool Postgres => false;

    public override async Task<DbConnection> OpenAsync(CancellationToken cancel)
    {
        var connection = new SqliteConnection(_text);
        await connection.OpenAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "pragma journal_mode=wal; pragma synchronous=normal; pragma busy_timeout=30000";
        await command.ExecuteNonQueryAsync(cancel);
        return connection;
    }

    public override ValueTask<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel) => connection.BeginTransactionAsync(IsolationLevel.Serializable, cancel);

    /// <summary>A deferred transaction takes no lock, and with the write-ahead log it waits for no writer.</summary>
    public override ValueTask<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancel) => new(((SqliteConnection)connection).BeginTransaction(deferred: true));

    public override bool IsTransient(DbException problem) => problem is SqliteException { SqliteErrorCode: 5 or 6 };

    public override ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(_text);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }
}

internal sealed class PostgresDialect : Dialect
{
    private readonly NpgsqlDataSource _source;

    public PostgresDialect(string text)
    {
        // An abandoned transaction would hold back every reader of the feed.
        var builder = new NpgsqlConnectionStringBuilder(text);
        builder.Options = $"{builder.Options} -c idle_in_transaction_session_timeout=60000".Trim();
        _source = new NpgsqlSlimDataSourceBuilder(builder.ConnectionString).EnableArrays().Build();
    }

    public override bool Postgres => true;

    public override async Task<DbConnection> OpenAsync(CancellationToken cancel) => await _source.OpenConnectionAsync(cancel);

    public override NotifyListener Listener(Bell bell, TimeProvider clock) => new(_source, bell, clock);

    public override ValueTask<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel) => connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel);

    public override ValueTask<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancel) => connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);

    public override bool IsTransient(DbException problem) => problem.IsTransient || problem.SqlState is "40001" or "40P01";

    public override ValueTask DisposeAsync() => _source.DisposeAsync();
}
