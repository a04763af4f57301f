using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What users do to images. An image that the caller may not know of is answered as one that does not exist; one that is only seen is not theirs to change (403).</summary>
public sealed class ImageActions(Database store, ImageFiles files)
{
    public static ImageViewer ViewerOf(Caller caller) => new(caller.ProjectId, caller.IsAdmin);

    public static Problem NotFound(string id) => Problem.Missing($"No image found with ID {id}");

    /// <param name="id">Null makes one up.</param>
    public async Task<Outcome<Image>> CreateAsync(Caller caller, Guid? id, IReadOnlyList<(string Name, ImageValue Value)> attributes, CancellationToken cancel)
    {
        Outcome<Image> image = new Image
        {
            Id = id ?? Guid.NewGuid(),
            Name = "",
            Status = ImageStatus.Queued,
            Visibility = ImageVisibility.Shared,
            Owner = caller.ProjectId,
        };
        foreach (var (name, value) in attributes)
        {
            image = image.Succeeded(out var sofar, out _) ? ImageAttributes.Set(sofar, name, value) : image;
        }

        if (!image.Succeeded(out var wanted, out var problem) || (problem = Allowed(caller, wanted with { Owner = caller.ProjectId, Visibility = ImageVisibility.Shared }, wanted)) is not null)
        {
            return problem;
        }

        return await store.TryWriteAsync<Image>(
            async s => await s.Images.AddAsync(wanted, cancel)
                ? (await s.Images.FindAsync(wanted.Id, cancel))!
                : Problem.Conflicting($"Image ID {wanted.Id} already exists!"),
            cancel);
    }

    /// <summary>All changes or none, in their order.</summary>
    public Task<Outcome<Image>> PatchAsync(Caller caller, Guid id, IReadOnlyList<ImageChange> changes, CancellationToken cancel) => ChangeAsync(
        caller,
        id,
        before =>
        {
            var image = before;
            foreach (var change in changes)
            {
                if (!Apply(image, change).Succeeded(out image, out var problem))
                {
                    return problem;
                }
            }

            return Allowed(caller, before, image) is { } refused ? refused : image;
        },
        cancel);

    /// <summary>Sets properties, over what is there under the same names, or instead of all that is there.</summary>
    public Task<Outcome<Image>> SetPropertiesAsync(Caller caller, Guid id, IReadOnlyDictionary<string, string> items, bool replace, CancellationToken cancel) => ChangeAsync(
        caller,
        id,
        image => ImageAttributes.CheckMetadata(items) is { } wrong
            ? wrong
            : image with { Properties = (replace ? [] : image.Properties.Where(p => !items.ContainsKey(p.Key))).Concat(items).ToDictionary(StringComparer.Ordinal) },
        cancel);

    public async Task<Outcome<Done>> RemovePropertyAsync(Caller caller, Guid id, string name, CancellationToken cancel) => Nothing(await ChangeAsync(
        caller,
        id,
        image => image.Properties.ContainsKey(name) ? ImageAttributes.Remove(image, name) : Problem.Missing("Metadata item was not found"),
        cancel));

    public async Task<Outcome<Done>> DeleteAsync(Caller caller, Guid id, CancellationToken cancel)
    {
        var gone = await store.TryWriteAsync<Image>(
            async s =>
            {
                if (!(await OwnAsync(s, caller, id, cancel)).Succeeded(out var image, out var problem))
                {
                    return problem;
                }

                if (image.Protected)
                {
                    return Problem.Denied($"Image {id} is protected and cannot be deleted.");
                }

                await s.Images.RemoveAsync(id, cancel);
                return image;
            },
            cancel);
        if (!gone.Succeeded(out var removed, out var refused))
        {
            return refused;
        }

        // Whoever is still writing it finds that out at the end and removes what was written.
        if (removed is { HasContent: true, Location: { } location })
        {
            files.Remove(location);
        }

        return default(Done);
    }

