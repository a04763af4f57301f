using Bridgehead.Instances;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Agent;

/// <summary>What an instance's image holds, as this host sees it.</summary>
internal sealed class ImageContents(Database store, ImageFiles files)
{
    /// <summary>GiB, where the flavor says nothing.</summary>
    private const int UsualDisk = 20;

    /// <summary>Null when the image has no content.</summary>
    public async Task<RootImage?> RootOfAsync(Instance instance, CancellationToken cancel)
    {
        var (image, flavor) = await store.ReadAsync(
            async session => (await session.Images.FindAsync(instance.ImageId, cancel), await session.Flavors.OfInstanceAsync(instance.Uuid, cancel)), cancel);
        var most = (long)(flavor is { Disk: > 0 and var disk } ? disk : UsualDisk) << 30;
        if (image is null)
        {
            return new RootImage("", most, $"Image {instance.ImageId} could not be found.");
        }

        if (!image.HasContent)
        {
            return null;
        }

        var path = files.PathOf(image.Location!);
        if (File.Exists(path))
        {
            return new RootImage(path, most);
        }

        // What came with the program adds nothing to what every host has, so hosts need share nothing for it.
        return image.Owner is null
            ? null
            : new RootImage(path, most, $"The data of image {image.Id} is not on this host: filesystem_store_datadir must be one folder for all hosts.");
    }
}
