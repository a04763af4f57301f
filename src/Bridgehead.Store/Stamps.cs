using System.Data.Common;

namespace Bridgehead.Store;

/// <summary>
/// A moment of the store. Two equal ones say that nobody committed anything between the two looks, so that what was read after the first is what the store still says at the second.
/// Unequal ones say nothing.
/// </summary>
public readonly record struct Stamp(long Connection, string Text);

/// <summary>Takes stamps, so that what was read may be used again without being stale for a moment: the database itself is asked each time, whoever writes to it.</summary>
public abstract class Stamps : IDisposable
{
    /// <summary>What holds a connection for ever holds on to a file that was put away, or a server that gave its place to another one.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private long _connections;
    private long _opened;

    private protected Stamps(Database database) => Database = database;

    private protected Database Database { get; }

    private protected abstract string Question { get; }

    private DbConnection? Connection { get; set; }

    private DbCommand? Command { get; set; }

    public static Stamps Of(Database database) => database.Postgres ? new PostgresStamps(database) : new SqliteStamps(database);

    public abstract ValueTask<Stamp> NowAsync(CancellationToken cancel);

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Close();
    }

    /// <summary>One look at a time. After a failure the next one begins with a connection of its own; counts of two connections are no measure of each other.</summary>
    private protected async ValueTask<Stamp> LookAsync()
    {
        try
        {
            if (Command is not null && Database.Clock.GetElapsedTime(_opened) > Lifetime)
            {
                Close();
            }

            if (Command is null)
            {
                _opened = Database.Clock.GetTimestamp();
                Connection = await Database.ConnectAsync(CancellationToken.None);
                _connections++;
                Command = Connection.CreateCommand();
#pragma warning disable CA2100 // The text is one of the two below.
                Command.CommandText = Question;
#pragma warning restore CA2100
            }

            return new Stamp(_connections, $"{await Command.ExecuteScalarAsync()}");
        }
        catch (DbException)
        {
            Close();
            throw;
        }
    }

    private void Close()
    {
        Command?.Dispose();
        Connection?.Dispose();
        (Command, Connection) = (null, null);
    }
}

/// <summary>SQLite counts the commits of other connections, of any process, and this one never commits. The look is some microseconds in this process, so that whoever comes meanwhile may stand and wait.</summary>
internal sealed class SqliteStamps(Database database) : Stamps(database)
{
    private readonly Lock _turn = new();

    private protected override string Question => "pragma data_version";

    public override ValueTask<Stamp> NowAsync(CancellationToken cancel)
    {
        lock (_turn)
        {
            // Its asynchronous calls are none: they are over when they return.
            return new ValueTask<Stamp>(LookAsync().AsTask().GetAwaiter().GetResult());
        }
    }
}

/// <summary>
/// PostgreSQL's snapshot names the transactions that are seen. Whoever asks while a look is under way waits for the next one, which then is for all of them: a look that began before somebody asked may be too old.
/// </summary>
internal sealed class PostgresStamps(Database database) : Stamps(database)
{
    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;
    private Task<Stamp>? _next;

    private protected override string Question => "select pg_current_snapshot()::text";

    public override ValueTask<Stamp> NowAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
            if (_next is null)
            {
                var before = _last;
                _last = _next = Task.Run(() => AfterAsync(before), CancellationToken.None);
            }

            return new ValueTask<Stamp>(_next.WaitAsync(cancel));
        }
    }

    private async Task<Stamp> AfterAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            _next = null;
        }

        return await LookAsync();
    }
}
