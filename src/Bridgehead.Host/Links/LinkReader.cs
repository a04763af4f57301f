using System.Net;
using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>An interface as the kernel has it.</summary>
/// <param name="IsUp">Set up by somebody.</param>
/// <param name="Runs">What is sent over it goes out: there is a carrier, and the kernel has taken notice.</param>
internal sealed record LinkState(string Mac, string? Master, bool IsUp, bool Runs);

/// <summary>Reads interfaces, through <c>ip -j</c>.</summary>
internal sealed class LinkReader(ICommandRunner runner)
{
    /// <summary>Null when there is no such interface.</summary>
    public async Task<LinkState?> FindAsync(DeviceName device, CancellationToken cancel)
    {
        var result = await runner.RunAsync(new Command("ip", ["-j", "link", "show", "dev", device.ToString()]) { Reads = true }, cancel);
        if (result.ExitCode != 0)
        {
            return null;
        }

        using var json = JsonDocument.Parse(result.Output);
        var link = json.RootElement[0];
        var flags = link.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString());
        var master = link.TryGetProperty("master", out var bridge) ? bridge.GetString() : null;
        return new LinkState(link.GetProperty("address").GetString()!, master, flags.Contains("UP"), link.GetProperty("operstate").GetString() == "UP");
    }

    public async Task<IReadOnlyList<string>> PortsAsync(DeviceName bridge, CancellationToken cancel) =>
        [.. (await ListAsync(["-j", "link", "show", "master", bridge.ToString()], cancel)).Select(link => link.GetProperty("ifname").GetString()!)];

    public async Task<IReadOnlyList<DeviceName>> CarriersAsync(IPAddress address, int prefix, CancellationToken cancel) =>
    [
        .. (await ListAsync(["-j", "address", "show"], cancel))
            .Where(link => link.TryGetProperty("addr_info", out var all) && all.EnumerateArray().Any(info => info.TryGetProperty("local", out _) && LinkAddress.From(info) is var a && a.Address.Equals(address) && a.PrefixLength == prefix))
            .Select(link => DeviceName.Parse(link.GetProperty("ifname").GetString()!)),
    ];

    /// <summary>In the kernel's order: of several in one subnet the first is the source of what the host sends there.</summary>
    public async Task<IReadOnlyList<LinkAddress>> AddressesAsync(DeviceName device, CancellationToken cancel) =>
    [
        .. (await ListAsync(["-j", "address", "show", "dev", device.ToString()], cancel))
            .Where(link => link.TryGetProperty("addr_info", out _))
            .SelectMany(link => link.GetProperty("addr_info").EnumerateArray())
            .Where(info => info.TryGetProperty("local", out _))
            .Select(LinkAddress.From),
    ];

    /// <summary>Routes over the interface, of every table. Those that the kernel keeps for the host's own addresses are none.</summary>
    public async Task<IReadOnlyList<LinkRoute>> RoutesAsync(DeviceName device, bool ipv6, CancellationToken cancel)
    {
        var v4 = await ListAsync(["-j", "-4", "route", "show", "table", "all", "dev", device.ToString()], cancel);
        var v6 = ipv6 ? await ListAsync(["-j", "-6", "route", "show", "table", "all", "dev", device.ToString()], cancel) : [];
        return [.. v4.Select(route => LinkRoute.From(route, "default")).Concat(v6.Select(route => LinkRoute.From(route, "::/0"))).OfType<LinkRoute>()];
    }

    private async Task<IReadOnlyList<JsonElement>> ListAsync(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var text = await runner.RequireAsync(new Command("ip", arguments) { Reads = true }, cancel);
        using var json = JsonDocument.Parse(string.IsNullOrWhiteSpace(text) ? "[]" : text);

        // ip prints an empty object for an interface that a filter left out.
        return [.. json.RootElement.EnumerateArray().Where(element => element.EnumerateObject().Any()).Select(element => element.Clone())];
    }
}
