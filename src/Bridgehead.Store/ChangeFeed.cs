using System.Data.Common;
using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>What a feed read: changes, each at least once, or <see cref="Resync"/> when it may have missed some and everything must be looked at.</summary>
public sealed record FeedBatch(bool Resync, IReadOnlyList<Change> Changes);

/// <summary>
/// Reads the outbox without losing a row. Ids are given at insert and become visible at commit, so "id greater than the last" misses rows; this reads again everything that was
/// undecided at the last look (transactions from the snapshot's xmin on) and leaves out what it has seen. In SQLite there is one writer, and id order is commit order.
/// </summary>
public sealed class ChangeFeed : IAsyncDisposable
{
    /// <summary>Another process's commit is noticed after at most this long; in PostgreSQL it rings, and this is for a bell that was lost.</summary>
    private TimeSpan Look => TimeSpan.FromMilliseconds(_database.Postgres ? 1000 : 20);

    private const string SqliteRead = "select id, kind, key, host, at, tx as tx, 0 as xmin from change where tx >= @from order by tx, id";

    private const string PostgresRead =
        """
        select c.id, c.kind, c.key, c.host, c.at, c.tx::text::bigint as tx, s.xmin::text::bigint as xmin
        from (select pg_snapshot_xmin(pg_current_snapshot()) as xmin) s
        left join change c on c.tx >= @from::text::xid8
        order by c.tx, c.id
        """;

    private readonly Database _database;
    private readonly DbConnection _connection;
    private readonly Sql _sql;
    private HashSet<long> _seen = [];
    private string _epoch = "";
    private long _from;
    private long _floor;
    private long _version = -1;

    private ChangeFeed(Database database, DbConnection connection)
    {
        _database = database;
        _connection = connection;
        _sql = new Sql(connection, null, database.Postgres);
    }

    internal static async Task<ChangeFeed> OpenAsync(Database database, CancellationToken cancel)
    {
        var feed = new ChangeFeed(database, await database.ConnectAsync(cancel));
        await feed.StartAsync(cancel);
        return feed;
    }

    /// <summary>Waits until something changed. An empty answer is possible and harmless.</summary>
    public async Task<FeedBatch> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            var ring = _database.Bell.NextAsync();
            if (await SomethingNewAsync(cancel))
            {
                // The rows first: what is forgotten after the marks were read would be missing from the rows, and the newer ones would hide that it is.
                var rows = await RowsAsync(cancel);
                if (await RestoredOrTrimmedAsync(cancel))
                {
                    await StartAsync(cancel);
                    return new FeedBatch(true, []);
                }

                var changes = Accept(rows);
                if (changes.Count > 0)
                {
                    return new FeedBatch(false, changes);
                }
            }

            await WaitAsync(ring, cancel);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task WaitAsync(Task ring, CancellationToken cancel)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(ring, Task.Delay(Look, _database.Clock, timer.Token));
        await timer.CancelAsync();
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>SQLite counts the commits of others; reading that costs a microsecond. PostgreSQL's empty read is cheap enough by itself.</summary>
    private async Task<bool> SomethingNewAsync(CancellationToken cancel)
    {
        if (_database.Postgres)
        {
            return true;
        }

        var version = await _sql.NumberAsync("pragma data_version", cancel);
        var news = version != _version;
        _version = version;
        return news;
    }

    private async Task StartAsync(CancellationToken cancel)
    {
        (_epoch, _floor) = await MarksAsync(cancel);
        _seen = [];
        _from = _database.Postgres
            ? await _sql.NumberAsync("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint", cancel)
            : await _sql.NumberAsync("select max(floor, coalesce((select max(tx) from change), 0)) + 1 from feed", cancel);
    }

    private async Task<bool> RestoredOrTrimmedAsync(CancellationToken cancel)
    {
        // What was forgotten before the feed was opened, or began anew, was seen by the full look that follows that.
        var (epoch, floor) = await MarksAsync(cancel);
        return epoch != _epoch || (floor > _floor && _from <= floor);
    }

    private Task<(string Epoch, long Floor)> MarksAsync(CancellationToken cancel) =>
        _sql.FirstAsync("select epoch, floor from feed", r => (r.Text("epoch"), r.Number("floor")), cancel);

    private Task<List<FeedRow>> RowsAsync(CancellationToken cancel)
    {
        object from = _database.Postgres ? $"{_from}" : _from;
        return _sql.ListAsync(_database.Postgres ? PostgresRead : SqliteRead, Read, cancel, ("from", from));
    }

    private List<Change> Accept(List<FeedRow> rows)
    {
        var news = rows.Where(row => row.Id is { } id && !_seen.Contains(id)).ToList();
        if (_database.Postgres)
        {
            var xmin = rows[0].Xmin;
            _seen = [.. rows.Where(row => row.Id is not null && row.Tx >= xmin).Select(row => row.Id!.Value)];
            _from = xmin;
        }
        else if (news.Count > 0)
        {
            _from = news[^1].Tx + 1;
        }

        if (news.Count > 0)
        {
            StoreMeter.Read(_database.Now - news.Min(row => row.At));
        }

        return [.. news.Select(row => row.Change).Distinct()];
    }

    private static FeedRow Read(Row row) => row.NumberOrNull("id") is { } id
        ? new FeedRow(id, row.Number("tx"), row.Number("xmin"), row.Time("at"), new Change(row.Text("kind"), row.Text("key"), row.TextOrNull("host")))
        : new FeedRow(null, 0, row.Number("xmin"), default, default);

    private readonly record struct FeedRow(long? Id, long Tx, long Xmin, DateTimeOffset At, Change Change);
}
