using System.Text;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Testing;

namespace Bridgehead.Agent.Tests;

/// <summary>A host that outlives the daemons on it: packet filter, interfaces, port guard, processes, and the daemons' state folder.</summary>
internal sealed class FakeMachine : IDisposable
{
    private readonly SortedSet<string> _guard = new(StringComparer.Ordinal);
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
        text.Append(Host.V4.Save()).Append(Host.V6.Save());
        text.AppendJoin('\n', Links.Listing().Split('\n').Select(line => string.Join(' ', line.Split(' ').Take(1).Concat(line.Split(' ').Skip(1).Order(StringComparer.Ordinal)))));
        text.AppendJoin('\n', _guard).Append('\n');
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

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Files that say something of networks, addresses and instances; a process's number and a lock do not.</summary>
    private IEnumerable<string> Kept() => Directory.GetFiles(State, "*", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/locks/", StringComparison.Ordinal) && Path.GetFileName(file) is not "pid" && !file.EndsWith(".tmp", StringComparison.Ordinal));

    private CommandResult Run(Command command) => command.Program switch
    {
        "ip" => Links.Run(command),
        "nft" => Guard(command.Input),
        "dnsmasq" => Dnsmasq(command),
        "kill" => Kill(command.Arguments[0], command.Arguments[1]),
        "conntrack" => new CommandResult(1, "", "0 flow entries have been deleted."),
        "arping" or "dhcp_release" => new CommandResult(0, "", ""),
        _ => new CommandResult(127, "", $"the fake machine has no {command}"),
    };

    /// <summary>One transaction. As the kernel: deleting an element that is not there refuses the whole, adding one again does not.</summary>
    private CommandResult Guard(string text)
    {
        var lines = text.Split('\n');
        var next = lines.Any(line => line.StartsWith("delete table bridge ", StringComparison.Ordinal)) ? [] : new HashSet<string>(_guard, StringComparer.Ordinal);
        foreach (var line in lines.Where(line => line.Contains(" element ", StringComparison.Ordinal)))
        {
            var element = line[(line.IndexOf(" element ", StringComparison.Ordinal) + 1)..];
            if (line.StartsWith("add", StringComparison.Ordinal))
            {
                next.Add(element);
            }
            else if (!next.Remove(element))
            {
                return new CommandResult(1, "", "Could not process rule: No such file or directory");
            }
        }

        _guard.Clear();
        _guard.UnionWith(next);
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
}