    public async Task<Outcome<Done>> AddTagAsync(Caller caller, Guid id, string tag, CancellationToken cancel) => Nothing(await ChangeAsync(
        caller,
        id,
        image => !ImageAttributes.IsTag(tag)
            ? Problem.Bad("A tag must be 1 to 255 characters without control characters.")
            : image.Tags.Contains(tag) ? image : image with { Tags = [.. image.Tags, tag] },
        cancel));

    public async Task<Outcome<Done>> RemoveTagAsync(Caller caller, Guid id, string tag, CancellationToken cancel) => Nothing(await ChangeAsync(
        caller,
        id,
        image => image.Tags.Contains(tag) ? image with { Tags = [.. image.Tags.Where(t => t != tag)] } : Problem.Missing($"Failed to find tag {tag} of image {id}"),
        cancel));

    /// <summary>Active to deactivated, or back; no change when it is so already.</summary>
    public Task<Outcome<Done>> SetActiveAsync(Caller caller, Guid id, bool active, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async s =>
        {
            if (!(await OwnAsync(s, caller, id, cancel)).Succeeded(out var image, out var problem))
            {
                return problem;
            }

            var (from, to) = active ? (ImageStatus.Deactivated, ImageStatus.Active) : (ImageStatus.Active, ImageStatus.Deactivated);
            return image.Status == to || await s.Images.MoveAsync(id, from, to, cancel)
                ? default(Done)
                : Problem.Denied($"Not allowed to {(active ? "reactivate" : "deactivate")} image in status '{image.Status}'");
        },
        cancel);

    /// <summary>An image that the caller may change, locked.</summary>
    internal static async Task<Outcome<Image>> OwnAsync(Session session, Caller caller, Guid id, CancellationToken cancel)
    {
        if (await session.Images.LockAsync(id, ViewerOf(caller), cancel) is not { } image)
        {
            return NotFound($"{id}");
        }

        return caller.IsAdmin || image.Owner == caller.ProjectId ? image : Problem.Denied("You are not permitted to modify this image.");
    }

    private static Outcome<Done> Nothing(Outcome<Image> outcome) => outcome.Problem is { } problem ? problem : default(Done);

    private Task<Outcome<Image>> ChangeAsync(Caller caller, Guid id, Func<Image, Outcome<Image>> change, CancellationToken cancel) => store.TryWriteAsync<Image>(
        async s =>
        {
            if (!(await OwnAsync(s, caller, id, cancel)).Succeeded(out var image, out var problem) || !change(image).Succeeded(out var changed, out problem))
            {
                return problem!;
            }

            if (ImageAttributes.CheckCounts(changed) is { } tooMany)
            {
                return tooMany;
            }

            await s.Images.SaveAsync(changed, cancel);
            return (await s.Images.FindAsync(id, cancel))!;
        },
        cancel);

    private static Outcome<Image> Apply(Image image, ImageChange change)
    {
        if (change.Operation == ImageOperation.Remove)
        {
            return ImageAttributes.Remove(image, change.Name);
        }

        var set = ImageAttributes.Set(image, change.Name, change.Value!);
        return change.Operation == ImageOperation.Replace && set.Problem is null && !ImageAttributes.IsBase(change.Name) && !image.Properties.ContainsKey(change.Name)
            ? Problem.Conflicting($"Property {change.Name} does not exist.")
            : set;
    }

    /// <summary>What only administrators may do, and what only an image without content lets be done.</summary>
    private static Problem? Allowed(Caller caller, Image before, Image after)
    {
        if (!caller.IsAdmin && after.Owner != before.Owner)
        {
            return Problem.Denied($"You are not permitted to create images owned by '{after.Owner}'.");
        }

        if (!caller.IsAdmin && after.Visibility == ImageVisibility.Public && before.Visibility != ImageVisibility.Public)
        {
            return Problem.Denied("You are not authorized to complete publicize_image action: only administrators make images public.");
        }

        if (after.Status != ImageStatus.Queued && (after.ContainerFormat != before.ContainerFormat || after.DiskFormat != before.DiskFormat))
        {
            return Problem.Denied($"Attribute {(after.DiskFormat != before.DiskFormat ? "disk_format" : "container_format")} can be only replaced for a queued image.");
        }

        return ImageAttributes.CheckCounts(after);
    }
}
