namespace Bridgehead.Api;

/// <summary>The server action createImage.</summary>
internal static class CreateImageApi
{
    /// <summary>From this microversion on, the new image's id is in the body instead of the Location header.</summary>
    private const int IdInBody = 45;

    public static async Task RunAsync(ApiCall call, JsonBody body)
    {
        var name = body.Text("name");
        var metadata = body.TryObject("metadata")?.Texts() ?? [];
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var made = await call.Services.Snapshots.RunAsync(call.Caller, ServersApi.Id(call), name, metadata, call.Cancel);
        if (!made.Succeeded(out var image, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        if (call.Microversion >= IdInBody)
        {
            await call.AnswerAsync(202, w => w.WriteString("image_id", image));
            return;
        }

        call.Http.Response.Headers.Location = $"{call.Root}/image/v2/images/{image}";
        await call.AnswerAsync(202);
    }
}
