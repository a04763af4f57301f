using System.Net;
using System.Text.Json.Nodes;
using Bridgehead.Host;
using Bridgehead.Model;

namespace Bridgehead.Testing;

/// <summary>
/// The interfaces of a <see cref="FakeHost"/>, for <c>ip</c> as the product calls it. Kernel laws: names and addresses are unique, the first address of a subnet takes the others
/// along when it goes, a route needs its router on the link, and goes with the interface's last address. A batch stops at its first failing line; the lines before it have happened.
/// </summary>
public sealed class FakeLinks
{
    private readonly SortedDictionary<string, Link> _links = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (string Device, IPAddress Router)> _routes = new(StringComparer.Ordinal);

    public FakeLinks(params string[] devices)
    {
        foreach (var device in devices)
        {
            _links.Add(device, new Link { Mac = $"02:00:00:00:00:{_links.Count + 1:x2}", IsUp = true });
        }
    }

    /// <summary>One line for each interface with its bridge and addresses, and one for each route.</summary>
    public string Listing() => string.Concat(
        _links.Select(link => $"{link.Key} {link.Value}".TrimEnd() + "\n")
            .Concat(_routes.Select(route => $"{route.Key} via {route.Value.Router} dev {route.Value.Device}\n")));

    /// <summary>Whether a program can listen on the address.</summary>
    public bool Carries(IPAddress address) => _links.Values.Any(link => link.Addresses.Exists(a => a.Value.Equals(address)));

    /// <summary>Called with the name of each interface that came (true) or went.</summary>
    public Action<string, bool> Changed { get; set; } = (_, _) => { };

    /// <summary>To be a <see cref="FakeHost.Others"/>.</summary>
    public CommandResult Run(Command command)
    {
        if (command.Program != "ip")
        {
            return new CommandResult(0, "", "");
        }

        try
        {
            return new CommandResult(0, command.Arguments is [.., "-batch", "-"] ? Batch(command.Input) : Show([.. command.Arguments]), "");
        }
        catch (InvalidOperationException problem)
        {
            return new CommandResult(1, "", problem.Message);
        }
    }

    private static InvalidOperationException Refused(string why) => new($"RTNETLINK answers: {why}");

    private string Show(string[] words) => words switch
    {
        ["link", "del", "dev", var device] => Delete(device),
        ["-j", "link", "show", "dev", var device] => new JsonArray(JsonOf(Of(device))).ToJsonString(),
        ["-j", "link", "show", "master", var bridge] => new JsonArray([.. _links.Where(l => l.Value.Master == bridge).Select(l => new JsonObject { ["ifname"] = l.Key })]).ToJsonString(),
        ["-j", "address", "show", "dev", var device] => new JsonArray(new JsonObject { ["addr_info"] = new JsonArray([.. Of(device).Addresses.Select(JsonOf)]) }).ToJsonString(),
        ["-j", "address", "show"] => new JsonArray([.. _links.Select(l => new JsonObject { ["ifname"] = l.Key, ["addr_info"] = new JsonArray([.. l.Value.Addresses.Select(JsonOf)]) })]).ToJsonString(),
        ["-j", "-4", "route", "show", "table", "all", "dev", var device] => new JsonArray([.. _routes.Where(r => r.Value.Device == device)
            .Select(r => new JsonObject { ["dst"] = r.Key, ["gateway"] = r.Value.Router.ToString(), ["flags"] = new JsonArray() })]).ToJsonString(),
        _ => throw Refused($"the fake host does not know 'ip {string.Join(' ', words)}'"),
    };

    private static JsonObject JsonOf(Link link)
    {
        var json = new JsonObject { ["address"] = link.Mac, ["flags"] = new JsonArray(link.IsUp ? ["UP"] : []), ["operstate"] = link.IsUp ? "UP" : "DOWN" };
        if (link.Master is { } bridge)
        {
            json["master"] = bridge;
        }

        return json;
    }

    private static JsonObject JsonOf(Address address)
    {
        var json = new JsonObject { ["local"] = address.Value.ToString(), ["prefixlen"] = address.Prefix, ["scope"] = address.Scope };
        if (address.IsBare)
        {
            json["noprefixroute"] = true;
        }

        return json;
    }

    private Link Of(string device) => _links.TryGetValue(device, out var link) ? link : throw Refused($"Device \"{device}\" does not exist.");

