using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace Bridgehead.Store.Tests;

/// <summary>A fresh database for one test, of either kind. PostgreSQL needs BRIDGEHEAD_TEST_POSTGRES, set by test/with-postgres.</summary>
public sealed class FreshDatabase : IAsyncDisposable
{
    private readonly string? _folder;
    private readonly List<Database> _opened = [];

    private FreshDatabase(string connection, string? folder)
    {
        Connection = connection;
        _folder = folder;
    }

    public string Connection { get; }

    public static async Task<FreshDatabase> CreateAsync(string kind)
    {
        if (kind == "sqlite")
        {
            var folder = Directory.CreateTempSubdirectory("bridgehead-store-").FullName;
            return new FreshDatabase($"sqlite:///{folder}/store.db", folder);
        }

        var server = Environment.GetEnvironmentVariable("BRIDGEHEAD_TEST_POSTGRES");
        Assert.SkipUnless(server is not null, "PostgreSQL is not running: use test/with-postgres");
        var name = "t" + Guid.NewGuid().ToString("N");
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return new FreshDatabase(new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString, null);
    }

    public async Task<Database> OpenAsync(TimeProvider? time = null)
    {
        var database = await Database.OpenAsync(Connection, time ?? TimeProvider.System, TestContext.Current.CancellationToken);
        _opened.Add(database);
        return database;
    }

    /// <summary>A statement past the store, as another program would run it.</summary>
    public async Task ExecuteAsync(string text)
    {
        await using DbConnection connection = _folder is null ? new NpgsqlConnection(Connection) : new SqliteConnection($"Data Source={_folder}/store.db");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>How SQLite would go about a query.</summary>
    public async Task<string> PlanAsync(string query)
    {
        await using var connection = new SqliteConnection($"Data Source={_folder}/store.db");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"explain query plan {query}";
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var lines = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            lines.Add(reader.GetString(3));
        }

        return string.Join('\n', lines);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _opened)
        {
            await database.DisposeAsync();
        }

        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
