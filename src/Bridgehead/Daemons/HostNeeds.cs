using Bridgehead.Host;
using Bridgehead.Model;

namespace Bridgehead;

/// <summary>What must be there for these daemons to work; looked at before anything is changed.</summary>
internal static class HostNeeds
{
    public static IReadOnlyList<string> Of(IReadOnlyList<string> binaries, NovaSettings settings) =>
    [
        .. HostChecks.Permission(),
        .. ProgramPath.Missing(binaries.SelectMany(binary => ProgramsOf(binary, settings)).Distinct()),
        .. binaries.Contains(Binaries.Network) && settings.PublicInterface != BridgeToBe(settings) ? HostChecks.Interface("public_interface", settings.PublicInterface) : [],
        .. binaries.Contains(Binaries.Network) || binaries.Contains(Binaries.Compute) ? HostChecks.Interface("flat_interface", settings.FlatInterface) : [],
        .. OneCard(settings),
    ];

    /// <summary>Addresses of an interface of the bridge belong on the bridge.</summary>
    private static IEnumerable<string> OneCard(NovaSettings settings)
    {
        if (BridgeToBe(settings) is { } bridge && settings.PublicInterface is { } card && card == settings.FlatInterface && card != bridge)
        {
            yield return $"public_interface and flat_interface are both '{card}', whose addresses move to the bridge: set public_interface to '{bridge}'";
        }
    }

    /// <summary>The bridge of new networks, where it is ours to make: it need not be there yet.</summary>
    private static string? BridgeToBe(NovaSettings settings) => settings.NetworkManager == NetworkManager.FlatDhcp ? settings.FlatNetworkBridge : null;

    private static IEnumerable<string> ProgramsOf(string binary, NovaSettings settings)
    {
        var iptables = settings.IptablesVariant == "auto" ? "iptables" : $"iptables-{settings.IptablesVariant}";
        IEnumerable<string> all = [$"{iptables}-restore", $"{iptables}-save", "ip"];
        return binary switch
        {
            Binaries.Network when settings.NetworkManager == NetworkManager.FlatDhcp => all.Concat(["dnsmasq", "dhcp_release", "arping", "conntrack"]),
            Binaries.Network => all.Concat(["arping", "conntrack"]),
            Binaries.Compute when settings.ComputeDriver == "netns" => all.Concat(["nft", "busybox", "unshare", "nsenter", "setsid"]),
            Binaries.Compute => all.Append("nft"),
            _ => all,
        };
    }
}
