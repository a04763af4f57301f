using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>createImage: an image that the server's host fills with a copy of its disk. Until then the server has the task_state image_snapshot.</summary>
public sealed class SnapshotServer(Database store, NovaSettings settings)
{
    /// <summary>Properties that say where an image is from.</summary>
    public const string InstanceUuid = "instance_uuid";
    public const string ImageType = "image_type";

    /// <summary>The new image's id.</summary>
    public Task<Outcome<Guid>> RunAsync(Caller caller, Guid server, string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancel) => store.TryWriteAsync<Guid>(
        async s =>
        {
            if (Check(name, metadata) is { } wrong)
            {
                return wrong;
            }

            var found = await OwnServer.FindAsync(s, caller, server, "createImage", [VmState.Active, VmState.Stopped], cancel);
            if (!found.Succeeded(out var instance, out var refused))
            {
                return refused;
            }

            if (ServerTexts.CheckCount(await QuotaLimits.OfAsync(s, settings, instance.ProjectId, cancel), metadata.Count) is { } over)
            {
                return over;
            }

            var image = await DraftAsync(s, caller, instance, name, metadata, cancel);
            if (ImageAttributes.CheckCounts(image) is { } tooMany)
            {
                return tooMany;
            }

            await s.Images.AddAsync(image, cancel);
            await s.Snapshots.AskAsync(new Snapshot(image.Id, server, instance.Host!), cancel);
            await s.Instances.SaveAsync(instance with { TaskState = TaskState.ImageSnapshot }, cancel);
            await OwnServer.RecordAsync(s, caller, server, "createImage", finished: false, cancel);
            return image.Id;
        },
        cancel);

    private static Problem? Check(string name, IReadOnlyDictionary<string, string> metadata) =>
        Text.CheckName("Image name", name)
        ?? metadata.Select(m => m.Key.Length is 0 or > 255 || m.Value.Length > 255
            ? Problem.Bad("Metadata keys and values must be at most 255 characters, keys not empty.")
            : ImageAttributes.IsBase(m.Key)
                ? Problem.Bad($"Metadata key {m.Key} is an attribute of images.")
                : ImageAttributes.Set(Empty, m.Key, new ImageValue.Text(m.Value)).Problem is { } problem ? problem with { Kind = ProblemKind.BadRequest } : null).FirstOrDefault(p => p is not null);

    private static readonly Image Empty = new() { Id = Guid.Empty, Name = "", Status = ImageStatus.Queued, Visibility = ImageVisibility.Private };

    /// <summary>As nova describes a snapshot: it needs what the server's flavor had, and remembers where it is from.</summary>
    private static async Task<Image> DraftAsync(Session s, Caller caller, Instance instance, string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancel)
    {
        var original = await s.Images.FindAsync(instance.ImageId, cancel);
        var properties = new Dictionary<string, string>(original?.Properties ?? new Dictionary<string, string>(), StringComparer.Ordinal)
        {
            [ImageType] = "snapshot",
            [InstanceUuid] = $"{instance.Uuid:D}",
            ["base_image_ref"] = original?.Properties.GetValueOrDefault("base_image_ref") ?? $"{instance.ImageId:D}",
            ["user_id"] = caller.UserId,
            ["owner_id"] = instance.ProjectId,
            ["image_location"] = "snapshot",
            ["image_state"] = "available",
        };
        foreach (var (key, value) in metadata)
        {
            properties[key] = value;
        }

        return new Image
        {
            Id = Guid.NewGuid(),
            Name = name,
            Status = ImageStatus.Queued,
            Visibility = ImageVisibility.Private,
            Owner = instance.ProjectId,
            ContainerFormat = "bare",
            DiskFormat = "raw",
            MinDisk = original?.MinDisk ?? 0,
            MinRam = original?.MinRam ?? 0,
            Properties = properties,
        };
    }
}
