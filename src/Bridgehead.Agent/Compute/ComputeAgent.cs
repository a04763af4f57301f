using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Store;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Agent;

/// <summary>nova-compute: this host's instances, with their filters and port guards.</summary>
public sealed partial class ComputeAgent : IAgent
{
    private readonly NovaSettings _settings;
    private readonly Database _store;
    private readonly ComputeAppliers _appliers;
    private readonly HostReader _reader;
    private readonly InstanceStatus _status;
    private readonly InstanceConvergence _convergence;
    private readonly HostBridges _bridges;
    private readonly HostFilters _filters;
    private readonly ILogger _log;
    private readonly SnapshotWork _snapshots;
    private readonly KeyedWork _work;

    public ComputeAgent(NovaSettings settings, Database store, ComputeAppliers appliers, ILoggerFactory logs, CancellationToken stop)
    {
        (_settings, _store, _appliers) = (settings, store, appliers);
        _reader = new HostReader(store);
        _status = new InstanceStatus(store, settings);
        _filters = new HostFilters(settings, _reader, appliers.Firewall);
        _bridges = new HostBridges(settings, store, appliers.Links, appliers.Files);
        var files = new ImageFiles(settings);
        var boot = new InstanceBoot(settings, appliers, _filters, _bridges, new ImageContents(store, files));
        _snapshots = new SnapshotWork(store, settings, appliers, files, logs.CreateLogger<SnapshotWork>());
        _log = logs.CreateLogger<ComputeAgent>();
        _convergence = new InstanceConvergence(_reader, _status, boot, appliers, logs.CreateLogger<InstanceConvergence>());
        _work = new KeyedWork(WorkAsync, store.Clock, _log, stop);
        appliers.Driver.Exited += uuid => _work.Ask($"{ExitedKind}/{uuid:D}");
    }

    private const string ExitedKind = "exited";
    private const string SourceKind = "source";
    private bool _started;

    public string Binary => Binaries.Compute;

    public async Task ResyncAsync(CancellationToken cancel)
    {
        await _appliers.Sysctls.EnsureBridgeFilterAsync(_settings.UseIpv6, cancel);
        if (!_started)
        {
            await StartAsync(cancel);
            _started = true;
        }

        // Also what is gone from the store: its filter goes too. Each in its turn, because other work may be under way; and what that has not put down yet as being here is looked at again.
        _work.AskAgain();
        var wanted = await _store.ReadAsync(session => session.Instances.OnHostAsync(_settings.Host, cancel), cancel);
        foreach (var uuid in wanted.Select(instance => instance.Uuid).Union(_convergence.Here))
        {
            Ask(uuid);
        }

        var (groups, sources) = await _filters.InUseAsync(cancel);
        foreach (var group in groups)
        {
            _work.Ask($"{ChangeKind.SecurityGroup}/{group}");
        }

        foreach (var group in sources)
        {
            _work.Ask($"{SourceKind}/{group}");
        }

        foreach (var snapshot in await _snapshots.OpenAsync(cancel))
        {
            _work.Ask($"{ChangeKind.Snapshot}/{snapshot.ImageId:D}");
        }
    }

    /// <summary>The first look, before any other work: all filters in one commit, so that nothing that runs is ever without its own.</summary>
    private async Task StartAsync(CancellationToken cancel)
    {
        var views = await _reader.OnHostAsync(_settings.Host, cancel);
        views.ForEach(_convergence.Remember);

        // An instance to be deleted keeps its filter until its processes are gone.
        await _filters.StartAsync(views, cancel);
        await _appliers.Guard.StartAsync(InstanceBoot.GuardsOf(views, _settings), cancel);
        var known = views.Select(view => view.Instance.Uuid).ToHashSet();
        foreach (var orphan in (await _appliers.Driver.ListAsync(cancel)).Where(found => !known.Contains(found.Uuid)))
        {
            Orphan(_log, orphan.Uuid);
            await _appliers.Driver.DestroyAsync(orphan.Uuid, cancel);
        }

        await _bridges.SweepAsync(cancel);
    }

