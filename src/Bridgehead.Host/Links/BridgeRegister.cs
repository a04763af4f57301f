using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>
/// The bridges that the daemons of this host made, each a file with the physical interface that is put on it, or nothing, which is written before the bridge is made: an administrator's bridge is used, and never removed. The daemons
/// make them and put ports on them side by side; whoever removes one is alone with it, so that no bridge vanishes between a daemon's seeing to it and the port on it.
/// </summary>
public sealed class BridgeRegister(string stateFolder, IHostFiles files)
{
    private readonly string _folder = Path.Combine(stateFolder, "bridges");

    public IReadOnlyList<DeviceName> Read() => Directory.Exists(_folder)
        ? [.. Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith('.')).Select(name => DeviceName.TryParse(name, out var bridge) ? bridge : (DeviceName?)null).OfType<DeviceName>()]
        : [];

    public bool Has(DeviceName bridge) => File.Exists(FileOf(bridge));

    public void Add(DeviceName bridge, DeviceName? physical) => files.Write(FileOf(bridge), physical is { } device ? $"{device}\n" : "");

    /// <summary>The interface whose addresses moved to the bridge; null when none did, or the bridge is not in here.</summary>
    public DeviceName? PhysicalOf(DeviceName bridge) => Has(bridge) && DeviceName.TryParse(File.ReadAllText(FileOf(bridge)).Trim(), out var device) ? device : null;

    public void Remove(DeviceName bridge) => files.Delete(FileOf(bridge));

    /// <summary>Held from seeing to the bridge until what needs it is on it.</summary>
    public Task<IDisposable> UseAsync(DeviceName bridge, CancellationToken cancel) => files.ShareLockAsync(LockOf(bridge), cancel);

    /// <summary>Held from the last look at whether somebody needs it until it is gone.</summary>
    public Task<IDisposable> AloneAsync(DeviceName bridge, CancellationToken cancel) => files.LockAsync(LockOf(bridge), cancel);

    private string FileOf(DeviceName bridge) => Path.Combine(_folder, bridge.ToString());

    private string LockOf(DeviceName bridge) => Path.Combine(stateFolder, "locks", $"bridge-{bridge}");
}
