using System.Text.Json;
using Bridgehead.Host;

namespace Bridgehead.Sandbox;

/// <summary>The host's rules as lines, and what two looks differ in: iptables' as <c>TABLE -A ...</c>, native ones as nova-manage lists them.</summary>
internal sealed class RuleListing(ICommandRunner runner, bool native)
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

    private Task<List<string>> ReadAsync() => native ? ReadNativeAsync() : ReadIptablesAsync();

    /// <summary>Chains, sets and maps of our tables with what is in them and why.</summary>
    private async Task<List<string>> ReadNativeAsync()
    {
        using var json = JsonDocument.Parse(await runner.RequireAsync(new Command("nova-manage", ["rules", "--json"]), CancellationToken.None));
        return
        [
            .. from chain in json.RootElement.GetProperty("chains").EnumerateArray()
               where chain.GetProperty("program").GetString() == "nftables"
               from rule in chain.GetProperty(chain.TryGetProperty("rules", out _) ? "rules" : "elements").EnumerateArray()
               select $"{chain.GetProperty("family").GetString()} {chain.GetProperty("table").GetString()} {chain.GetProperty("name").GetString()}: {rule.GetProperty("text").GetString()}   # {rule.GetProperty("why").GetString()}",
        ];
    }

    private async Task<List<string>> ReadIptablesAsync()
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
