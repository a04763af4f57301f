using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Actions on a server's addresses and security groups.</summary>
internal static class AddressActions
{
    public static readonly KeyValuePair<string, Func<ApiCall, JsonBody, Task>>[] All =
    [
        new("addFloatingIp", AddFloatingAsync),
        new("removeFloatingIp", (call, body) =>
        {
            var address = Address(body, "address");
            return ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.FloatingIps.DisassociateAsync(caller, id, address!, call.Cancel));
        }),
        new("addFixedIp", (call, body) =>
        {
            var network = body.TryId("networkId") ?? body.Text("networkId");
            return ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.Servers.AddFixedIpAsync(caller, id, network, call.Cancel));
        }),
        new("removeFixedIp", (call, body) =>
        {
            var address = Address(body, "address");
            return ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.Servers.RemoveFixedIpAsync(caller, id, address!, call.Cancel));
        }),
        new("addSecurityGroup", (call, body) =>
        {
            var name = body.TryId("name") ?? body.Text("name");
            return ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.Servers.AddGroupAsync(caller, id, name, call.Cancel));
        }),
        new("removeSecurityGroup", (call, body) =>
        {
            var name = body.TryId("name") ?? body.Text("name");
            return ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.Servers.RemoveGroupAsync(caller, id, name, call.Cancel));
        }),
    ];

    private static Task AddFloatingAsync(ApiCall call, JsonBody body)
    {
        var address = Address(body, "address");
        var fixedAddress = body.Has("fixed_address") ? Address(body, "fixed_address") : null;
        return ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.FloatingIps.AssociateAsync(caller, id, address!, fixedAddress, call.Cancel));
    }

    /// <summary>Null only where the body is wrong.</summary>
    private static IPAddress? Address(JsonBody body, string name)
    {
        var text = body.Text(name);
        if (Ip.TryParse(text, out var address))
        {
            return address;
        }

        body.Note($"Invalid input for field/attribute {name}: '{text}' is not an IP address.");
        return null;
    }
}
