using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Of which kind a backup is (<c>daily</c>), in the user's words, and how many of that kind stay: the newest.</summary>
public sealed record BackupTurn(string Type, int Rotation);

/// <summary>createImage and createBackup: an image that the server's host fills with a copy of its disk. Until then the server has the task_state image_snapshot or image_backup.</summary>
public sealed class SnapshotServer(Database store, NovaSettings settings)
{
    /// <summary>The new image's id.</summary>
    /// <param name="backup">Null for createImage.</param>
    public Task<Outcome<Guid>> RunAsync(Caller caller, Guid server, string name, IReadOnlyDictionary<string, string> metadata, BackupTurn? backup, CancellationToken cancel) => store.TryWriteAsync<Guid>(
        async s =>
        {
            var action = backup is null ? "createImage" : "createBackup";
            if ((Text.CheckName("Image name", name) ?? (backup is null ? null : Text.CheckName("backup_type", backup.Type)) ?? ImageAttributes.CheckMetadata(metadata)) is { } wrong)
            {
                return wrong;
            }

            var found = await OwnServer.FindAsync(s, caller, server, action, [VmState.Active, VmState.Stopped, VmState.Paused, VmState.Suspended], cancel);
            if (!found.Succeeded(out var instance, out var refused))
            {
                return refused;
            }

            if (ServerTexts.CheckCount(await QuotaLimits.OfAsync(s, settings, instance.ProjectId, cancel), metadata.Count) is { } over)
            {
                return over;
            }

            var image = await DraftAsync(s, caller, instance, name, PropertiesOf(server, metadata, backup), cancel);
            if (ImageAttributes.CheckCounts(image) is { } tooMany)
            {
                return tooMany;
            }

            await s.Images.AddAsync(image, cancel);
            await s.Snapshots.AskAsync(new Snapshot(image.Id, server, instance.Host!, backup?.Rotation), cancel);
            await s.Instances.SaveAsync(instance with { TaskState = backup is null ? TaskState.ImageSnapshot : TaskState.ImageBackup }, cancel);
            await OwnServer.RecordAsync(s, caller, server, action, finished: false, cancel);
            return image.Id;
        },
        cancel);

    /// <summary>What the user says of it; of a backup, what it is found by when its turn is over, whatever the user says.</summary>
    private static Dictionary<string, string> PropertiesOf(Guid server, IReadOnlyDictionary<string, string> metadata, BackupTurn? backup)
    {
        var properties = new Dictionary<string, string>(metadata, StringComparer.Ordinal);
        if (backup is not null)
        {
            properties[ImageOrigin.ImageType] = ImageOrigin.Backup;
            properties[ImageOrigin.BackupType] = backup.Type;
            properties[ImageOrigin.InstanceUuid] = $"{server:D}";
        }

        return properties;
    }

    /// <summary>As nova describes a snapshot: it needs what the server's flavor had, and remembers where it is from.</summary>
    private static async Task<Image> DraftAsync(Session s, Caller caller, Instance instance, string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancel)
    {
        var original = await s.Images.FindAsync(instance.ImageId, cancel);
        var properties = new Dictionary<string, string>(original?.Properties ?? new Dictionary<string, string>(), StringComparer.Ordinal)
        {
            [ImageOrigin.ImageType] = ImageOrigin.Snapshot,
            [ImageOrigin.InstanceUuid] = $"{instance.Uuid:D}",
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
