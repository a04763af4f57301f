using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Bridgehead.Store;

/// <summary>What differs between the two databases: how to connect, and which errors mean "try again".</summary>
internal abstract class Dialect : IAsyncDisposable
{
    private const string SqlitePrefix = "sqlite:///";

    public abstract bool Postgres { get; }

    public abstract Task<DbConnection> OpenAsync(CancellationToken cancel);

    /// <summary>From now on a database that is not there is an error, and no longer made.</summary>
    public virtual void MustExist()
    {
    }

    public abstract ValueTask<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel);

    /// <summary>A transaction whose every look is at the moment of its first.</summary>
    public abstract ValueTask<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancel);

    /// <summary>Whether the same work may be done once more after this. <paramref name="isOpen"/>: a commit was sent, and it is not known what became of it.</summary>
    public abstract bool MayRepeat(DbException problem, bool isOpen);

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
    private const int PatienceSeconds = 10;
    private static readonly object Mark = new();
    private static readonly ConditionalWeakTable<object, object> Prepared = [];
    private string _text;

    public SqliteDialect(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        // Patience with another process that is writing.
        _text = new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true, DefaultTimeout = PatienceSeconds, Pooling = true }.ConnectionString;
    }

    public override bool Postgres => false;

    public override async Task<DbConnection> OpenAsync(CancellationToken cancel)
    {
        var connection = new SqliteConnection(_text);
        try
        {
            await connection.OpenAsync(cancel);
            await PrepareAsync(connection, cancel);
            return connection;
        }
        catch (Exception problem)
        {
            if (problem is not OperationCanceledException)
            {
                // Or the next one would get the same file back, whatever was put in its place meanwhile.
                SqliteConnection.ClearPool(connection);
            }

            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Once for each connection of the pool: what is set stays set.</summary>
    private static async Task PrepareAsync(SqliteConnection connection, CancellationToken cancel)
    {
        if (Prepared.TryGetValue(connection.Handle!, out _))
        {
            return;
        }

        await using var command = connection.CreateCommand();
        command.CommandText = $"pragma journal_mode=wal; pragma synchronous=normal; pragma busy_timeout={PatienceSeconds}000";
        await command.ExecuteNonQueryAsync(cancel);
        Prepared.AddOrUpdate(connection.Handle!, Mark);
    }

    public override void MustExist() => _text = new SqliteConnectionStringBuilder(_text) { Mode = SqliteOpenMode.ReadWrite }.ConnectionString;

    public override ValueTask<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel) => connection.BeginTransactionAsync(IsolationLevel.Serializable, cancel);

    /// <summary>A deferred transaction takes no lock, and with the write-ahead log it waits for no writer.</summary>
    public override ValueTask<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancel) => new(((SqliteConnection)connection).BeginTransaction(deferred: true));

    /// <summary>Busy or locked. After any other error than a broken constraint the file itself may be in question, and connections that have it open are not kept.</summary>
    public override bool MayRepeat(DbException problem, bool isOpen)
    {
        if (problem is not SqliteException { SqliteErrorCode: 5 or 6 or 19 })
        {
            using var any = new SqliteConnection(_text);
            SqliteConnection.ClearPool(any);
        }

        return problem is SqliteException { SqliteErrorCode: 5 or 6 };
    }

    public override ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(_text);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }
}

internal sealed class PostgresDialect : Dialect
{
    private const int ConnectSeconds = 5;
    private readonly NpgsqlDataSource _source;

    public PostgresDialect(string text)
    {
        // An abandoned transaction would hold back every reader of the feed.
        var builder = new NpgsqlConnectionStringBuilder(text);
        builder.Options = $"{builder.Options} -c idle_in_transaction_session_timeout=60000".Trim();
        if (!builder.ContainsKey("Timeout"))
        {
            builder.Timeout = ConnectSeconds;
        }

        _source = new NpgsqlSlimDataSourceBuilder(builder.ConnectionString).EnableArrays().Build();
    }

    public override bool Postgres => true;

    public override async Task<DbConnection> OpenAsync(CancellationToken cancel) => await _source.OpenConnectionAsync(cancel);

    public override NotifyListener Listener(Bell bell, TimeProvider clock) => new(_source, bell, clock);

    public override ValueTask<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel) => connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel);

    public override ValueTask<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancel) => connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);

    /// <summary>A lost race was rolled back. After a lost connection, those beside it in the pool are most likely as dead.</summary>
    public override bool MayRepeat(DbException problem, bool isOpen)
    {
        if (problem.SqlState is "40001" or "40P01")
        {
            return true;
        }

        if (!problem.IsTransient || isOpen)
        {
            return false;
        }

        if (problem.SqlState is null or "57P01" or "57P02" or "57P03")
        {
            _source.Clear();
        }

        return true;
    }

    public override ValueTask DisposeAsync() => _source.DisposeAsync();
}
