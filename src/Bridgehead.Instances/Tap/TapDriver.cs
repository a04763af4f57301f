using Bridgehead.Host;

namespace Bridgehead.Instances;

/// <summary>Just the port: a tap device for people who run the machine behind it themselves. An instance runs while its tap is there.</summary>
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
            // It may be gone already, which is what is wanted.
            await runner.RunAsync(new Command("ip", ["link", "del", "dev", tap]), cancel);
        }
    }

    public async Task DestroyAsync(Guid uuid, CancellationToken cancel)
    {
        await StopAsync(uuid, cancel);
        if (Directory.Exists(_root))
        {
            File.Delete(FileOf(uuid));
        }
    }

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

    public async Task<bool> IsRunningAsync(Guid uuid, CancellationToken cancel)
    {
        var taps = await TapsAsync(uuid, cancel);

        // A look that starts no program.
        return taps.Length > 0 && taps.All(tap => Path.Exists(Path.Combine(interfaces, tap)));
    }

    public Task<string> ReadConsoleAsync(Guid uuid, int maxBytes, CancellationToken cancel) => Task.FromResult("");

    private string FileOf(Guid uuid) => Path.Combine(_root, uuid.ToString("D"));

    private Task<string[]> TapsAsync(Guid uuid, CancellationToken cancel) =>
        File.Exists(FileOf(uuid)) ? File.ReadAllLinesAsync(FileOf(uuid), cancel) : Task.FromResult(Array.Empty<string>());
}
