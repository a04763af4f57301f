using Bridgehead.Host;

namespace Bridgehead.Sandbox;

/// <summary>The host's iptables rules as lines <c>TABLE -A ...</c>, and what two looks differ in.</summary>
internal sealed class RuleListing(ICommandRunner runner)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private HashSet<string> _last = [];

    /// <summary>Waits until the rules stay as they are, and tells what came and went since the last look.</summary>
    public async Task<(IReadOnlyList<string> Added, IReadOnlyList<string> Removed)> LookAsync()
    {
        var now = await ReadAsync();
        for (List<string> before; ; now = before)
        {
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
            before = await ReadAsync();
            if (before.SequenceEqual(now))
            {
                break;
            }
        }

        var added = now.Where(line => !_last.Contains(line)).ToList();
        var current = now.ToHashSet(StringComparer.Ordinal);
        var removed = _last.Where(line => !current.Contains(line)).ToList();
        _last = current;
        return (added, removed);
    }

    private async Task<List<string>> ReadAsync()
    {
        var lines = new List<string>();
        var table = "";
        foreach (var line in (await runner.RequireAsync(new Command("iptables-save", []), CancellationToken.None)).Split('\n'))
        {
            if (line.StartsWith('*'))
            {
                table = line[1..];
            }
            else if (line.StartsWith("-A ", StringComparison.Ordinal))
            {
                lines.Add($"{table,-6} {line}");
            }
        }

        return lines;
    }
}
