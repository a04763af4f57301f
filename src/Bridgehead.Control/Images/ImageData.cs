using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Images' content: taken in as a stream, given out as one.</summary>
public sealed class ImageData(Database store, NovaSettings settings, ImageFiles files)
{
    private const int Piece = 128 * 1024;

    /// <param name="length">Bytes to come, when the client said so.</param>
    /// <param name="content">Read to its end; what it throws when it breaks off comes through, and the image is queued again.</param>
    public async Task<Outcome<Done>> UploadAsync(Caller caller, Guid id, long? length, Stream content, CancellationToken cancel)
    {
        var found = await store.ReadAsync(s => ImageActions.OwnAsync(s, caller, id, cancel), cancel);
        if (!found.Succeeded(out var image, out var problem))
        {
            return problem;
        }

        if (image.Status != ImageStatus.Queued)
        {
            return Problem.Conflicting($"Image {id} is {image.Status}: data can be given to a queued image only.");
        }

        if (image.DiskFormat is null || image.ContainerFormat is null)
        {
            return Problem.Bad($"Cannot save data for image {id}: properties disk_format and container_format must be set before data is saved.");
        }

        try
        {
            var done = await new ImageUpload(store, files, ImageLimits.Of(settings)).RunAsync(image, length, (room, file) => FillAsync(room, file, content, cancel), cancel);
            return done.Problem is { } refused ? refused : default(Done);
        }
        catch (ImageStoreException failed)
        {
            return failed.IsFull ? ImageRoom.NoSpace : new Problem(ProblemKind.Unavailable, "The image store cannot be written to; the log of its host may say more.");
        }
    }

    /// <summary>The image and its content, to be disposed of; a null stream when there is none.</summary>
    public async Task<Outcome<(Image Image, FileStream? Content)>> OpenAsync(Caller caller, Guid id, CancellationToken cancel)
    {
        if (await store.ReadAsync(s => s.Images.FindAsync(id, ImageActions.ViewerOf(caller), cancel), cancel) is not { } image)
        {
            return ImageActions.NotFound($"{id}");
        }

        if (image.Status == ImageStatus.Deactivated && !caller.IsAdmin)
        {
            return Problem.Denied("The requested image has been deactivated. Image data download is forbidden.");
        }

        if (!image.HasContent)
        {
            return (image, null);
        }

        return files.TryOpen(image.Location!) is { } content
            ? (image, content)
            : new Problem(ProblemKind.Unavailable, $"The data of image {id} is not in the image store of this host: filesystem_store_datadir must be one folder for all hosts.");
    }

    private static async Task<Problem?> FillAsync(ImageRoom room, ImageFile file, Stream content, CancellationToken cancel)
    {
        var buffer = new byte[Piece];
        for (var read = await content.ReadAsync(buffer, cancel); read > 0; read = await content.ReadAsync(buffer, cancel))
        {
            if (room.Check(file.Size + read) is { } full)
            {
                return full;
            }

            await file.WriteAsync(buffer.AsMemory(0, read), cancel);
        }

        return null;
    }
}
