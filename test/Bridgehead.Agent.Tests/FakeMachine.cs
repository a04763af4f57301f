using System.Collections.Concurrent;
using System.Text;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules.Nftables;
using Bridgehead.Testing;

namespace Bridgehead.Agent.Tests;

/// <summary>A host that outlives the daemons on it: packet filter, interfaces, port guard, processes, and the daemons' state folder.</summary>
internal sealed class FakeMachine : IDisposable
{
    private readonly NftModel _nftables = new();
    private readonly ConcurrentDictionary<string, NftCommit> _commits = new(StringComparer.Ordinal);
    private int _generation;
    private const string NfTables = "nf_tables";
    private int _lastPid = 100;

    public FakeMachine()
    {
        Folder = Folders.Create("host");
        foreach (var folder in (string[])[State, Proc, Interfaces])
        {
            Directory.CreateDirectory(folder);
        }

        foreach (var setting in (string[])["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding", "net/bridge/bridge-nf-call-iptables", "net/bridge/bridge-nf-call-ip6tables"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Sysctls, setting))!);
            File.WriteAllText(Path.Combine(Sysctls, setting), "0\n");
        }

        Links.Changed = (name, there) =>
        {
            var path = Path.Combine(Interfaces, name);
            if (there)
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.Delete(path);
            }
        };
        Host.Others = Run;
    }

    public FakeHost Host { get; } = new();

    public FakeLinks Links { get; } = new("lo", "eth0");

    public string State => Path.Combine(Folder, "state");

    public string Proc => Path.Combine(Folder, "proc");

    public string Interfaces => Path.Combine(Folder, "interfaces");

    public string Sysctls => Path.Combine(Folder, "sys");

    private string Folder { get; }

    /// <summary>Everything of the host that the daemons bring about, in words that do not depend on the folder nor on process numbers.</summary>
    public string Listing()
    {
        var text = new StringBuilder();
        text.Append(Rules());
        text.AppendJoin('\n', Links.Listing().Split('\n').Select(line => string.Join(' ', line.Split(' ').Take(1).Concat(line.Split(' ').Skip(1).Order(StringComparer.Ordinal)))));
        foreach (var line in Directory.GetFiles(Proc, "cmdline", SearchOption.AllDirectories).Select(File.ReadAllText).Order(StringComparer.Ordinal))
        {
            text.Append(line.Replace('\0', ' ').Replace(State, "STATE", StringComparison.Ordinal)).Append('\n');
        }

        foreach (var file in Directory.GetFiles(Sysctls, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            text.Append(Path.GetRelativePath(Sysctls, file)).Append(" = ").Append(File.ReadAllText(file));
        }

        foreach (var file in Kept().Order(StringComparer.Ordinal))
        {
            text.Append(Path.GetRelativePath(State, file)).Append(": ").Append(File.ReadAllText(file)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The packet filter.</summary>
    public string Rules() => Host.V4.Save() + Host.V6.Save() + _nftables.List();

    public (NftImage Image, int Generation) ReadNftables()
    {
        lock (_nftables)
        {
            return (_nftables.Read(), _generation);
        }
    }

    /// <summary>Returns the handles of the rules that were added, and the generation that the commit made; null when the one that it was made for is no more.</summary>
    public async Task<(IReadOnlyList<ulong> Handles, int Generation)?> CommitAsync(IReadOnlyList<NftOperation> operations, int generation, CancellationToken cancel)
    {
        var (number, commit) = ($"{Guid.NewGuid()}", new NftCommit(operations, generation));
        _commits[number] = commit;
        await Host.RequireAsync(new Command(NfTables, [number]) { Input = NftScript.Of(operations) }, cancel);
        _commits.TryRemove(number, out _);
        return commit.Done;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Files that say something of networks, addresses and instances; a process's number and a lock do not.</summary>
    private IEnumerable<string> Kept() => Directory.GetFiles(State, "*", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/locks/", StringComparison.Ordinal) && Path.GetFileName(file) is not "pid" && !file.EndsWith(".tmp", StringComparison.Ordinal));

    private CommandResult Run(Command command) => command.Program switch
    {
        "ip" => Links.Run(command),
        NfTables => Commit(_commits[command.Arguments[0]]),
        "dnsmasq" => Dnsmasq(command),
        "kill" => Kill(command.Arguments[0], command.Arguments[1]),
        "conntrack" => new CommandResult(1, "", "conntrack v1.4.7 (conntrack-tools): 0 flow entries have been deleted.\n"),
        "arping" or "dhcp_release" => new CommandResult(0, "", ""),
        _ => new CommandResult(127, "", $"the fake machine has no {command}"),
    };

    private CommandResult Commit(NftCommit commit)
    {
        lock (_nftables)
        {
            if (commit.Generation == _generation)
            {
                commit.Done = (_nftables.Commit(commit.Operations), ++_generation);
            }
        }

        return new CommandResult(0, "", "");
    }

    private CommandResult Dnsmasq(Command command)
    {
        const string Listen = "--listen-address=";
        if (command.Arguments.FirstOrDefault(word => word.StartsWith(Listen, StringComparison.Ordinal) && !Links.Carries(Ip.Parse(word[Listen.Length..]))) is { } nowhere)
        {
            return new CommandResult(2, "", $"dnsmasq: failed to create listening socket for {nowhere[Listen.Length..]}: Cannot assign requested address");
        }

        var pid = ++_lastPid;
        var folder = Directory.CreateDirectory(Path.Combine(Proc, $"{pid}")).FullName;
        File.WriteAllText(Path.Combine(folder, "cmdline"), string.Concat(command.Arguments.Prepend("dnsmasq").Select(word => word + "\0")));
        File.WriteAllText(command.Arguments.Single(word => word.StartsWith("--pid-file=", StringComparison.Ordinal))["--pid-file=".Length..], $"{pid}\n");
        return new CommandResult(0, "", "");
    }

    private CommandResult Kill(string signal, string pid)
    {
        var folder = Path.Combine(Proc, pid);
        if (!Directory.Exists(folder))
        {
            return new CommandResult(1, "", $"kill: ({pid}) - No such process");
        }

        if (signal == "-TERM")
        {
            Directory.Delete(folder, recursive: true);
        }

        return new CommandResult(0, "", "");
    }

    private sealed class NftCommit(IReadOnlyList<NftOperation> operations, int generation)
    {
        public IReadOnlyList<NftOperation> Operations => operations;

        public int Generation => generation;

        public (IReadOnlyList<ulong> Handles, int Generation)? Done { get; set; }
    }
}
