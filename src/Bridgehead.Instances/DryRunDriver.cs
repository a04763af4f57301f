using Bridgehead.Host;
using Bridgehead.Model;

namespace Bridgehead.Instances;

/// <summary>Sees the real instances, and notes what would become of them.</summary>
public sealed class DryRunDriver(IInstanceDriver real, DryRun run, DryRunLinks links) : IInstanceDriver
{
    /// <summary>Nothing is watched: a dry run is over before anything happens.</summary>
    public event Action<Guid>? Exited
    {
        add { }
        remove { }
    }

    public string Name => real.Name;

    public Task<IReadOnlyList<string>> CheckHostAsync(CancellationToken cancel) => real.CheckHostAsync(cancel);

    public Task PreparePortAsync(InstanceSpec spec, CancellationToken cancel)
    {
        foreach (var port in spec.Ports)
        {
            run.Add(new HostChange(HostArea.Interfaces, ChangeSign.Comes, $"port {port.TapName} of {spec.HostName}, MAC {port.Mac}"));
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(InstanceSpec spec, CancellationToken cancel) => NoteAsync(ChangeSign.Comes, $"{spec.Uuid} ({spec.HostName}) boots");

    public async Task StopAsync(Guid uuid, CancellationToken cancel)
    {
        RemovePorts(uuid);
        if (await IsRunningAsync(uuid, cancel))
        {
            await NoteAsync(ChangeSign.Goes, $"{uuid} is stopped");
        }
    }

    public Task WipeAsync(Guid uuid, CancellationToken cancel) => NoteAsync(ChangeSign.Goes, $"the disk of {uuid}");

    public Task FreezeAsync(Guid uuid, CancellationToken cancel) => NoteAsync(ChangeSign.Changes, $"{uuid} is held still");

    public Task ThawAsync(Guid uuid, CancellationToken cancel) => NoteAsync(ChangeSign.Changes, $"{uuid} goes on");

    public bool? IsFrozen(Guid uuid) => real.IsFrozen(uuid);

    public Task<IReadOnlyDictionary<string, long>> DiagnoseAsync(Guid uuid, CancellationToken cancel) => real.DiagnoseAsync(uuid, cancel);

    public async Task DestroyAsync(Guid uuid, CancellationToken cancel)
    {
        if ((await ListAsync(cancel)).Any(found => found.Uuid == uuid))
        {
            RemovePorts(uuid);
            await NoteAsync(ChangeSign.Goes, $"{uuid} is ended, and everything of it removed");
        }
    }

    public Task<IReadOnlyList<ObservedInstance>> ListAsync(CancellationToken cancel) => real.ListAsync(cancel);

    public Task<bool> IsRunningAsync(Guid uuid, CancellationToken cancel) => real.IsRunningAsync(uuid, cancel);

    public Task<string> ReadConsoleAsync(Guid uuid, int maxBytes, CancellationToken cancel) => real.ReadConsoleAsync(uuid, maxBytes, cancel);

    /// <summary>A copy of a disk is none of what a start changes on a host.</summary>
    public Task<bool> ExportAsync(Guid uuid, string path, long mostBytes, CancellationToken cancel) => Task.FromResult(false);

    public IReadOnlyList<DeviceName> PortsOf(Guid uuid) => real.PortsOf(uuid);

    private void RemovePorts(Guid uuid)
    {
        foreach (var port in PortsOf(uuid))
        {
            links.Remove($"{port}");
            run.Add(new HostChange(HostArea.Interfaces, ChangeSign.Goes, $"port {port}"));
        }
    }

    private Task NoteAsync(ChangeSign sign, string what)
    {
        run.Add(new HostChange(HostArea.Instances, sign, what));
        return Task.CompletedTask;
    }
}
