using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Control;

/// <summary>What can be no network of instances, whatever the cloud looks like. Pure.</summary>
internal static class NetworkRanges
{
    /// <summary>IPv4 ranges of which no host may have an address on a bridge, with what they are.</summary>
    private static readonly (IPNetwork Range, string What)[] Special =
    [
        (Cidr.Parse("0.0.0.0/8"), "this network"),
        (Cidr.Parse("127.0.0.0/8"), "loopback"),
        (Cidr.Parse("169.254.0.0/16"), "link-local, where instances find their metadata"),
        (Cidr.Parse("224.0.0.0/3"), "multicast and reserved"),
    ];

    /// <summary>The refusal of a range that has a special meaning; null when it has none.</summary>
    public static Problem? Check(IPNetwork range) => Array.Find(Special, s => s.Range.Overlaps(range)) is { What: { } what } special
        ? Problem.Bad($"cidr {range} cannot be a network of instances: {special.Range} is {what}.")
        : null;

    /// <summary>The refusal of a bridge that is another interface of the host by the settings; null when it is none. A public interface may be the bridge where the settings say so.</summary>
    public static Problem? CheckBridge(string bridge, string? physical, NovaSettings settings)
    {
        var taken = bridge == "lo" ? "the loopback interface"
            : bridge == physical ? "the interface that it should be connected to"
            : bridge == settings.FlatInterface ? "flat_interface"
            : bridge == settings.PublicInterface && bridge != settings.FlatNetworkBridge ? "public_interface"
            : null;
        return taken is null ? null : Problem.Bad($"'{bridge}' cannot be the network's bridge: it is {taken}.");
    }
}
