using System.Net;
using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>An address on an interface.</summary>
/// <param name="Text">The address as <c>ip</c> takes it: with its prefix length and, on a link of two ends, the other end.</param>
/// <param name="Options">What else belongs to it, with a leading blank.</param>
internal sealed record LinkAddress(IPAddress Address, int PrefixLength, string Text, string Options)
{
    public static readonly DeviceName Loopback = DeviceName.Parse("lo");

    public string Scope { get; init; } = "global";

    /// <summary>An alias of the interface, as older tools make them: <c>eth0:1</c>.</summary>
    public string? Label { get; init; }

    /// <summary>Whether the loopback interface keeps it while its own interface is being put in order, see <see cref="AddressOrder"/>.</summary>
    public bool IsKept { get; init; }

    public bool IsGlobal => Scope == "global";

    public static LinkAddress Of(IPAddress address, IPNetwork network) => new(address, network.PrefixLength, $"{address}/{network.PrefixLength}", $" brd {network.Last()}");

    /// <summary>From an entry of <c>ip -j address show</c>.</summary>
    public static LinkAddress From(JsonElement info)
    {
        var (address, prefix) = (Ip.Parse(info.GetProperty("local").GetString()!), info.GetProperty("prefixlen").GetInt32());
        var peer = info.TryGetProperty("address", out var other) ? $" peer {Ip.Parse(other.GetString()!)}" : "";
        var (scope, bare) = (info.GetProperty("scope").GetString()!, info.TryGetProperty("noprefixroute", out _));
        return new LinkAddress(address, prefix, $"{address}{peer}/{prefix}", OptionsOf(info, address.IsV4(), bare))
        {
            Scope = scope,
            Label = info.TryGetProperty("label", out var label) ? label.GetString() : null,
            IsKept = bare && scope == "host",
        };
    }

    public string AddTo(DeviceName device) =>
        $"address add {Text}{Options}{(Label?.StartsWith($"{device}:", StringComparison.Ordinal) == true ? $" label {Label}" : "")} dev {device}";

    public string DeleteFrom(DeviceName device) => $"address del {Text} dev {device}";

    /// <summary>
    /// An IPv4 address loses its lifetime, as in nova: who leases it from elsewhere does so on the old interface, and would let it run out here. An IPv6 address keeps
    /// it: the router's next advertisement comes in on the bridge and renews it.
    /// </summary>
    private static string OptionsOf(JsonElement info, bool v4, bool bare)
    {
        var broadcast = info.TryGetProperty("broadcast", out var to) ? $" brd {Ip.Parse(to.GetString()!)}" : "";
        var metric = info.TryGetProperty("metric", out var number) ? $" metric {number.GetInt64()}" : "";
        var lifetime = v4 || !info.TryGetProperty("dynamic", out _)
            ? ""
            : $" valid_lft {info.GetProperty("valid_life_time").GetInt64()} preferred_lft {info.GetProperty("preferred_life_time").GetInt64()}";
        return $"{broadcast}{metric}{(bare ? " noprefixroute" : "")}{(v4 ? "" : " nodad")}{lifetime}";
    }
}
