using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>
/// Removes the oldest of a server's backups of one kind, so that as many stay as were asked for. Which kind says the image that was just made: by the properties that compute gives to backups. Images of other
/// projects do not count, whatever their properties say, and protected ones stay.
/// </summary>
public sealed class BackupRotation(Database store, ImageFiles files)
{
    /// <summary>Done again after a crash, it removes what was left to remove. An image whose owner has taken its kind away is of none.</summary>
    public async Task RunAsync(Image newest, Guid instance, int rotation, CancellationToken cancel)
    {
        if (newest.Owner is not { } owner || !newest.Properties.TryGetValue(ImageOrigin.BackupType, out var type))
        {
            return;
        }

        var gone = await store.WriteAsync(s => RemoveAsync(s, Backups(owner, instance, type), rotation, cancel), cancel);
        foreach (var location in gone)
        {
            files.Remove(location);
        }
    }

    /// <summary>Returns the files that are nobody's now.</summary>
    private static async Task<List<string>> RemoveAsync(Session session, ImageFilter those, int rotation, CancellationToken cancel)
    {
        var backups = await session.Images.ListAsync(those, cancel);
        var locations = new List<string>();
        foreach (var old in backups.Where(image => !image.Protected).Skip(rotation))
        {
            // Somebody may have protected it meanwhile, or removed it.
            if (await session.Images.LockAsync(old.Id, those.Viewer, cancel) is { Protected: false } image)
            {
                await session.Images.RemoveAsync(image.Id, cancel);
                if (image is { HasContent: true, Location: { } location })
                {
                    locations.Add(location);
                }
            }
        }

        return locations;
    }

    private static ImageFilter Backups(string owner, Guid instance, string type) => new()
    {
        Viewer = new ImageViewer(owner, IsAdmin: true),
        Visibility = "all",
        Hidden = null,
        OneOf = new Dictionary<string, IReadOnlyList<string>> { ["owner"] = [owner] },
        Properties = new Dictionary<string, string>
        {
            [ImageOrigin.ImageType] = ImageOrigin.Backup,
            [ImageOrigin.BackupType] = type,
            [ImageOrigin.InstanceUuid] = $"{instance:D}",
        },
        Sort = [new ImageSort("created_at", Descending: true)],
    };
}