    public void Look(Change change)
    {
        if (change.Kind is ChangeKind.Instance or ChangeKind.SecurityGroup or ChangeKind.GroupMember or ChangeKind.Console or ChangeKind.Snapshot or ChangeKind.Diagnostics)
        {
            _work.Ask($"{change.Kind}/{change.Key}");
        }
    }

    /// <summary>What this host has: cheap to read, and some of it changes.</summary>
    public Func<Session, CancellationToken, Task> Report()
    {
        var machine = MachineFigures.Read(_settings.StatePath);
        return (session, cancel) => session.ComputeNodes.ReportAsync(
            new ComputeNode
            {
                Host = _settings.Host,
                HostIp = $"{_settings.MyIp}",
                HypervisorType = _appliers.Driver.Name,
                HypervisorVersion = machine.Kernel,
                Vcpus = machine.Vcpus,
                MemoryMb = machine.MemoryMb,
                LocalGb = machine.LocalGb,
                FreeDiskGb = machine.FreeDiskGb,
                CpuInfo = machine.CpuInfo,
                UpSince = session.Now - machine.Uptime,
                LoadAverage = machine.LoadAverage,
            },
            cancel);
    }

    public Task WhenIdleAsync() => _work.WhenIdleAsync();

    private Task WorkAsync(string key, CancellationToken cancel)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var (kind, id) = (key[..slash], key[(slash + 1)..]);
        return kind switch
        {
            ChangeKind.SecurityGroup => _filters.LookAtGroupAsync(long.Parse(id), cancel),
            ChangeKind.GroupMember => MemberAsync(id, cancel),
            SourceKind => _filters.LookAtSourceAsync(long.Parse(id), cancel),
            ChangeKind.Console => ConsoleAsync(Guid.Parse(id), cancel),
            ChangeKind.Snapshot => _snapshots.RunAsync(Guid.Parse(id), cancel),
            ChangeKind.Diagnostics => DiagnosticsAsync(Guid.Parse(id), cancel),
            ExitedKind => _status.ExitedAsync(Guid.Parse(id), cancel),
            _ => _convergence.RunAsync(Guid.Parse(id), cancel),
        };
    }

    private void Ask(Guid uuid) => _work.Ask($"{ChangeKind.Instance}/{uuid:D}");

    private Task MemberAsync(string key, CancellationToken cancel)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return _filters.LookAtMemberAsync(long.Parse(key[..slash]), Guid.Parse(key[(slash + 1)..]), cancel);
    }

    private async Task ConsoleAsync(Guid uuid, CancellationToken cancel)
    {
        if (await _reader.FindAsync(uuid, cancel) is { } view && view.Instance.Host == _settings.Host)
        {
            const int Most = 256 * 1024;
            var text = await _appliers.Driver.ReadConsoleAsync(uuid, Most, cancel);
            await _store.WriteAsync(session => session.Consoles.AnswerAsync(uuid, text.Replace("\0", "", StringComparison.Ordinal), cancel), cancel);
        }
    }

    private async Task DiagnosticsAsync(Guid uuid, CancellationToken cancel)
    {
        if (await _reader.FindAsync(uuid, cancel) is { } view && view.Instance.Host == _settings.Host)
        {
            var figures = await _appliers.Driver.DiagnoseAsync(uuid, cancel);
            var text = string.Concat(figures.OrderBy(figure => figure.Key, StringComparer.Ordinal).Select(figure => $"{figure.Key} {figure.Value}\n"));
            await _store.WriteAsync(session => session.Diagnostics.AnswerAsync(uuid, text, cancel), cancel);
        }
    }

    [LoggerMessage(EventId = 113, Level = LogLevel.Warning, Message = "instance {Uuid} is on this host but not in the store: it is ended")]
    private static partial void Orphan(ILogger log, Guid uuid);
}
