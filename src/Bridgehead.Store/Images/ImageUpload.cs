using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>What an upload may use. Bytes; <see cref="long.MaxValue"/> is unlimited.</summary>
/// <param name="Image">Of one image.</param>
/// <param name="Owner">Of all images of a project.</param>
public sealed record ImageLimits(long Image, long Owner)
{
    public static ImageLimits Of(NovaSettings settings) => new(settings.ImageSizeCap, settings.UserStorageQuota == 0 ? long.MaxValue : settings.UserStorageQuota);
}

/// <summary>
/// An image's way from queued over saving to active. Whatever happens on it, the image is either whole or queued again, and no file is left; what a killed process leaves is
/// found by <see cref="ImageSweep"/>. The store is only asked before and after, never while content arrives.
/// </summary>
public sealed class ImageUpload(Database store, ImageFiles files, ImageLimits limits)
{
    /// <param name="length">Bytes to come, when that is known.</param>
    /// <param name="fill">Writes the content.</param>
    public async Task<Outcome<ImageContent>> RunAsync(Image image, long? length, Func<ImageRoom, ImageFile, Task<Problem?>> fill, CancellationToken cancel)
    {
        var used = image.Owner is null ? 0 : await store.ReadAsync(s => s.ImageUploads.UsedAsync(image.Owner, cancel), cancel);
        var room = new ImageRoom(files, limits, used);
        if ((room.Check(length ?? 0) ?? (length > files.Room() ? ImageRoom.NoSpace : null)) is { } full)
        {
            return full;
        }

        await using var file = files.Create(image.Id);
        if (!await store.WriteAsync(s => s.ImageUploads.ClaimAsync(image.Id, file.Location, cancel), cancel))
        {
            return Problem.Conflicting($"Image {image.Id} cannot take data: it has some, or is being given some.");
        }

        try
        {
            return await fill(room, file) is { } refused ? refused : await KeepAsync(image, file);
        }
        finally
        {
            if (!file.IsKept)
            {
                await GiveBackAsync(image.Id, file);
            }
        }
    }

    /// <summary>
    /// The file goes once the store has said that it is not the image's: a commit may have gone through whose answer did not. Where the store does not answer, a sweep takes the file.
    /// </summary>
    private async Task GiveBackAsync(Guid image, ImageFile file)
    {
        file.IsKept = true;
        file.IsKept = await store.WriteAsync(
            async s =>
            {
                await s.ImageUploads.AbandonAsync(image, file.Location, CancellationToken.None);
                return await s.ImageUploads.IsContentAsync(image, file.Location, CancellationToken.None);
            },
            CancellationToken.None);
    }

    private async Task<Outcome<ImageContent>> KeepAsync(Image image, ImageFile file)
    {
        var content = file.Settle(image.DiskFormat);
        var done = await store.TryWriteAsync(s => PublishAsync(s, image, file.Location, content), CancellationToken.None);
        if (done.Problem is null)
        {
            file.IsKept = true;
        }

        return done;
    }

    private async Task<Outcome<ImageContent>> PublishAsync(Session session, Image image, string location, ImageContent content)
    {
        if (image.Owner is { } owner)
        {
            // Uploads side by side each had room when they began.
            await session.ImageUploads.LockOwnerAsync(owner, CancellationToken.None);
            if (await session.ImageUploads.UsedAsync(owner, CancellationToken.None) + content.Size > limits.Owner)
            {
                return ImageRoom.OverQuota(limits.Owner);
            }
        }

        return await session.ImageUploads.PublishAsync(image.Id, location, content, CancellationToken.None)
            ? content
            : new Problem(ProblemKind.Gone, $"Image {image.Id} was deleted while its data arrived; the data is gone too.");
    }
}

/// <summary>Whether there is room for more of an image: by its own limit, its owner's, and the disk's.</summary>
public sealed class ImageRoom(ImageFiles files, ImageLimits limits, long used)
{
    /// <summary>Bytes after which the disk is asked again for its room.</summary>
    private const long Stride = 16 * 1024 * 1024;

    /// <summary>The disk is full, or nearly.</summary>
    public static readonly Problem NoSpace = new(ProblemKind.TooLarge, "There is not enough space on the image store's disk.");

    private long _asked = -1;

    /// <summary>The most bytes that the image may come to.</summary>
    public long Most => Math.Max(0, Math.Min(Math.Min(limits.Image, limits.Owner == long.MaxValue ? long.MaxValue : limits.Owner - used), files.Room()));

    public static Problem OverQuota(long owner) => new(ProblemKind.TooLarge, $"The project's images would be larger than {owner} bytes together (user_storage_quota).");

    /// <summary>The refusal when the image may not become <paramref name="size"/> bytes; null when it may.</summary>
    public Problem? Check(long size)
    {
        if (size > limits.Image)
        {
            return new Problem(ProblemKind.TooLarge, $"The image is larger than {limits.Image} bytes (image_size_cap).");
        }

        if (limits.Owner != long.MaxValue && size > limits.Owner - used)
        {
            return OverQuota(limits.Owner);
        }

        var next = size / Stride;
        if (next == _asked)
        {
            return null;
        }

        _asked = next;
        return files.Room() < 0 ? NoSpace : null;
    }
}
