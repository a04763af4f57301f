using System.Data.Common;
using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>
/// The store: SQLite or PostgreSQL, the truth of the cloud. Work is given as a function of a <see cref="Session"/>; a write is one transaction, repeated when the database
/// says that it lost a race or the connection was lost before the commit, and rings the bell of the change feed once it is committed. Errors of the database come as <see cref="DbException"/>, within a
/// bounded time.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    private const int Attempts = 10;

    /// <summary>After this long nothing is begun anew.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The longest wait in the line of SQLite's writers.</summary>
    private static readonly TimeSpan LongestLine = TimeSpan.FromSeconds(30);

    private readonly Dialect _dialect;
    private readonly TimeProvider _clock;
    private readonly NotifyListener? _listener;
    private readonly SemaphoreSlim _sqliteWriter = new(1, 1);
    private Rehearsal? _rehearsal;

    private Database(Dialect dialect, TimeProvider clock)
    {
        _dialect = dialect;
        _clock = clock;
        _listener = dialect.Listener(Bell, clock);
    }

    internal Bell Bell { get; } = new();

    internal bool Postgres => _dialect.Postgres;

    /// <summary>Nothing that is written stays.</summary>
    public bool IsRehearsal => _rehearsal is not null;

    public TimeProvider Clock => _clock;

    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>Opens and migrates. Throws <see cref="StoreException"/> with a sentence when that is impossible.</summary>
    public static async Task<Database> OpenAsync(string connection, TimeProvider clock, CancellationToken cancel)
    {
        try
        {
            var dialect = Dialect.For(connection);
            var database = await MigrateAsync(new Database(dialect, clock), cancel);
            dialect.MustExist();
            return database;
        }
        catch (Exception problem) when (IsOfConnection(problem))
        {
            throw CannotOpen(connection, problem);
        }
    }

    /// <summary>
    /// Opens a store in which nothing that is written stays: all work is one transaction that is never committed. What is not there yet is made in it too. Other writers wait until it is disposed of.
    /// It has no change feed, but tells what was written.
    /// </summary>
    public static async Task<Database> RehearseAsync(string connection, TimeProvider clock, CancellationToken cancel)
    {
        try
        {
            var database = new Database(Dialect.IsThere(connection) ? Dialect.For(connection) : Dialect.InMemory(), clock);
            database._rehearsal = await Rehearsal.BeginAsync(database._dialect, clock, cancel);
            return await MigrateAsync(database, cancel);
        }
        catch (Exception problem) when (IsOfConnection(problem))
        {
            throw CannotOpen(connection, problem);
        }
    }

    /// <summary>Whether there is a database to look into; a server's is always taken to be there.</summary>
    public static bool IsThere(string connection) => Dialect.IsThere(connection);

    /// <summary>Where the database is, in words that may be shown: without user and password.</summary>
    public static string PlaceOf(string connection) => Dialect.Place(connection);

    /// <summary>All that one read looks at is of one moment: an instance is never seen with the addresses of another time.</summary>
    public Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel) =>
        _rehearsal is not null ? _rehearsal.RunAsync(work, _ => true, cancel) : RepeatAsync(_ => ReadOnceAsync(work, cancel), cancel);

    public Task<T> WriteAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel) => InTransactionAsync(work, _ => true, cancel);

    /// <summary>As the other, but a <see cref="Problem"/> rolls everything back.</summary>
    public Task<Outcome<T>> TryWriteAsync<T>(Func<Session, Task<Outcome<T>>> work, CancellationToken cancel) => InTransactionAsync(work, outcome => outcome.Problem is null, cancel);

    /// <summary>The number of the schema that the database has.</summary>
    public Task<long> SchemaAsync(CancellationToken cancel) => ReadAsync(session => Migrator.VersionAsync(session.Sql, cancel), cancel);

    /// <summary>Of a rehearsal: what a change feed would have handed over since the last call.</summary>
    public Task<IReadOnlyList<Change>> TakeRehearsedAsync(CancellationToken cancel) =>
        _rehearsal?.TakeChangesAsync(cancel) ?? throw new InvalidOperationException("this store is no rehearsal: open a feed");

    public Task<ChangeFeed> OpenFeedAsync(CancellationToken cancel)
    {
        _listener?.Start();
        return ChangeFeed.OpenAsync(this, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        if (_rehearsal is not null)
        {
            await _rehearsal.DisposeAsync();
        }

        _sqliteWriter.Dispose();
        await _dialect.DisposeAsync();
    }

    internal Task<DbConnection> ConnectAsync(CancellationToken cancel) => _dialect.OpenAsync(cancel);

    private static async Task<Database> MigrateAsync(Database database, CancellationToken cancel)
    {
        await database.WriteAsync<Done>(
            async session =>
            {
                await Migrator.RunAsync(session.Sql, database._clock, cancel);
                return default(Done);
            },
            cancel);
        return database;
    }

    private static bool IsOfConnection(Exception problem) => problem is DbException or IOException or UnauthorizedAccessException or ArgumentException or UriFormatException;

    private static StoreException CannotOpen(string connection, Exception problem) =>
        new($"the database {Dialect.Place(connection)} cannot be opened: {problem.Message.TrimEnd('.')}: correct connection, or what it leads to", problem);

    private Task<T> InTransactionAsync<T>(Func<Session, Task<T>> work, Func<T, bool> commits, CancellationToken cancel) =>
        _rehearsal is not null ? _rehearsal.RunAsync(work, commits, cancel) : RepeatAsync(fate => WriteOnceAsync(work, commits, fate, cancel), cancel);

    private async Task<T> RepeatAsync<T>(Func<Fate, Task<T>> once, CancellationToken cancel)
    {
        var began = _clock.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var fate = new Fate();
            try
            {
                return await once(fate);
            }
            catch (DbException problem)
            {
                StoreMeter.Failed();
                if (!_dialect.MayRepeat(problem, fate.IsOpen) || attempt == Attempts || _clock.GetElapsedTime(began) > Patience)
                {
                    throw;
                }

                StoreMeter.Repeated();
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 * attempt)), _clock, cancel);
            }
        }
    }

    private async Task<T> ReadOnceAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel)
    {
        using var measured = StoreMeter.Begin(_clock, "read");
        await using var connection = await _dialect.OpenAsync(cancel);
        await using var transaction = await _dialect.BeginReadAsync(connection, cancel);
        var result = await work(new Session(new Sql(connection, transaction, Postgres), _clock));
        await transaction.CommitAsync(cancel);
        return result;
    }

    private async Task<T> WriteOnceAsync<T>(Func<Session, Task<T>> work, Func<T, bool> commits, Fate fate, CancellationToken cancel)
    {
        // SQLite has one writer; waiting here in line is cheaper than polling its lock.
        using var turn = Postgres ? null : await Turn.TakeAsync(_sqliteWriter, LongestLine, cancel);
        using var measured = StoreMeter.Begin(_clock, "write");
        await using var connection = await _dialect.OpenAsync(cancel);
        await using var transaction = await _dialect.BeginWriteAsync(connection, cancel);
        var session = new Session(new Sql(connection, transaction, Postgres), _clock);
        var result = await work(session);
        if (!commits(result))
        {
            await transaction.RollbackAsync(cancel);
            return result;
        }

        if (Postgres && session.Changes.Any)
        {
            await session.Sql.ExecuteAsync($"notify {NotifyListener.Channel}", cancel);
        }

        fate.IsOpen = true;
        await transaction.CommitAsync(cancel);
        if (session.Changes.Any)
        {
            Bell.Ring();
        }

        return result;
    }

    /// <summary>Whether a commit was sent: when its answer is lost, nobody knows what became of it, and it may not be repeated.</summary>
    private sealed class Fate
    {
        public bool IsOpen { get; set; }
    }

    private sealed class Turn(SemaphoreSlim line) : IDisposable
    {
        public static async Task<Turn> TakeAsync(SemaphoreSlim line, TimeSpan longest, CancellationToken cancel) =>
            await line.WaitAsync(longest, cancel) ? new Turn(line) : throw new StoreBusyException($"other writers kept the database for more than {longest.TotalSeconds} seconds");

        public void Dispose() => line.Release();
    }
}
