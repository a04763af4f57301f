using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Store;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Agent;

/// <summary>
/// createImage and createBackup on the instance's host: its disk is written into the image that was asked for. What a daemon that was killed had begun is begun again. When it cannot be done the image goes, as nova
/// has it, and in any case the server may be worked with again.
/// </summary>
internal sealed partial class SnapshotWork(Database store, NovaSettings settings, ComputeAppliers appliers, ImageFiles files, ILogger<SnapshotWork> log)
{
    public Task<List<Snapshot>> OpenAsync(CancellationToken cancel) => store.ReadAsync(session => session.Snapshots.OnHostAsync(settings.Host, cancel), cancel);

    public async Task RunAsync(Guid id, CancellationToken cancel)
    {
        // A rehearsal changes nothing, not even the folder of images.
        if (store.IsRehearsal || await store.ReadAsync(session => session.Snapshots.FindAsync(id, cancel), cancel) is not { } snapshot || snapshot.Host != settings.Host)
        {
            return;
        }

        var (image, instance) = await store.ReadAsync(
            async session => (await session.Images.FindAsync(id, cancel), await session.Instances.FindAsync(snapshot.InstanceUuid, cancel)), cancel);
        if (image is { Status: ImageStatus.Saving })
        {
            // An earlier life's: it ended with its process.
            await new ImageSweep(store, files).RunAsync(cancel);
            image = await store.ReadAsync(session => session.Images.FindAsync(id, cancel), cancel);
        }

        var why = image is null || image.HasContent ? null
            : instance is null or { DeleteRequested: true } ? "the server was deleted"
            : await WriteAsync(image, instance, cancel);
        if (image is not null && why is null && snapshot.Rotation is { } rotation)
        {
            await new BackupRotation(store, files).RunAsync(image, snapshot.InstanceUuid, rotation, cancel);
        }

        await EndAsync(snapshot, why, cancel);
        if (why is not null)
        {
            Failed(log, snapshot.InstanceUuid, id, why);
        }
    }

    /// <summary>Why it failed; null when the image is whole, or was deleted meanwhile.</summary>
    private async Task<string?> WriteAsync(Image image, Instance instance, CancellationToken cancel)
    {
        try
        {
            var done = await new ImageUpload(store, files, ImageLimits.Of(settings)).RunAsync(image, null, (room, file) => FillAsync(instance.Uuid, room, file, cancel), cancel);
            return done.Problem is { Kind: not ProblemKind.Gone } problem ? problem.Message : null;
        }
        catch (Exception problem) when (problem is CommandFailedException or ImageStoreException)
        {
            return problem.Message;
        }
    }

    private async Task<Problem?> FillAsync(Guid instance, ImageRoom room, ImageFile file, CancellationToken cancel)
    {
        if (!await appliers.Driver.ExportAsync(instance, file.Path, room.Most, cancel))
        {
            return new Problem(ProblemKind.NotImplemented, $"instances of the driver {appliers.Driver.Name} have no disk that could be copied");
        }

        await file.ReadBackAsync(cancel);
        return room.Check(file.Size);
    }

    private Task EndAsync(Snapshot snapshot, string? why, CancellationToken cancel) => store.WriteAsync(
        async session =>
        {
            if (why is not null && await session.Images.FindAsync(snapshot.ImageId, cancel) is { Status: ImageStatus.Queued })
            {
                await session.Images.RemoveAsync(snapshot.ImageId, cancel);
            }

            await session.Snapshots.RemoveAsync(snapshot.ImageId, cancel);
            if (await session.Instances.LockAsync(snapshot.InstanceUuid, cancel) is { IsCopied: true } instance)
            {
                await session.Instances.SaveAsync(instance with { TaskState = null }, cancel);
                await session.ServerEvents.FinishAsync(snapshot.InstanceUuid, why, cancel);
            }

            return default(Done);
        },
        cancel);

    [LoggerMessage(EventId = 114, Level = LogLevel.Error, Message = "instance {Uuid} could not be copied into image {Image}, which is removed: {Reason}")]
    private static partial void Failed(ILogger log, Guid uuid, Guid image, string reason);
}
