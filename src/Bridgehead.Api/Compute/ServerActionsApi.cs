using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary><c>POST /servers/ID/action</c>: one key in the body says what to do.</summary>
internal static class ServerActionsApi
{
    private static readonly Dictionary<string, Func<ApiCall, JsonBody, Task>> Actions = new(StringComparer.Ordinal)
    {
        ["os-start"] = (call, _) => ServersApi.DoAsync(call, "start", 202, call.Services.Servers.StartAsync),
        ["os-stop"] = (call, _) => ServersApi.DoAsync(call, "stop", 202, call.Services.Servers.StopAsync),
        ["lock"] = async (call, _) => await call.DoneAsync(await call.Services.Servers.LockAsync(call.Caller, ServersApi.Id(call), true, call.Cancel), 202),
        ["unlock"] = async (call, _) => await call.DoneAsync(await call.Services.Servers.LockAsync(call.Caller, ServersApi.Id(call), false, call.Cancel), 202),
        ["forceDelete"] = (call, _) => ServersApi.DoAsync(call, "delete", 202, call.Services.Servers.DeleteAsync),
        ["reboot"] = RebootAsync,
        ["addFloatingIp"] = AddFloatingAsync,
        ["removeFloatingIp"] = (call, body) => WithAddressAsync(call, body, "address", async address =>
            await call.DoneAsync(await call.Services.FloatingIps.DisassociateAsync(call.Caller, ServersApi.Id(call), address, call.Cancel), 202)),
        ["addFixedIp"] = async (call, body) =>
        {
            var network = body.TryId("networkId") ?? body.Text("networkId");
            await (body.Wrong is { } wrong
                ? call.RefuseAsync(wrong)
                : call.DoneAsync(await call.Services.Servers.AddFixedIpAsync(call.Caller, ServersApi.Id(call), network, call.Cancel), 202));
        },
        ["removeFixedIp"] = (call, body) => WithAddressAsync(call, body, "address", async address =>
            await call.DoneAsync(await call.Services.Servers.RemoveFixedIpAsync(call.Caller, ServersApi.Id(call), address, call.Cancel), 202)),
        ["addSecurityGroup"] = (call, body) => GroupAsync(call, body, name => call.Services.Servers.AddGroupAsync(call.Caller, ServersApi.Id(call), name, call.Cancel)),
        ["removeSecurityGroup"] = (call, body) => GroupAsync(call, body, name => call.Services.Servers.RemoveGroupAsync(call.Caller, ServersApi.Id(call), name, call.Cancel)),
        ["os-getConsoleOutput"] = ConsoleAsync,
        ["createImage"] = CreateImageApi.RunAsync,
    };

    public static void Map(Routes routes) => routes.Map("POST", "/compute/v2.1/servers/{id}/action", Access.User, async (call, body) =>
    {
        var keys = body.Keys.ToList();
        if (keys.Count != 1 || !Actions.TryGetValue(keys[0], out var action))
        {
            await Errors.WriteAsync(call, 400, keys.Count == 1 ? $"There is no such action: {keys[0]}" : "Malformed request body: it must have one action.");
            return;
        }

        await action(call, body.Has(keys[0]) ? body.Object(keys[0]) : body);
    });

    private static async Task RebootAsync(ApiCall call, JsonBody body)
    {
        var type = body.Text("type").ToUpperInvariant();
        if (type is not ("SOFT" or "HARD"))
        {
            body.Note("Argument 'type' for reboot is not HARD or SOFT");
        }

        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : ServersApi.DoAsync(call, "reboot", 202, (caller, id, cancel) => call.Services.Servers.RebootAsync(caller, id, type == "HARD", cancel)));
    }

    private static Task AddFloatingAsync(ApiCall call, JsonBody body) => WithAddressAsync(call, body, "address", async address =>
    {
        System.Net.IPAddress? fixedAddress = null;
        if (body.TryText("fixed_address") is { } text && !Ip.TryParse(text, out fixedAddress))
        {
            await Errors.WriteAsync(call, 400, $"'{text}' is not an address.");
            return;
        }

        await call.DoneAsync(await call.Services.FloatingIps.AssociateAsync(call.Caller, ServersApi.Id(call), address, fixedAddress, call.Cancel), 202);
    });

    private static async Task GroupAsync(ApiCall call, JsonBody body, Func<string, Task<Outcome<Done>>> change)
    {
        var name = body.TryId("name") ?? body.Text("name");
        await (body.Wrong is { } wrong ? call.RefuseAsync(wrong) : call.DoneAsync(await change(name), 202));
    }

    private static async Task WithAddressAsync(ApiCall call, JsonBody body, string name, Func<System.Net.IPAddress, Task> work)
    {
        var text = body.Text(name);
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        await (Ip.TryParse(text, out var address) ? work(address) : Errors.WriteAsync(call, 400, $"'{text}' is not an IP address."));
    }

    /// <summary>The host has the log: it is asked through the store, and answers there.</summary>
    private static Task ConsoleAsync(ApiCall call, JsonBody body) => ServersApi.WithAsync(call, async details =>
    {
        var length = body.TryInt("length");
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var instance = details.Instance;
        if (instance.Host is null || instance.VmState == VmState.Building)
        {
            await Errors.WriteAsync(call, 409, $"Instance {instance.Uuid} is not ready");
            return;
        }

        var store = call.Services.Store;
        await store.WriteAsync(
            async s =>
            {
                await s.Consoles.AskAsync(instance.Uuid, instance.Host, call.Cancel);
                return default(Done);
            },
            call.Cancel);
        for (var wait = 0; wait < 250; wait++)
        {
            if (await store.ReadAsync(s => s.Consoles.AnsweredAsync(instance.Uuid, call.Cancel), call.Cancel) is { } output)
            {
                await call.AnswerAsync(200, w => w.WriteString("output", LastLines(output, length)));
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), store.Clock, call.Cancel);
        }

        await Errors.WriteAsync(call, 503, $"The host of instance {instance.Uuid} does not answer.");
    });

    private static string LastLines(string text, int? lines)
    {
        var all = text.TrimEnd('\n').Split('\n');
        return lines is { } n && n >= 0 && n < all.Length ? string.Join('\n', all[^n..]) : string.Join('\n', all);
    }
}
