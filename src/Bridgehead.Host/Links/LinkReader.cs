using System.Net;
using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>An address on an interface.</summary>
public sealed record LinkAddress(IPAddress Address, int PrefixLength, IPAddress? Broadcast)
{
    public string Text => $"{Address}/{PrefixLength}";
}

/// <summary>An interface as the kernel has it.</summary>
internal sealed record LinkState(string Mac, string? Master);

/// <summary>Reads interfaces, through <c>ip -j</c>.</summary>
internal sealed class LinkReader(ICommandRunner runner)
{
    public async Task<bool> ExistsAsync(DeviceName device, CancellationToken cancel) =>
        (await runner.RunAsync(new Command("ip", ["link", "show", "dev", device.ToString()]), cancel)).ExitCode == 0;

    public async Task<LinkState> LinkAsync(DeviceName device, CancellationToken cancel)
    {
        using var json = await JsonAsync(["-j", "link", "show", "dev", device.ToString()], cancel);
        var link = json.RootElement.EnumerateArray().First();
        return new LinkState(Text(link, "address") ?? "", Text(link, "master"));
    }

    public async Task<bool> HasPortsAsync(DeviceName bridge, CancellationToken cancel)
    {
        using var json = await JsonAsync(["-j", "link", "show", "master", bridge.ToString()], cancel);
        return json.RootElement.EnumerateArray().Any();
    }

    public Task<IReadOnlyList<LinkAddress>> AddressesAsync(DeviceName device, CancellationToken cancel) => AddressesAsync(device, v4: true, cancel);

    public async Task<IReadOnlyList<LinkAddress>> AddressesAsync(DeviceName device, bool v4, CancellationToken cancel)
    {
        using var json = await JsonAsync(["-j", v4 ? "-4" : "-6", "address", "show", "dev", device.ToString()], cancel);
        return [.. json.RootElement.EnumerateArray()
            .Where(link => link.TryGetProperty("addr_info", out _))
            .SelectMany(link => link.GetProperty("addr_info").EnumerateArray())
            .Where(info => Text(info, "local") is not null)
            .Select(info => new LinkAddress(
                Ip.Parse(Text(info, "local")!),
                info.GetProperty("prefixlen").GetInt32(),
                Text(info, "broadcast") is { } broadcast ? Ip.Parse(broadcast) : null))];
    }

    /// <summary>Routes by a router over the interface, as words for <c>ip route</c>: <c>DESTINATION via ROUTER [metric N]</c>.</summary>
    public async Task<IReadOnlyList<string>> GatewayRoutesAsync(DeviceName device, CancellationToken cancel)
    {
        using var json = await JsonAsync(["-j", "-4", "route", "show", "dev", device.ToString()], cancel);
        return [.. json.RootElement.EnumerateArray()
            .Where(route => Text(route, "gateway") is not null)
            .Select(route => $"{Text(route, "dst")} via {Text(route, "gateway")}{(route.TryGetProperty("metric", out var metric) ? $" metric {metric.GetInt64()}" : "")}")];
    }

    private async Task<JsonDocument> JsonAsync(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var text = await runner.RequireAsync(new Command("ip", arguments), cancel);
        return JsonDocument.Parse(string.IsNullOrWhiteSpace(text) ? "[]" : text);
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
