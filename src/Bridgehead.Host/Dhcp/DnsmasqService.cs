using Bridgehead.Model;
using Bridgehead.Rules;

namespace Bridgehead.Host;

/// <summary>A host of an instance's.</summary>
public sealed record ServedHost(Guid Instance, DhcpHost Host);

/// <summary>What a bridge's dnsmasq serves.</summary>
public sealed record DhcpPicture(IReadOnlyList<Network> Networks, IReadOnlyList<ServedHost> Hosts);

/// <summary>
/// dnsmasq of this host's bridges, one for each. A host is a small file that dnsmasq reads by itself (inotify); the program is started again only when its arguments change,
/// and told to read everything again (SIGHUP) only when an address or MAC that it still knows from a removed file is used anew, and once by each life of the daemon that finds it running.
/// </summary>
/// <param name="helper">The program that dnsmasq starts for lease events, see <see cref="LeaseHelper"/>.</param>
public sealed class DnsmasqService(ICommandRunner runner, IHostFiles host, IProcesses processes, NovaSettings settings, string helper)
{
    private readonly string _folder = Path.Combine(settings.StatePath, "networks");

    /// <summary>Bridges that this life of the daemon has brought about, each with the addresses and MACs that its dnsmasq still knows from files that are gone.</summary>
    private readonly Dictionary<DeviceName, HashSet<string>> _forgotten = [];

    /// <summary>The files of each instance's hosts, so that what was served of it can be taken away when the store knows it no more.</summary>
    private readonly Dictionary<Guid, HashSet<(DeviceName Bridge, string Name)>> _served = [];
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

            var found = !_forgotten.ContainsKey(bridge);
            var forgotten = Begin(bridge, files);
            host.Write(files.Options, DnsmasqPlan.Options(networks));
            await WriteHostsAsync(bridge, files, hosts, cancel);
            var arguments = DnsmasqPlan.Arguments(bridge, networks, settings, files);
            if (Running(files, arguments) is not { } pid)
            {
                await StartAsync(files, arguments, cancel);
            }
            else if (found || forgotten.Count > 0)
            {
                // What it knows from files that an earlier life removed, nobody can see.
                await processes.SignalAsync("-HUP", pid, cancel);
            }