    private string Batch(string input)
    {
        foreach (var line in input.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                case ["link", "add", "name", var device, "up", "address", var mac, "type", "bridge", ..]:
                    Add(device, mac, up: true);
                    break;
                case ["tuntap", "add", "dev", var device, "mode", "tap"]:
                    Add(device, "02:ff:00:00:00:01", up: false);
                    break;
                case ["link", "set", "dev", var device, .. var rest]:
                    Set(Of(device), rest);
                    break;
                case ["link", "del", "dev", var device]:
                    Delete(device);
                    break;
                case ["address", var verb, var address, .. var rest]:
                    Edit(verb, address, rest);
                    break;
                case ["route", "replace", var destination, "via", var router, .. var rest]:
                    Route(destination, Ip.Parse(router), Value(rest, "dev")!);
                    break;
                default:
                    throw Refused($"the fake host does not know '{line}'");
            }
        }

        return "";
    }

    private void Add(string device, string mac, bool up)
    {
        if (!_links.TryAdd(device, new Link { Mac = mac, IsUp = up }))
        {
            throw Refused("File exists");
        }

        Changed(device, true);
    }

    private string Delete(string device)
    {
        Of(device);
        _links.Remove(device);
        foreach (var port in _links.Values.Where(link => link.Master == device))
        {
            (port.Master, port.Hairpin) = (null, false);
        }

        Changed(device, false);
        return "";
    }

    private void Set(Link link, string[] words)
    {
        if (Value(words, "master") is { } bridge)
        {
            Of(bridge);
            link.Master = bridge;
        }

        if (Value(words, "hairpin") is { } hairpin)
        {
            link.Hairpin = link.Master is null ? throw Refused("Operation not supported") : hairpin == "on";
        }

        link.Mac = Value(words, "address") ?? link.Mac;
        link.IsUp = (link.IsUp || words.Contains("up")) && !words.Contains("down");
        link.Master = words.Contains("nomaster") ? null : link.Master;
    }

    private void Edit(string verb, string text, string[] options)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var device = Value(options, "dev")!;
        var address = new Address(Ip.Parse(text[..slash]), int.Parse(text[(slash + 1)..]), Value(options, "scope") ?? "global", options.Contains("noprefixroute"));
        var addresses = Of(device).Addresses;
        var there = addresses.FindIndex(a => a.Text == address.Text);
        if (verb == "del" ? there < 0 : verb == "add" && there >= 0)
        {
            throw Refused(verb == "del" ? "Cannot assign requested address" : "File exists");
        }

        if (verb == "del")
        {
            var first = addresses.FindIndex(a => a.Subnet == address.Subnet) == there;
            addresses.RemoveAll(a => a.Text == address.Text || (first && a.Subnet == address.Subnet));
            foreach (var lost in _routes.Where(route => addresses.Count == 0 && route.Value.Device == device).Select(route => route.Key).ToList())
            {
                _routes.Remove(lost);
            }
        }
        else if (there < 0)
        {
            addresses.Add(address);
        }
    }

    private void Route(string destination, IPAddress router, string device)
    {
        if (!Reaches(device, router))
        {
            throw Refused("Nexthop has invalid gateway");
        }

        _routes[destination] = (device, router);
    }

    private bool Reaches(string device, IPAddress router) => Of(device).Addresses.Any(a => a.Subnet.Contains(router));

    private static string? Value(string[] words, string key) => Array.IndexOf(words, key) is var at and >= 0 ? words[at + 1] : null;

    private sealed class Link
    {
        public required string Mac { get; set; }

        public string? Master { get; set; }

        public bool IsUp { get; set; }

        public bool Hairpin { get; set; }

        public List<Address> Addresses { get; } = [];

        public override string ToString() => string.Join(
            ' ',
            new[] { IsUp ? "" : "down", Master is null ? "" : $"on {Master}", Hairpin ? "hairpin" : "" }.Where(word => word.Length > 0).Concat(Addresses.Select(a => a.Text)));
    }

    private sealed record Address(IPAddress Value, int Prefix, string Scope, bool IsBare)
    {
        public string Text => $"{Value}/{Prefix}";

        public IPNetwork Subnet => Cidr.TryParseMasked(Text, out var subnet, out _) ? subnet : throw Refused("any valid prefix is expected");
    }
}
