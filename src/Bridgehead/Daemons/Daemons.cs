using Bridgehead.Api;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace Bridgehead;

/// <summary>The daemons of one process: the API answers first, the host's agents come up behind it.</summary>
internal sealed partial class Daemons : IAsyncDisposable
{
    private readonly NovaSettings _settings;
    private readonly ILoggerFactory _logs;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop;
    private readonly List<Task> _running = [];
    private readonly DaemonPlaces _places;
    private Database? _store;
    private IAsyncDisposable? _api;
    private IAsyncDisposable? _metrics;

    public Daemons(NovaSettings settings, ILoggerFactory logs, CancellationToken stop)
    {
        (_settings, _logs, _log, _places) = (settings, logs, logs.CreateLogger<Daemons>(), new DaemonPlaces(settings.StatePath));
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    /// <summary>Returns once every agent has brought its host about for the first time.</summary>
    public async Task StartAsync(IReadOnlyList<string> binaries)
    {
        MakeStateFolder();
        _store = await Database.OpenAsync(_settings.Connection, TimeProvider.System, _stop.Token);
        if (await new Seed(_store, _settings).RunAsync(_stop.Token) is { } password)
        {
            await KeepPasswordAsync(password);
        }

        if (_settings.MetricsListenPort > 0)
        {
            _metrics = await MetricsServer.StartAsync(_settings, TimeProvider.System, _logs, _stop.Token);
        }

        if (binaries.Contains(Binaries.Api))
        {
            _api = await ApiServer.StartAsync(_settings, _store, _logs, _stop.Token);
            _running.Add(new Sweeper(_store, _settings, _logs.CreateLogger<Sweeper>()).RunAsync(_stop.Token));
        }

        var parts = new HostParts(_settings, _store, _logs, new HostHands(_logs), _stop.Token);
        await Task.WhenAll(binaries.Select(binary => StartAsync(parts, binary)));
        new SystemdNotifier().Notify(ServiceState.Ready);
    }

    /// <summary>Until the signal; an agent that ends before it is an error.</summary>
    public async Task WaitAsync() => await await Task.WhenAny(_running);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var running in _running)
        {
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_api is not null)
        {
            await _api.DisposeAsync();
        }

        if (_metrics is not null)
        {
            await _metrics.DisposeAsync();
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _places.Dispose();
        _stop.Dispose();
    }

    private async Task StartAsync(HostParts parts, string binary)
    {
        _places.Take(binary);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = parts.RunAsync(binary, ready, _stop.Token);
        _running.Add(running);

        // A first look that fails ends the daemon with its reason.
        await await Task.WhenAny(ready.Task, running);
    }

    private void MakeStateFolder()
    {
        try
        {
            Directory.CreateDirectory(_settings.StatePath);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"state_path is '{_settings.StatePath}', which cannot be made: {problem.Message.TrimEnd('.')}: set it to a folder that this user may write to", problem);
        }
    }

    private async Task KeepPasswordAsync(string password)
    {
        var path = Path.Combine(_settings.StatePath, "admin-password");
        await using (var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        await using (var text = new StreamWriter(file))
        {
            await text.WriteLineAsync(password);
        }

        PasswordKept(_log, _settings.AdminUser, path);
    }

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "a password for {User} was made up; it is in {Path}")]
    private static partial void PasswordKept(ILogger log, string user, string path);
}
