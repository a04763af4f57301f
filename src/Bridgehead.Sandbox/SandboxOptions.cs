using Bridgehead.Model;

namespace Bridgehead.Sandbox;

/// <summary>What the user of the sandbox asked for.</summary>
/// <param name="Settings">Lines for nova.conf, <c>name=value</c>; they win over the sandbox's own.</param>
/// <param name="Command">Run in the host's namespace; empty: a shell, or the demonstration where there is no terminal.</param>
public sealed record SandboxOptions(IReadOnlyList<string> Settings, bool Demonstrate, bool ShowLog, IReadOnlyList<string> Command)
{
    public const string Help =
        """
        usage: bridgehead sandbox [OPTION ...] [--] [COMMAND [ARGUMENT ...]]

        Makes a private world and runs the cloud in it: an outside network (192.168.1.1/24, with a web server) and a host
        (192.168.1.90/24). Nothing of this machine is changed, and nothing is left when it ends. Works as root, and as an
        ordinary user where the kernel allows user namespaces.

        COMMAND runs in the host's namespace, with nova, nova-manage and the OS_* variables ready (and a clouds.yaml with the
        cloud 'sandbox'), and two helpers:
          outside COMMAND ...          runs a command on the outside network
          console SERVER COMMAND ...   runs a command inside an instance, by name or id
        The sandbox ends when COMMAND does, with its exit status. Without COMMAND it opens a shell or, where there is no
        terminal, walks through the article's steps and shows the rules that each of them adds.

        options:
          --demo                  the walk-through, on a terminal too
          --rule-profile NAME     whose rules: article (default) or ocata
          --netfilter-backend NAME
                                  iptables (default) or nftables
          --iptables-variant NAME nft or legacy; default: this machine's choice
          --driver NAME           netns (default): instances are namespaces; tap: only their ports
          --set NAME=VALUE        any setting of nova.conf (repeatable)
          --log                   show the daemons' log; it is in $SANDBOX_LOG otherwise
          -h, --help              this text

        """;

    /// <summary>Whether the rules are to be native nftables objects.</summary>
    public bool IsNative => Settings.Contains("netfilter_backend=nftables");

    /// <summary>Null settings ask for the help text.</summary>
    public static Outcome<SandboxOptions?> Parse(IReadOnlyList<string> args)
    {
        var settings = new List<string>();
        var (demonstrate, log) = (false, false);
        for (var i = 0; i < args.Count; i++)
        {
            var (name, given) = Split(args[i]);
            switch (name)
            {
                case "-h" or "--help":
                    return (SandboxOptions?)null;
                case "--demo":
                    demonstrate = true;
                    break;
                case "--log":
                    log = true;
                    break;
                case "--":
                    return new SandboxOptions(settings, demonstrate, log, [.. args.Skip(i + 1)]);
                case "--rule-profile" or "--netfilter-backend" or "--iptables-variant" or "--driver" or "--set":
                    if ((given ?? args.ElementAtOrDefault(++i)) is not { } value)
                    {
                        return Problem.Bad($"{name} needs a value");
                    }

                    settings.Add(LineOf(name, value));
                    break;
                default:
                    if (name.StartsWith('-'))
                    {
                        return Problem.Bad($"unknown option '{name}'; see bridgehead sandbox --help");
                    }

                    return new SandboxOptions(settings, demonstrate, log, [.. args.Skip(i)]);
            }
        }

        return new SandboxOptions(settings, demonstrate, log, []);
    }

    private static (string Name, string? Value) Split(string word)
    {
        var equals = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
    }

    private static string LineOf(string option, string value) => option switch
    {
        "--set" => value,
        "--driver" => $"compute_driver={value}",
        _ => $"{option[2..].Replace('-', '_')}={value}",
    };
}
