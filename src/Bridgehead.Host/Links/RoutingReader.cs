using System.Net;
using System.Text.Json;
using Bridgehead.Model;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Host;

/// <summary>Reads as much of the host as decides where a packet goes. Nothing is changed, and no permission is needed.</summary>
public sealed class RoutingReader(ICommandRunner runner, string sysctls = "/proc/sys")
{
    /// <summary>The host without what is behind its bridges, which the kernel does not know.</summary>
    public async Task<TracedHost> ReadAsync(CancellationToken cancel) => new()
    {
        Addresses = await AddressesAsync(cancel),
        Routes = [.. await RoutesAsync("-4", Cidr.AnyV4, cancel), .. await RoutesAsync("-6", Cidr.AnyV6, cancel)],
        FiltersBridgedV4 = IsOn("net/bridge/bridge-nf-call-iptables"),
        FiltersBridgedV6 = IsOn("net/bridge/bridge-nf-call-ip6tables"),
        ForwardsV4 = IsOn("net/ipv4/ip_forward"),
        ForwardsV6 = IsOn("net/ipv6/conf/all/forwarding"),
    };

    private bool IsOn(string setting)
    {
        var path = Path.Combine(sysctls, setting);
        return File.Exists(path) && File.ReadAllText(path).Trim() != "0";
    }

    private async Task<IReadOnlyList<HostAddress>> AddressesAsync(CancellationToken cancel)
    {
        using var json = await JsonAsync(["-j", "address", "show"], cancel);
        return
        [
            .. from link in json.RootElement.EnumerateArray()
               where link.TryGetProperty("addr_info", out _)
               from info in link.GetProperty("addr_info").EnumerateArray()
               let device = DeviceOf(link, "ifname")
               where device is not null && Ip.TryParse(Text(info, "local"), out _)
               select new HostAddress(Ip.Parse(Text(info, "local")!), device.Value),
        ];
    }

    private async Task<IReadOnlyList<HostRoute>> RoutesAsync(string family, IPNetwork any, CancellationToken cancel)
    {
        using var json = await JsonAsync(["-j", family, "route", "show"], cancel);
        return
        [
            .. from route in json.RootElement.EnumerateArray()
               let device = DeviceOf(route, "dev")
               let range = RangeOf(Text(route, "dst"), any)
               where device is not null && range is not null
               select new HostRoute(range.Value, device.Value),
        ];
    }

    private static IPNetwork? RangeOf(string? text, IPNetwork any) => text switch
    {
        "default" => any,
        _ when Cidr.TryParse(text, out var range) => range,
        _ when Ip.TryParse(text, out var address) => Cidr.Host(address),
        _ => null,
    };

    private static DeviceName? DeviceOf(JsonElement element, string name) => DeviceName.TryParse(Text(element, name), out var device) ? device : null;

    private static string? Text(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private async Task<JsonDocument> JsonAsync(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var text = await runner.RequireAsync(new Command("ip", arguments) { Reads = true }, cancel);
        return JsonDocument.Parse(string.IsNullOrWhiteSpace(text) ? "[]" : text);
    }
}
