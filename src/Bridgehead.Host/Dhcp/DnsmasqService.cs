using Bridgehead.Model;
using Bridgehead.Rules;

namespace Bridgehead.Host;

/// <summary>What a bridge's dnsmasq serves.</summary>
public sealed record DhcpPicture(IReadOnlyList<Network> Networks, IReadOnlyList<DhcpHost> Hosts);

/// <summary>
/// dnsmasq of this host's bridges, one for each. A host is a small file that dnsmasq reads by itself (inotify); the program is started again only when its arguments change,
/// and told to read everything again (SIGHUP) only when an address or MAC that it still knows from a removed file is used anew.
/// </summary>
/// <param name="helper">The program that dnsmasq starts for lease events, see <see cref="LeaseHelper"/>.</param>
/// <param name="proc">Where the processes of this host are seen.</param>
public sealed class DnsmasqService(ICommandRunner runner, NovaSettings settings, string helper, string proc = "/proc")
{
    /// <summary>ESRCH: the process ended between opening and reading.</summary>
    private const int NoSuchProcess = 3;

    private readonly string _folder = Path.Combine(settings.StatePath, "networks");
    private readonly Dictionary<DeviceName, HashSet<string>> _forgotten = [];
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>
    /// Brings the bridge's dnsmasq to the whole picture, at start and when a network changes; without networks it ends. The picture is taken when no single host is being put, so that a host
    /// that came meanwhile is in it.
    /// </summary>
    public async Task EnsureAsync(DeviceName bridge, Func<Task<DhcpPicture>> look, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var (networks, hosts) = await look();
            var files = FilesOf(bridge);
            if (networks.Count == 0)
            {
                await EndAsync(bridge, files, cancel);
                return;
            }

            Directory.CreateDirectory(files.Hosts);
            Directory.CreateDirectory(files.Names);
            await WriteAsync(files.Options, DnsmasqPlan.Options(networks), cancel);
            var stale = Sweep(files, hosts);
            foreach (var host in hosts)
            {
                await WriteHostAsync(files, host, cancel);
            }

            var arguments = DnsmasqPlan.Arguments(bridge, networks, settings, files);
            if (Running(files, arguments) is not { } pid)
            {
                await StartAsync(bridge, files, arguments, cancel);
            }
            else if (stale)
            {
                await SignalAsync("-HUP", pid, cancel);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Serves one more host, or one host otherwise.</summary>
    public async Task PutHostAsync(DeviceName bridge, DhcpHost host, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var files = FilesOf(bridge);
            await WriteHostAsync(files, host, cancel);
            if (_forgotten.TryGetValue(bridge, out var known) && (known.Contains(host.Address.ToString()) || known.Contains(host.Mac.ToString())) && Pid(files) is { } pid)
            {
                known.Clear();
                await SignalAsync("-HUP", pid, cancel);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Stops serving a host, and gives its lease back.</summary>
    public async Task RemoveHostAsync(DeviceName bridge, MacAddress mac, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var files = FilesOf(bridge);
            var name = mac.ToString().Replace(":", "", StringComparison.Ordinal);
            var path = Path.Combine(files.Hosts, name);
            if (!File.Exists(path))
            {
                return;
            }

            var address = (await File.ReadAllTextAsync(path, cancel)).Trim().Split(',')[^1];
            File.Delete(path);
            File.Delete(Path.Combine(files.Names, name));
            Forget(bridge, mac.ToString(), address);
            if (settings.ForceDhcpRelease && Ip.TryParse(address, out var leased) && Pid(files) is not null)
            {
                // The program only sends a packet; there may be no lease to give back.
                await runner.RunAsync(new Command("dhcp_release", [bridge.ToString(), leased.ToString(), mac.ToString()]), cancel);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Bridges that have files here, of this life of the daemon or an earlier one.</summary>
    public IReadOnlyList<DeviceName> Bridges() => Directory.Exists(_folder)
        ? [.. Directory.GetDirectories(_folder).Select(path => Path.GetFileName(path)).Where(name => File.Exists(Path.Combine(_folder, name, "opts"))).Select(DeviceName.Parse)]
        : [];

    /// <summary>Ends the program and removes its files.</summary>
    private async Task EndAsync(DeviceName bridge, DnsmasqFiles files, CancellationToken cancel)
    {
        await StopAsync(files, cancel);
        _forgotten.Remove(bridge);
        if (Directory.Exists(Path.GetDirectoryName(files.Pid)))
        {
            Directory.Delete(Path.GetDirectoryName(files.Pid)!, recursive: true);
        }
    }

    private DnsmasqFiles FilesOf(DeviceName bridge)
    {
        var folder = Path.Combine(_folder, bridge.ToString());
        return new DnsmasqFiles(Path.Combine(folder, "pid"), Path.Combine(folder, "hosts"), Path.Combine(folder, "opts"), Path.Combine(folder, "names"), helper);
    }

    private void Forget(DeviceName bridge, string mac, string address)
    {
        if (!_forgotten.TryGetValue(bridge, out var known))
        {
            _forgotten.Add(bridge, known = []);
        }

        known.Add(mac);
        known.Add(address);
    }

    /// <summary>Removes files of hosts that are not wanted; says whether there were any.</summary>
    private static bool Sweep(DnsmasqFiles files, IReadOnlyList<DhcpHost> hosts)
    {
        var wanted = hosts.Select(host => host.FileName).ToHashSet(StringComparer.Ordinal);
        var stale = Directory.EnumerateFiles(files.Hosts).Concat(Directory.EnumerateFiles(files.Names)).Where(path => !wanted.Contains(Path.GetFileName(path))).ToList();
        stale.ForEach(File.Delete);
        return stale.Count > 0;
    }

    private async Task WriteHostAsync(DnsmasqFiles files, DhcpHost host, CancellationToken cancel)
    {
        await WriteAsync(Path.Combine(files.Names, host.FileName), DnsmasqPlan.NameFile(host, settings), cancel);
        await WriteAsync(Path.Combine(files.Hosts, host.FileName), DnsmasqPlan.HostFile(host, settings), cancel);
    }

    /// <summary>Written beside the folder that dnsmasq watches and moved into it, so that it never reads half a file.</summary>
    private async Task WriteAsync(string path, string text, CancellationToken cancel)
    {
        if (File.Exists(path) && await File.ReadAllTextAsync(path, cancel) == text)
        {
            return;
        }

        var temporary = Path.Combine(_folder, $"{Guid.NewGuid():N}.tmp");
        await File.WriteAllTextAsync(temporary, text, cancel);
        File.Move(temporary, path, overwrite: true);
    }

    private async Task StartAsync(DeviceName bridge, DnsmasqFiles files, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        await StopAsync(files, cancel);
        _forgotten.Remove(bridge);
        await runner.RequireAsync(
            new Command("dnsmasq", arguments) { Environment = new Dictionary<string, string> { [LeaseHelper.FolderVariable] = settings.StatePath } }, cancel);
    }

    /// <summary>Until it is gone: a successor on the same bridge would share its port with it, and the kernel would give the requests to either.</summary>
    private async Task StopAsync(DnsmasqFiles files, CancellationToken cancel)
    {
        if (Pid(files) is not { } pid)
        {
            return;
        }

        await SignalAsync("-TERM", pid, cancel);
        while (Runs(pid, files))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancel);
        }
    }

    private int? Running(DnsmasqFiles files, IReadOnlyList<string> arguments) =>
        Pid(files) is { } pid && ArgumentsOf(pid).SequenceEqual(arguments) ? pid : null;

    /// <summary>The process that wrote the pid file, if it is still that program with that file among its arguments.</summary>
    private int? Pid(DnsmasqFiles files) =>
        File.Exists(files.Pid) && int.TryParse(File.ReadAllText(files.Pid).Trim(), out var pid) && Runs(pid, files) ? pid : null;

    private bool Runs(int pid, DnsmasqFiles files) => ArgumentsOf(pid).Contains($"--pid-file={files.Pid}");

    /// <summary>Empty for a process that is gone, or going.</summary>
    private IEnumerable<string> ArgumentsOf(int pid)
    {
        try
        {
            return File.ReadAllText(Path.Combine(proc, $"{pid}", "cmdline")).TrimEnd('\0').Split('\0').Skip(1);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException or IOException { HResult: NoSuchProcess })
        {
            return [];
        }
    }

    private Task<string> SignalAsync(string signal, int pid, CancellationToken cancel) => runner.RequireAsync(new Command("kill", [signal, $"{pid}"]), cancel);
}
