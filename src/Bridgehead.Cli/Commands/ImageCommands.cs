using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>Images, through compute's proxy.</summary>
internal static class ImageCommands
{
    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("image-list", "List images.", [P.Option("--limit", "<limit>", "At most this many.")], ListAsync),
        new("image-show", "Show details of an image.", [P.Argument("image", "Name or ID of the image.")], ShowAsync),
    ];

    private static async Task ListAsync(Call call)
    {
        var limit = call.Arguments.Int("--limit") is { } most ? $"?limit={most}" : "";
        var images = (await call.Compute.GetAsync($"images/detail{limit}")).Items("images");
        call.Terminal.List(images, 1, ["ID", "Name", "Status", new Column("Server", image => image.Member("server").Text("id") ?? "")]);
    }

    private static async Task ShowAsync(Call call)
    {
        var image = await call.Lookup.ImageAsync(call.Required("image"));
        var own = image.Members().Where(m => m.Name is not "links" and not "metadata" and not "server").Select(m => (m.Name, Cell.Of(m.Value)));
        var metadata = image.Member("metadata").Members().Select(m => ($"metadata {m.Name}", Cell.Of(m.Value)));
        var server = image.Member("server").Text("id") is { } id ? new[] { ("server", new Cell(id)) } : [];
        call.Terminal.Properties([.. own, .. metadata, .. server]);
    }
}
