using System.Data.Common;
using Npgsql;

namespace Bridgehead.Store;

/// <summary>
/// Hears the bells that other processes ring in PostgreSQL (LISTEN), on a connection of its own. A bell that is lost, with its connection say, costs a moment and no change: feeds look
/// by themselves too.
/// </summary>
internal sealed class NotifyListener(NpgsqlDataSource source, Bell bell, TimeProvider clock) : IAsyncDisposable
{
    public const string Channel = "bridgehead_change";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private int _started;

    /// <summary>Begins to listen; calling it again does nothing.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            _running = RunAsync(_stop.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(cancel);
            }
            catch (Exception problem) when (problem is DbException or IOException or TimeoutException)
            {
                // Whoever reads the feed gets the same error, and says it; here it is enough to come back.
                await Task.Delay(Pause, clock, cancel);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        connection.Notification += (_, _) => bell.Ring();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = $"listen {Channel}";
            await command.ExecuteNonQueryAsync(cancel);
        }

        // What was committed while nobody listened.
        bell.Ring();
        while (!cancel.IsCancellationRequested)
        {
            await connection.WaitAsync(cancel);
        }
    }
}
