using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>Runs what only reads, and notes the rest as if it had succeeded without a word.</summary>
public sealed class DryRunRunner(ICommandRunner real, DryRun run) : ICommandRunner
{
    private static readonly CommandResult Done = new(0, "", "");

    /// <summary>The interfaces as they would be by now.</summary>
    public DryRunLinks Links { get; } = new();

    public async Task<CommandResult> RunAsync(Command command, CancellationToken cancel)
    {
        if (command is { Program: "ip", Reads: true })
        {
            return Links.Answer(command) ?? Corrected(command, await real.RunAsync(command, cancel));
        }

        if (command.Reads)
        {
            return await real.RunAsync(command, cancel);
        }

        if (command.Program == "ip" && command.Arguments.Contains("-batch"))
        {
            Array.ForEach(command.Input.Split('\n', StringSplitOptions.RemoveEmptyEntries), NoteLine);
        }
        else
        {
            run.Add(new HostChange(AreaOf(command.Program), SignOf(command), $"{command}"));
        }

        return Done;
    }

    private CommandResult Corrected(Command command, CommandResult result) => result.ExitCode == 0 ? result with { Output = Links.Corrected(command, result.Output) } : result;

    private void NoteLine(string line)
    {
        var words = line.Split(' ');
        Links.Note(words);
        run.Add(new HostChange(HostArea.Interfaces, words[1] switch { "add" => ChangeSign.Comes, "del" => ChangeSign.Goes, _ => ChangeSign.Changes }, $"ip {line}"));
    }

    private static HostArea AreaOf(string program) => program switch
    {
        "dnsmasq" or "dhcp_release" => HostArea.Dhcp,
        "conntrack" => HostArea.Connections,
        _ => HostArea.Interfaces,
    };

    private static ChangeSign SignOf(Command command) => command.Program switch
    {
        "dnsmasq" => ChangeSign.Comes,
        "dhcp_release" or "conntrack" => ChangeSign.Goes,
        _ => ChangeSign.Changes,
    };
}
