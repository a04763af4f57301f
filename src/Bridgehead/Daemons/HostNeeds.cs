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
        .. binaries.Contains(Binaries.Network) ? DnsmasqFile(settings.DnsmasqConfigFile) : [],
        .. Bridge(settings),
        .. binaries.Contains(Binaries.Network) || binaries.Contains(Binaries.Compute) ? HostChecks.Interface("flat_interface", settings.FlatInterface) : [],
        .. OneCard(settings),
        .. DropAction(settings),
    ];

    private static IEnumerable<string> Bridge(NovaSettings settings)
    {
        if (settings.FlatNetworkBridge == "lo" || settings.FlatNetworkBridge == settings.FlatInterface)
        {
            yield return $"flat_network_bridge is '{settings.FlatNetworkBridge}', which is another interface of this host: give the bridge a name of its own, such as br100";
        }
    }

    /// <summary>The native back end drops in a hook of its own, where a chain of the operator's cannot be named.</summary>
    private static IEnumerable<string> DropAction(NovaSettings settings)
    {
        if (settings.NetfilterBackend == NetfilterBackend.Nftables && settings.IptablesDropAction != "DROP")
        {
            yield return $"iptables_drop_action is '{settings.IptablesDropAction}', which netfilter_backend = nftables cannot do: leave it out, or set netfilter_backend = iptables";
        }
    }

    private static IEnumerable<string> DnsmasqFile(string? path)
    {
        if (!string.IsNullOrEmpty(path) && !File.Exists(path))
        {
            yield return $"dnsmasq_config_file is '{path}', but there is no such file: correct it, or leave it out";
        }
    }

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
        IEnumerable<string> all = settings.NetfilterBackend == NetfilterBackend.Nftables ? ["ip"] : [$"{iptables}-restore", $"{iptables}-save", "ip"];
        return binary switch
        {
            Binaries.Network when settings.NetworkManager == NetworkManager.FlatDhcp => all.Concat(["dnsmasq", "dhcp_release", "arping", "conntrack"]),
            Binaries.Network => all.Concat(["arping", "conntrack"]),
            Binaries.Compute when settings.ComputeDriver == "netns" => all.Concat(["busybox", "unshare", "nsenter", "setsid"]),
            _ => all,
        };
    }
}
