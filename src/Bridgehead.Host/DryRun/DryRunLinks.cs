using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Bridgehead.Host;

/// <summary>
/// Interfaces and addresses as a dry run's changes would have left them: what <c>ip -j</c> says of the real ones is corrected by what was noted. So what follows from a change is seen to follow, such as the end
/// of a bridge that lost its last address.
/// </summary>
public sealed class DryRunLinks
{
    /// <summary>Interfaces that would have been made, with their MAC; they are up and have nothing else.</summary>
    private readonly ConcurrentDictionary<string, string> _made = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _gone = new(StringComparer.Ordinal);

    /// <summary>Interfaces that would have been put on a bridge, or, with an empty name, taken off one.</summary>
    private readonly ConcurrentDictionary<string, string> _masters = new(StringComparer.Ordinal);

    /// <summary>Address and prefix on an interface: whether it came or went.</summary>
    private readonly ConcurrentDictionary<(string Device, string Address), bool> _addresses = [];

    /// <summary>An interface goes.</summary>
    public void Remove(string device)
    {
        _gone[device] = true;
        _made.TryRemove(device, out _);
    }

    /// <summary>A line for <c>ip -batch</c>.</summary>
    internal void Note(string[] words)
    {
        switch (words)
        {
            case ["link", "add", "name", var device, ..]:
                _made[device] = After(words, "address");
                _gone.TryRemove(device, out _);
                break;
            case ["link", "del", "dev", var device]:
                Remove(device);
                break;
            case ["link", "set", "dev", var device, ..] when words.Contains("master") || words.Contains("nomaster"):
                _masters[device] = After(words, "master");
                break;
            case ["address", "add" or "replace", var address, ..]:
                _addresses[(After(words, "dev"), address)] = true;
                break;
            case ["address", "del", var address, ..]:
                _addresses[(After(words, "dev"), address)] = false;
                break;
        }
    }

    /// <summary>The answer to a question about an interface that is not what it was; null for all others.</summary>
    internal CommandResult? Answer(Command command)
    {
        var device = command.Arguments.Count > 0 ? command.Arguments[^1] : "";
        if (_gone.ContainsKey(device))
        {
            return new CommandResult(1, "", $"Device \"{device}\" does not exist.");
        }

        if (!_made.TryGetValue(device, out var mac))
        {
            return null;
        }

        return command.Arguments is [_, "link", _, "dev", _] ? new CommandResult(0, $$"""[{"address":"{{mac}}","flags":["UP"],"operstate":"UP"}]""", "") : new CommandResult(0, Corrected(command, "[{}]"), "");
    }

    /// <summary>What the real host says, corrected.</summary>
    internal string Corrected(Command command, string output)
    {
        switch (command.Arguments)
        {
            case ["-j", "link", "show", "master", var bridge]:
                return PortsOf(bridge, JsonNode.Parse(string.IsNullOrWhiteSpace(output) ? "[]" : output)!.AsArray()).ToJsonString();
            case ["-j", "link", "show", "dev", var device] when _masters.TryGetValue(device, out var master):
                var link = JsonNode.Parse(output)!.AsArray();
                link[0]!["master"] = master.Length > 0 ? master : null;
                return link.ToJsonString();
            case ["-j", "address", "show", "dev", var device] when _addresses.Keys.Any(key => key.Device == device):
                return WithAddresses(device, JsonNode.Parse(output)!.AsArray()).ToJsonString();
            default:
                return output;
        }
    }

    private JsonArray PortsOf(string bridge, JsonArray ports)
    {
        var names = ports.Select(port => port!["ifname"]?.GetValue<string>()).OfType<string>().Where(name => !_gone.ContainsKey(name) && _masters.GetValueOrDefault(name, bridge) == bridge)
            .Union(_masters.Where(entry => entry.Value == bridge && !_gone.ContainsKey(entry.Key)).Select(entry => entry.Key));
        return new JsonArray([.. names.Select(name => new JsonObject { ["ifname"] = name })]);
    }

    private JsonArray WithAddresses(string device, JsonArray links)
    {
        var link = links.Select(node => node!.AsObject()).FirstOrDefault(node => node.ContainsKey("addr_info")) ?? links[0]!.AsObject();
        var there = (link["addr_info"]?.AsArray() ?? []).Select(info => info!.DeepClone().AsObject()).ToDictionary(info => $"{info["local"]}/{info["prefixlen"]}");
        foreach (var (key, comes) in _addresses.Where(entry => entry.Key.Device == device))
        {
            if (!comes)
            {
                there.Remove(key.Address);
            }
            else if (key.Address.Split('/') is [var local, var prefix])
            {
                there.TryAdd(key.Address, new JsonObject { ["local"] = local, ["prefixlen"] = int.Parse(prefix, System.Globalization.CultureInfo.InvariantCulture), ["scope"] = "global" });
            }
        }

        link["addr_info"] = new JsonArray([.. there.Values]);
        return links;
    }

    private static string After(string[] words, string word) => words.SkipWhile(w => w != word).ElementAtOrDefault(1) ?? "";
}
