namespace Bridgehead.Store;

/// <summary>Puts right what processes that were killed left: images that nobody writes any more are queued again, and files that are no image's content go.</summary>
public sealed class ImageSweep(Database store, ImageFiles files)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        foreach (var (image, location) in await store.ReadAsync(s => s.ImageUploads.SavingAsync(cancel), cancel))
        {
            using var dead = files.TryLock(location, out var written);
            if (!written)
            {
                await store.WriteAsync(s => s.ImageUploads.AbandonAsync(image, location, cancel), cancel);
            }
        }

        foreach (var (image, location) in files.All())
        {
            // Whoever writes holds the lock until the store has the file, and whoever has just made a file and finds it locked makes another one.
            using var unused = files.TryLock(location, out _);
            if (unused is not null && !await store.ReadAsync(s => s.ImageUploads.IsContentAsync(image, location, cancel), cancel))
            {
                files.Remove(location);
            }
        }
    }
}
