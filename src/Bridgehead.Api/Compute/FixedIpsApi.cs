using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>os-fixed-ips: one fixed address as an administrator sees it.</summary>
internal static class FixedIpsApi
{
    private const string V = "/compute/v2.1/os-fixed-ips/{ip}";
    private const int Last = Microversions.LastProxy;

    public static void Map(Routes routes) => routes
        .Map("GET", V, Access.Admin, FixedAsync, Last)
        .Doc("Shows a fixed address with its network and server.")
        .Map("POST", $"{V}/action", Access.Admin, ReserveAsync, Last)
        .Doc("Keeps an address from servers (reserve), or gives it back (unreserve).", status: 202, example: """{"reserve":null}""");

    private static async Task FixedAsync(ApiCall call)
    {
        if (!Ip.TryParse(call.Segment("ip"), out var address))
        {
            await Errors.WriteAsync(call, 400, $"Invalid fixed IP address {call.Segment("ip")}");
            return;
        }

        var (network, row, instance) = await call.Services.Store.ReadAsync(
            async s =>
            {
                var found = await s.FixedIps.FindAsync(address, call.Cancel);
                return ((await s.Networks.ListAsync(call.Cancel)).Find(n => n.Cidr?.Contains(address) == true), found,
                    found is { Allocated: true, InstanceUuid: { } uuid } ? await s.Instances.FindAsync(uuid, call.Cancel) : null);
            },
            call.Cancel);
        if (network is null)
        {
            await Errors.WriteAsync(call, 404, $"Fixed IP {address} not found");
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("fixed_ip");
            w.WriteString("address", $"{address}");
            w.WriteString("cidr", $"{network.Cidr}");
            w.WriteString("host", instance?.Host);
            w.WriteString("hostname", instance?.HostName);
            if (call.Microversion >= 4)
            {
                w.WriteBoolean("reserved", row?.Reserved ?? Bridgehead.Store.FixedIps.IsOfNetwork(network, address));
            }

            w.WriteEndObject();
        });
    }

    private static async Task ReserveAsync(ApiCall call, JsonBody body)
    {
        var action = body.Keys.ToList() is [var only] ? only : null;
        if (action is not ("reserve" or "unreserve") || !Ip.TryParse(call.Segment("ip"), out var address))
        {
            await Errors.WriteAsync(call, 400, action is "reserve" or "unreserve" ? $"Invalid fixed IP address {call.Segment("ip")}" : "There is no such action.");
            return;
        }

        await call.DoneAsync(await call.Services.Networks.ReserveAsync(address, action == "reserve", call.Cancel), 202);
    }
}
