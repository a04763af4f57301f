using System.Globalization;
using Bridgehead.Host;
using Bridgehead.Model;

namespace Bridgehead.Instances;

/// <summary>
/// An instance is a container of namespaces with a busybox root: a machine for people who test the network around it. Its processes are nobody's children, so they outlive
/// the daemon; a later daemon knows them by the process id and its start time in the instance's folder.
/// </summary>
public sealed class NetnsDriver(ICommandRunner runner, string stateFolder, TimeProvider clock) : IInstanceDriver
{
    private static readonly string[] Programs = ["busybox", "ip", "unshare", "nsenter", "setsid"];
    private static readonly TimeSpan LongestExport = TimeSpan.FromHours(1);
    private readonly NetnsFolders _folders = new(stateFolder);
    private IReadOnlyList<string>? _applets;

    public event Action<Guid>? Exited;

    public string Name => "netns";

    public async Task<IReadOnlyList<string>> CheckHostAsync(CancellationToken cancel)
    {
        var missing = new List<string>();
        foreach (var program in Programs)
        {
            if ((await runner.RunAsync(new Command("sh", ["-c", "command -v \"$1\"", "sh", program]) { Reads = true }, cancel)).ExitCode != 0)
            {
                missing.Add(CommandRunner.Missing(program));
            }
        }

        return missing;
    }

    public async Task PreparePortAsync(InstanceSpec spec, CancellationToken cancel)
    {
        await StopAsync(spec.Uuid, cancel);
        var basis = await BaseAsync(cancel);
        var folder = _folders.Of(spec.Uuid);
        Directory.CreateDirectory(folder);
        await MakeDiskAsync(spec, folder, cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "ports"), PortsFile(spec), cancel);
        await File.WriteAllLinesAsync(Path.Combine(folder, "taps"), spec.Ports.Select(port => port.TapName.ToString()), cancel);
        var printed = await runner.RequireAsync(new Command("sh", [Path.Combine(basis, "launch.sh"), folder, basis, spec.HostName]), cancel);
        var outer = int.Parse(printed.Trim(), CultureInfo.InvariantCulture);
        var pid = int.Parse((await File.ReadAllTextAsync($"/proc/{outer}/task/{outer}/children", cancel)).Trim(), CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(Path.Combine(folder, "pid"), $"{pid} {NetnsFolders.StartTime(pid)}\n", cancel);
        await MakePortsAsync(spec, pid, cancel);
    }

    public async Task StartAsync(InstanceSpec spec, CancellationToken cancel)
    {
        var go = Path.Combine(_folders.Of(spec.Uuid), "boot", "go");
        await runner.RequireAsync(new Command("sh", ["-c", "echo go >\"$1\"", "sh", go]) { Timeout = TimeSpan.FromSeconds(10) }, cancel);
        await File.WriteAllTextAsync(Path.Combine(_folders.Of(spec.Uuid), "started"), "", cancel);
        _ = WatchAsync(spec.Uuid);
    }

    public async Task StopAsync(Guid uuid, CancellationToken cancel)
    {
        var folder = _folders.Of(uuid);
        if (!Directory.Exists(folder))
        {
            return;
        }

        File.Delete(Path.Combine(folder, "started"));
        await EndProcessesAsync(uuid, cancel);
        Mark(uuid).Clear();
        var taps = Path.Combine(folder, "taps");
        if (File.Exists(taps))
        {
            foreach (var tap in await File.ReadAllLinesAsync(taps, cancel))
            {
                // The peer's namespace may have taken it along already; then there is nothing to delete.
                await runner.RunAsync(new Command("ip", ["link", "del", "dev", tap]), cancel);
            }

            File.Delete(taps);
        }
    }

    public Task WipeAsync(Guid uuid, CancellationToken cancel) =>
        runner.RequireAsync(new Command("rm", ["-rf", "--one-file-system", Path.Combine(_folders.Of(uuid), "disk")]), cancel);

    /// <summary>Its taps first: the kernel answers for a machine whose programs stand still.</summary>
    public async Task FreezeAsync(Guid uuid, CancellationToken cancel)
    {
        await Mark(uuid).BeginAsync(cancel);
        await TapLinks.SetAsync(runner, PortsOf(uuid), up: false, cancel);
        await new NetnsProcesses(runner).StopAsync(Require(uuid), cancel);
        await Mark(uuid).SetAsync(cancel);
    }

    public async Task ThawAsync(Guid uuid, CancellationToken cancel)
    {
        await Mark(uuid).BeginAsync(cancel);
        await new NetnsProcesses(runner).ContinueAsync(Require(uuid), cancel);
        await TapLinks.SetAsync(runner, PortsOf(uuid), up: true, cancel);
        Mark(uuid).Clear();
    }

    public bool? IsFrozen(Guid uuid) => Mark(uuid).Read();

    public Task<IReadOnlyDictionary<string, long>> DiagnoseAsync(Guid uuid, CancellationToken cancel)
    {
        var figures = new Dictionary<string, long>(TapLinks.Counters(PortsOf(uuid)), StringComparer.Ordinal);
        if (_folders.Pid(uuid) is { } pid)
        {
            (figures["cpu0_time"], figures["memory"]) = NetnsProcesses.Usage(pid);
        }

        return Task.FromResult<IReadOnlyDictionary<string, long>>(figures);
    }

    public async Task DestroyAsync(Guid uuid, CancellationToken cancel)
    {
        var folder = _folders.Of(uuid);
        await StopAsync(uuid, cancel);

        // rm follows no links, whatever the tenant left in its disk.
        await runner.RequireAsync(new Command("rm", ["-rf", "--one-file-system", folder]), cancel);
    }

