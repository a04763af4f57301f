using System.Data.Common;
using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>One transaction that is never committed, in which one piece of work runs after the other; each sees what those before it wrote.</summary>
internal sealed class Rehearsal : IAsyncDisposable
{
    private const string Savepoint = "work";
    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;
    private readonly bool _postgres;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly TimeProvider _clock;
    private List<Change> _changes = [];

    private Rehearsal(DbConnection connection, DbTransaction transaction, bool postgres, TimeProvider clock) => (_connection, _transaction, _postgres, _clock) = (connection, transaction, postgres, clock);

    public static async Task<Rehearsal> BeginAsync(Dialect dialect, TimeProvider clock, CancellationToken cancel)
    {
        var connection = await dialect.OpenAsync(cancel);
        try
        {
            return new Rehearsal(connection, await dialect.BeginWriteAsync(connection, cancel), dialect.Postgres, clock);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>What fails, or does not commit, leaves no trace.</summary>
    public async Task<T> RunAsync<T>(Func<Session, Task<T>> work, Func<T, bool> commits, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            await _transaction.SaveAsync(Savepoint, cancel);
            var kept = false;
            try
            {
                var session = new Session(new Sql(_connection, _transaction, _postgres), _clock);
                var result = await work(session);
                kept = commits(result);
                if (kept)
                {
                    _changes.AddRange(session.Changes.Added);
                }

                return result;
            }
            finally
            {
                if (!kept)
                {
                    await _transaction.RollbackAsync(Savepoint, CancellationToken.None);
                }

                await _transaction.ReleaseAsync(Savepoint, CancellationToken.None);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>What a change feed would have handed over since the last call.</summary>
    public async Task<IReadOnlyList<Change>> TakeChangesAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        var taken = _changes;
        _changes = [];
        _one.Release();
        return taken;
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.RollbackAsync();
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
        _one.Dispose();
    }
}
