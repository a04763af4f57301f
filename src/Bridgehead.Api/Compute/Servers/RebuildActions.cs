using Bridgehead.Control;

namespace Bridgehead.Api;

/// <summary>Actions that give a server another disk or another flavor.</summary>
internal static class RebuildActions
{
    public static readonly KeyValuePair<string, Func<ApiCall, JsonBody, Task>>[] All =
    [
        new("rebuild", RebuildAsync),
        new("resize", ResizeAsync),
        new("confirmResize", (call, body) => ServerActionsApi.ChangeAsync(call, body, 204, (caller, id) => call.Services.Resize.ConfirmAsync(caller, id, call.Cancel))),
        new("revertResize", (call, body) => ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.Resize.RevertAsync(caller, id, call.Cancel))),
    ];

    private const int Description = 19;
    private static readonly string[] Known = ["imageRef", "name", "metadata", "adminPass", "accessIPv4", "accessIPv6", "OS-DCF:diskConfig", "personality", "preserve_ephemeral"];

    private static async Task RebuildAsync(ApiCall call, JsonBody body)
    {
        body.Only(call.Microversion >= Description ? [.. Known, "description"] : Known);
        var request = new RebuildRequest
        {
            ImageId = BootBody.Image(body),
            Name = body.TryText("name"),
            Description = body.TryText("description"),
            Metadata = body.TryObject("metadata")?.Texts(),
            Files = body.Has("personality") ? BootBody.Files(body) : null,
            AccessIPv4 = BootBody.Address(body, "accessIPv4"),
            AccessIPv6 = BootBody.Address(body, "accessIPv6"),
            DiskConfig = BootBody.DiskConfig(body),
        };
        var password = body.TryText("adminPass");
        body.TryBool("preserve_ephemeral");
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var rebuilt = await call.Services.Rebuild.RunAsync(call.Caller, ServersApi.Id(call), request, call.Cancel);
        if (rebuilt.Problem is { } problem)
        {
            await call.RefuseAsync(problem);
            return;
        }

        call.Http.Response.Headers.Location = $"{call.Root}/compute/v2.1/servers/{ServersApi.Id(call)}";
        await ServersApi.ShowChangedAsync(call, 202, password ?? ServersApi.Password());
    }

    private static async Task ResizeAsync(ApiCall call, JsonBody body)
    {
        body.Only("flavorRef", "OS-DCF:diskConfig");
        var flavor = BootBody.Flavor(body);
        var disk = BootBody.DiskConfig(body);
        await ServerActionsApi.ChangeAsync(call, body, 202, (caller, id) => call.Services.Resize.ResizeAsync(caller, id, flavor, disk, call.Cancel));
    }
}