    public Task<IReadOnlyList<ObservedInstance>> ListAsync(CancellationToken cancel)
    {
        IReadOnlyList<ObservedInstance> found = [.. _folders.All().Select(uuid => new ObservedInstance(uuid, _folders.IsRunning(uuid)))];
        foreach (var instance in found.Where(instance => instance.Running))
        {
            _ = WatchAsync(instance.Uuid);
        }

        return Task.FromResult(found);
    }

    public IReadOnlyList<DeviceName> PortsOf(Guid uuid)
    {
        var path = Path.Combine(_folders.Of(uuid), "taps");
        return File.Exists(path) ? [.. File.ReadAllLines(path).Select(DeviceName.Parse)] : [];
    }

    public Task<bool> IsRunningAsync(Guid uuid, CancellationToken cancel) => Task.FromResult(_folders.IsRunning(uuid));

    public async Task<string> ReadConsoleAsync(Guid uuid, int maxBytes, CancellationToken cancel)
    {
        var path = Path.Combine(_folders.Of(uuid), "console.log");
        if (!File.Exists(path))
        {
            return "";
        }

        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-Math.Min(file.Length, maxBytes), SeekOrigin.End);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync(cancel);
    }

    public async Task<bool> ExportAsync(Guid uuid, string path, long mostBytes, CancellationToken cancel)
    {
        var script = Path.Combine(await BaseAsync(cancel), "export.sh");
        var command = new Command("sh", [script, _folders.Of(uuid), Path.GetDirectoryName(script)!, path, $"{mostBytes / 512}"]) { Timeout = LongestExport };
        await runner.RequireAsync(command, cancel);
        return true;
    }

    private async Task<string> BaseAsync(CancellationToken cancel)
    {
        _applets ??= (await runner.RequireAsync(new Command("busybox", ["--list"]) { Reads = true }, cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return await BusyboxBase.EnsureAsync(stateFolder, _applets, cancel);
    }

    /// <summary>At the first boot, the disk is filled from the image; it is there once it is whole.</summary>
    private async Task MakeDiskAsync(InstanceSpec spec, string folder, CancellationToken cancel)
    {
        var (disk, arriving) = (Path.Combine(folder, "disk"), Path.Combine(folder, "disk.new"));
        if (Directory.Exists(disk) || spec.Root is not { } root)
        {
            return;
        }

        if (root.Missing is { } why)
        {
            throw new UnbootableImageException(why);
        }

        await runner.RequireAsync(new Command("rm", ["-rf", "--one-file-system", arriving]), cancel);
        try
        {
            await new RootArchive(arriving, root.MostBytes).UnpackAsync(root.Path, cancel);
        }
        catch (UnbootableImageException)
        {
            await runner.RequireAsync(new Command("rm", ["-rf", "--one-file-system", arriving]), cancel);
            throw;
        }

        Directory.Move(arriving, disk);
    }

    private FrozenMark Mark(Guid uuid) => new(Path.Combine(_folders.Of(uuid), "frozen"));

    private int Require(Guid uuid) => _folders.Pid(uuid) ?? throw new InvalidOperationException($"instance {uuid} ended while it was to be held still or to go on");

    private static string PortsFile(InstanceSpec spec) => string.Concat(spec.Ports.Select((port, i) => port switch
    {
        { Dhcp: true } => $"eth{i} dhcp\n",
        { Injected: { } at } => $"eth{i} static {at.Address}/{at.Network.PrefixLength} {at.Gateway?.ToString() ?? "-"} {(at.Dns.Count > 0 ? string.Join(',', at.Dns) : "-")}\n",
        _ => $"eth{i} none\n",
    }));

    private Task<string> MakePortsAsync(InstanceSpec spec, int pid, CancellationToken cancel)
    {
        var lines = spec.Ports.Select((port, i) =>
            $"link add name {port.TapName} type veth peer name eth{i} address {port.Mac} netns {pid}{(port.Mtu is { } mtu ? $" mtu {mtu}" : "")}\n");
        return runner.RequireAsync(new Command("ip", ["-batch", "-"]) { Input = string.Concat(lines) }, cancel);
    }

    private async Task EndProcessesAsync(Guid uuid, CancellationToken cancel)
    {
        // The pid namespace's first process takes all others with it; a container that never got its pid file is ended by its launcher's.
        foreach (var pid in new[] { _folders.Pid(uuid), _folders.LauncherPid(uuid) }.OfType<int>())
        {
            await runner.RunAsync(new Command("kill", ["-KILL", $"{pid}"]), cancel);
            while (File.Exists($"/proc/{pid}/stat") && NetnsFolders.IsAlive(pid))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(2), clock, cancel);
            }
        }

        File.Delete(Path.Combine(_folders.Of(uuid), "pid"));
        File.Delete(Path.Combine(_folders.Of(uuid), "launch.pid"));
    }

    /// <summary>Looks every half second whether the instance still runs, and says when it ended by itself.</summary>
    private async Task WatchAsync(Guid uuid)
    {
        var pid = _folders.Pid(uuid);
        while (pid is not null && _folders.IsRunning(uuid))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), clock, CancellationToken.None);
        }

        if (pid is not null && _folders.Pid(uuid) is null && File.Exists(Path.Combine(_folders.Of(uuid), "started")))
        {
            Exited?.Invoke(uuid);
        }
    }
}