            forgotten.Clear();
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// Serves these hosts of an instance, and no others that it had. What is wanted is asked for when no bridge is being brought about; a bridge that has not been yet gets the host with its
    /// whole picture.
    /// </summary>
    public async Task ServeAsync(Guid instance, Func<IReadOnlyList<(DeviceName Bridge, DhcpHost Host)>> look, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var served = ServedOf(instance);
            var hosts = look().Where(wanted => _forgotten.ContainsKey(wanted.Bridge)).ToList();
            foreach (var (bridge, host) in hosts)
            {
                served.Add((bridge, host.FileName));
                await PutAsync(bridge, host, cancel);
            }

            foreach (var (bridge, name) in served.Except(hosts.Select(wanted => (wanted.Bridge, wanted.Host.FileName))).ToList())
            {
                await DropAsync(bridge, FilesOf(bridge), name, cancel);
                served.Remove((bridge, name));
            }

            if (served.Count == 0)
            {
                _served.Remove(instance);
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
        host.DeleteFolder(Path.GetDirectoryName(files.Pid)!);
        _forgotten.Remove(bridge);
        ServeNobody(bridge);
    }

    private DnsmasqFiles FilesOf(DeviceName bridge)
    {
        var folder = Path.Combine(_folder, bridge.ToString());
        return new DnsmasqFiles(Path.Combine(folder, "pid"), Path.Combine(folder, "hosts"), Path.Combine(folder, "opts"), Path.Combine(folder, "names"), helper);
    }

    private HashSet<string> Begin(DeviceName bridge, DnsmasqFiles files)
    {
        host.MakeFolder(files.Hosts);
        host.MakeFolder(files.Names);
        if (!_forgotten.TryGetValue(bridge, out var forgotten))
        {
            _forgotten.Add(bridge, forgotten = []);
        }

        return forgotten;
    }

    private HashSet<(DeviceName Bridge, string Name)> ServedOf(Guid instance)
    {
        if (!_served.TryGetValue(instance, out var served))
        {
            _served.Add(instance, served = []);
        }

        return served;
    }

    private void ServeNobody(DeviceName bridge)
    {
        foreach (var served in _served.Values)
        {
            served.RemoveWhere(place => place.Bridge == bridge);
        }
    }

    /// <summary>The bridge's folders hold these hosts and no others, whoever wrote them.</summary>
    private async Task WriteHostsAsync(DeviceName bridge, DnsmasqFiles files, IReadOnlyList<ServedHost> hosts, CancellationToken cancel)
    {
        var wanted = hosts.Select(served => served.Host.FileName).ToHashSet(StringComparer.Ordinal);
        foreach (var name in NamesIn(files.Hosts).Union(NamesIn(files.Names)).Where(name => !wanted.Contains(name)))
        {
            await DropAsync(bridge, files, name, cancel);
        }

        ServeNobody(bridge);
        foreach (var (instance, host) in hosts)
        {
            ServedOf(instance).Add((bridge, host.FileName));
            await WriteHostAsync(bridge, files, host, cancel);
        }
    }

    private async Task PutAsync(DeviceName bridge, DhcpHost host, CancellationToken cancel)
    {
        var files = FilesOf(bridge);
        await WriteHostAsync(bridge, files, host, cancel);
        var known = _forgotten[bridge];
        if ((known.Contains(host.Address.ToString()) || known.Contains(host.FileName)) && Pid(files) is { } pid)
        {
            await processes.SignalAsync("-HUP", pid, cancel);
            known.Clear();
        }
    }

    /// <summary>A host whose address changed is another one to dnsmasq, which keeps what it has read.</summary>
    private async Task WriteHostAsync(DeviceName bridge, DnsmasqFiles files, DhcpHost served, CancellationToken cancel)
    {
        var path = Path.Combine(files.Hosts, served.FileName);
        var text = DnsmasqPlan.HostFile(served, settings);
        if (File.Exists(path) && await File.ReadAllTextAsync(path, cancel) != text)
        {
            await DropAsync(bridge, files, served.FileName, cancel);
        }

        host.Write(Path.Combine(files.Names, served.FileName), DnsmasqPlan.NameFile(served, settings));
        host.Write(path, text);
    }

    /// <summary>Stops serving the host of that file, and gives its lease back. The file goes last: by it a later life would do this again.</summary>
    private async Task DropAsync(DeviceName bridge, DnsmasqFiles files, string name, CancellationToken cancel)
    {
        var path = Path.Combine(files.Hosts, name);
        string[] words = File.Exists(path) ? (await File.ReadAllTextAsync(path, cancel)).Trim().Split(',') : [];
        _forgotten[bridge].Add(name);
        if (words is [var mac, .., var text] && MacAddress.TryParse(mac, out var from) && Ip.TryParse(text, out var leased))
        {
            _forgotten[bridge].Add(text);
            if (settings.ForceDhcpRelease && Pid(files) is not null)
            {
                // The program only sends a packet; there may be no lease to give back.
                await runner.RunAsync(new Command("dhcp_release", [bridge.ToString(), leased.ToString(), from.ToString()]), cancel);
            }
        }

        host.Delete(Path.Combine(files.Names, name));
        host.Delete(path);
    }

    private static IEnumerable<string> NamesIn(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder).Select(path => Path.GetFileName(path)) : [];

    private async Task StartAsync(DnsmasqFiles files, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        await StopAsync(files, cancel);
        await runner.RequireAsync(
            new Command("dnsmasq", arguments) { Environment = new Dictionary<string, string> { [LeaseHelper.FolderVariable] = settings.StatePath } }, cancel);
    }

    /// <summary>Until it is gone: a successor on the same bridge would share its port with it, and the kernel would give the requests to either.</summary>
    private Task StopAsync(DnsmasqFiles files, CancellationToken cancel) => Pid(files) is { } pid ? processes.EndAsync(pid, () => Runs(pid, files), cancel) : Task.CompletedTask;

    private int? Running(DnsmasqFiles files, IReadOnlyList<string> arguments) =>
        Pid(files) is { } pid && processes.ArgumentsOf(pid).SequenceEqual(arguments) ? pid : null;

    /// <summary>The process that wrote the pid file, if it is still that program with that file among its arguments.</summary>
    private int? Pid(DnsmasqFiles files) =>
        File.Exists(files.Pid) && int.TryParse(File.ReadAllText(files.Pid).Trim(), out var pid) && Runs(pid, files) ? pid : null;

    private bool Runs(int pid, DnsmasqFiles files) => processes.ArgumentsOf(pid).Contains($"--pid-file={files.Pid}");
}
