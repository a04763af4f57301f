using Bridgehead.Host;
using Bridgehead.Model;

namespace Bridgehead.Instances;

/// <summary>Just the port: a tap device for people who run the machine behind it themselves. An instance runs while its taps are there.</summary>
/// <param name="interfaces">Holds an entry for every interface of this network namespace.</param>
public sealed class TapDriver(ICommandRunner runner, string stateFolder, string interfaces = "/proc/sys/net/ipv4/conf") : IInstanceDriver
{
    private readonly string _root = Path.Combine(stateFolder, "taps");

    public event Action<Guid>? Exited
    {
        add { }
        remove { }
    }

    public string Name => "tap";

    public Task<IReadOnlyList<string>> CheckHostAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<string>>(File.Exists("/dev/net/tun") ? [] : ["/dev/net/tun is missing: run 'modprobe tun'"]);

    public async Task PreparePortAsync(InstanceSpec spec, CancellationToken cancel)
    {
        await StopAsync(spec.Uuid, cancel);
        Directory.CreateDirectory(_root);
        await File.WriteAllLinesAsync(FileOf(spec.Uuid), spec.Ports.Select(port => port.TapName.ToString()), cancel);
        var lines = spec.Ports.Select(port => $"tuntap add dev {port.TapName} mode tap\n");
        await runner.RequireAsync(new Command("ip", ["-batch", "-"]) { Input = string.Concat(lines) }, cancel);
    }

    public Task StartAsync(InstanceSpec spec, CancellationToken cancel) => Task.CompletedTask;

    public async Task StopAsync(Guid uuid, CancellationToken cancel)
    {
        foreach (var tap in await TapsAsync(uuid, cancel))
        {
            var delete = new Command("ip", ["link", "del", "dev", tap]);
            var result = await runner.RunAsync(delete, cancel);

            // It may be gone already, which is what is wanted.
            if (result.ExitCode != 0 && IsThere(tap))
            {
                throw CommandFailedException.From(delete, result);
            }
        }

        if (Directory.Exists(_root))
        {
            Mark(uuid).Clear();
            File.Delete(FileOf(uuid));
        }
    }

    /// <summary>The disk is whoever's who runs the machine; that they are to make it anew they see from the rebuild.</summary>
    public Task WipeAsync(Guid uuid, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>The machine is somebody else's: what is ours of it is its way to the network.</summary>
    public async Task FreezeAsync(Guid uuid, CancellationToken cancel)
    {
        await Mark(uuid).BeginAsync(cancel);
        await TapLinks.SetAsync(runner, PortsOf(uuid), up: false, cancel);
        await Mark(uuid).SetAsync(cancel);
    }

    public async Task ThawAsync(Guid uuid, CancellationToken cancel)
    {
        await Mark(uuid).BeginAsync(cancel);
        await TapLinks.SetAsync(runner, PortsOf(uuid), up: true, cancel);
        Mark(uuid).Clear();
    }

    public bool? IsFrozen(Guid uuid) => Mark(uuid).Read();

    public Task<IReadOnlyDictionary<string, long>> DiagnoseAsync(Guid uuid, CancellationToken cancel) => Task.FromResult(TapLinks.Counters(PortsOf(uuid)));

    /// <summary>There is nothing of it but its taps: the disk is whoever's who runs the machine.</summary>
    public Task DestroyAsync(Guid uuid, CancellationToken cancel) => StopAsync(uuid, cancel);

    public async Task<IReadOnlyList<ObservedInstance>> ListAsync(CancellationToken cancel)
    {
        var found = new List<ObservedInstance>();
        foreach (var file in Directory.Exists(_root) ? Directory.GetFiles(_root) : [])
        {
            if (Guid.TryParseExact(Path.GetFileName(file), "D", out var uuid))
            {
                found.Add(new ObservedInstance(uuid, await IsRunningAsync(uuid, cancel)));
            }
        }

        return found;
    }

    public IReadOnlyList<DeviceName> PortsOf(Guid uuid) => File.Exists(FileOf(uuid)) ? [.. File.ReadAllLines(FileOf(uuid)).Select(DeviceName.Parse)] : [];

    public async Task<bool> IsRunningAsync(Guid uuid, CancellationToken cancel) => File.Exists(FileOf(uuid)) && (await TapsAsync(uuid, cancel)).All(IsThere);

    /// <summary>The disk is whoever's who runs the machine.</summary>
    public Task<bool> ExportAsync(Guid uuid, string path, long mostBytes, CancellationToken cancel) => Task.FromResult(false);

    public Task<string> ReadConsoleAsync(Guid uuid, int maxBytes, CancellationToken cancel) => Task.FromResult("");

    /// <summary>A look that starts no program.</summary>
    private bool IsThere(string tap) => Path.Exists(Path.Combine(interfaces, tap));

    /// <summary>An instance's taps, written before they are made and removed when they are gone: what a daemon that was killed left behind is found by it.</summary>
    private string FileOf(Guid uuid) => Path.Combine(_root, uuid.ToString("D"));

    private FrozenMark Mark(Guid uuid) => new(FileOf(uuid) + ".frozen");

    private Task<string[]> TapsAsync(Guid uuid, CancellationToken cancel) =>
        File.Exists(FileOf(uuid)) ? File.ReadAllLinesAsync(FileOf(uuid), cancel) : Task.FromResult(Array.Empty<string>());
}
