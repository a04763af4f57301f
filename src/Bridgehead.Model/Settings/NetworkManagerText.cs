namespace Bridgehead.Model;

/// <summary>The option <c>network_manager</c>: nova's class names, with or without their module.</summary>
internal static class NetworkManagerText
{
    private const string Module = "nova.network.manager.";

    public static Setting Setting { get; } = new()
    {
        Name = "network_manager",
        Expected = "FlatDHCPManager or FlatManager; VLAN mode is not there yet",
        Help = "how networks are made",
        Put = (s, text) => Parse(text) is { } manager ? s with { NetworkManager = manager } : null,
        Show = s => Module + (s.NetworkManager == NetworkManager.Flat ? "FlatManager" : "FlatDHCPManager"),
    };

    private static NetworkManager? Parse(string text)
    {
        var name = text.StartsWith(Module, StringComparison.Ordinal) ? text[Module.Length..] : text;
        return name.ToLowerInvariant() switch
        {
            "flatdhcpmanager" or "flatdhcp" or "flat_dhcp" => NetworkManager.FlatDhcp,
            "flatmanager" or "flat" => NetworkManager.Flat,
            _ => null,
        };
    }
}
