using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What a user asks of a rebuild; null leaves a thing as it is.</summary>
public sealed record RebuildRequest
{
    public required Guid ImageId { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    /// <summary>In place of all that there is.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public IReadOnlyList<InjectedFile>? Files { get; init; }

    public string? AccessIPv4 { get; init; }

    public string? AccessIPv6 { get; init; }

    public string? DiskConfig { get; init; }
}

/// <summary>Rebuilds servers: a new disk of an image, with the same addresses, groups and flavor. One that was off stays off.</summary>
public sealed class ServerRebuild(Database store, NovaSettings settings)
{
    private static readonly string[] From = [VmState.Active, VmState.Stopped, VmState.Error];

    public Task<Outcome<Instance>> RunAsync(Caller caller, Guid uuid, RebuildRequest request, CancellationToken cancel) => OwnServer.ChangeAsync(
        store,
        caller,
        uuid,
        ("rebuild", From),
        async (session, instance) => await CheckAsync(session, caller, instance, request, cancel) is { } problem ? problem : await ChangeAsync(session, instance, request, cancel),
        cancel);

    private static async Task<Outcome<Instance>> ChangeAsync(Session session, Instance i, RebuildRequest request, CancellationToken cancel)
    {
        if (request.Metadata is { } metadata)
        {
            await session.Instances.ReplaceMetadataAsync(i.Uuid, metadata, cancel);
        }

        if (request.Files is { } files)
        {
            await session.InjectedFiles.RemoveAsync(i.Uuid, cancel);
            await session.InjectedFiles.AddAsync(i.Uuid, files, cancel);
        }

        return i with
        {
            ImageId = request.ImageId,
            DisplayName = request.Name ?? i.DisplayName,
            Description = request.Description ?? i.Description,
            AccessIPv4 = request.AccessIPv4 ?? i.AccessIPv4,
            AccessIPv6 = request.AccessIPv6 ?? i.AccessIPv6,
            DiskConfig = request.DiskConfig ?? i.DiskConfig,
            DiskGeneration = i.DiskGeneration + 1,
            BootGeneration = i.Running ? i.BootGeneration + 1 : i.BootGeneration,
            TaskState = TaskState.Rebuilding,
        };
    }

    private async Task<Problem?> CheckAsync(Session session, Caller caller, Instance instance, RebuildRequest request, CancellationToken cancel)
    {
        var problem = request.Name is { } name ? Text.CheckServerName(name) : null;
        problem ??= request.Description is { } text ? Text.CheckDescription("Description", text) : null;
        problem ??= request.Metadata is { } metadata ? ServerTexts.CheckMetadata(metadata) : null;
        if (problem is not null)
        {
            return problem;
        }

        var limits = await QuotaLimits.OfAsync(session, settings, instance.ProjectId, cancel);
        var flavor = await session.Flavors.OfInstanceAsync(instance.Uuid, cancel)
            ?? new Flavor { FlavorId = instance.FlavorId, Name = "", Ram = instance.MemoryMb, Disk = 0, Vcpus = instance.Vcpus };
        return BootServer.CheckFiles(limits, request.Files ?? []) ?? ServerTexts.CheckCount(limits, request.Metadata?.Count ?? 0)
            ?? await BootParts.CheckImageAsync(session, caller, request.ImageId, flavor, cancel);
    }
}
