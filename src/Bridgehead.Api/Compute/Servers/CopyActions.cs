using Bridgehead.Control;

namespace Bridgehead.Api;

/// <summary>The server actions that make an image of a server's disk.</summary>
internal static class CopyActions
{
    public static readonly KeyValuePair<string, Func<ApiCall, JsonBody, Task>>[] All =
    [
        new("createImage", (call, body) => CopyAsync(call, body, null)),
        new("createBackup", BackupAsync),
    ];

    private static Task BackupAsync(ApiCall call, JsonBody body)
    {
        var (type, rotation) = (body.Text("backup_type"), body.TryInt("rotation"));
        if (rotation is null or < 0)
        {
            body.Note("Invalid input for field/attribute rotation: it must be a non-negative integer.");
        }

        return CopyAsync(call, body, new BackupTurn(type, rotation ?? 0));
    }

    private static async Task CopyAsync(ApiCall call, JsonBody body, BackupTurn? backup)
    {
        var name = body.Text("name");
        var metadata = body.TryObject("metadata")?.Texts() ?? [];
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var made = await call.Services.Snapshots.RunAsync(call.Caller, ServersApi.Id(call), name, metadata, backup, call.Cancel);
        if (!made.Succeeded(out var image, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        call.Http.Response.Headers.Location = $"{call.Root}/image/v2/images/{image}";
        await call.AnswerAsync(202);
    }
}
