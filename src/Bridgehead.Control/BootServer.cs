using System.Net;
using System.Security.Cryptography;
using System.Text;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Creates servers: checks, quota, host, interfaces and addresses in one transaction. The host's agent does the rest.</summary>
public sealed class BootServer(Database store, NovaSettings settings)
{
    public Task<Outcome<IReadOnlyList<Instance>>> RunAsync(Caller caller, BootRequest request, CancellationToken cancel) =>
        store.TryWriteAsync(session => CreateAsync(session, caller, request, cancel), cancel);

    private async Task<Outcome<IReadOnlyList<Instance>>> CreateAsync(Session session, Caller caller, BootRequest request, CancellationToken cancel)
    {
        var found = await BootParts.FindAsync(session, caller, request, cancel);
        if (!found.Succeeded(out var parts, out var problem) || !(await CheckQuotaAsync(session, caller, request, parts.Flavor, cancel)).Succeeded(out var count, out problem))
        {
            return problem!;
        }

        var reservation = "r-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var created = new List<Instance>();
        for (var index = 0; index < count; index++)
        {
            var one = await CreateOneAsync(session, caller, request, parts, (reservation, index, count), cancel);
            if (!one.Succeeded(out var instance, out problem))
            {
                return problem;
            }

            created.Add(instance);
        }

        return created;
    }

    private async Task<Outcome<Instance>> CreateOneAsync(
        Session session, Caller caller, BootRequest request, BootParts parts, (string Reservation, int Index, int Count) place, CancellationToken cancel)
    {
        var aliveSince = session.Now - TimeSpan.FromSeconds(settings.ServiceDownTime);
        var host = parts.Place.Host ?? await HostChoice.FindAsync(session, aliveSince, parts.Place.Zone, (request.Hints, parts.ServerGroup), caller, cancel);
        var instance = Draft(caller, request, parts, place, host);
        if (host is not null && await session.Services.FindAsync(host, Binaries.Compute, cancel) is { } service)
        {
            instance = instance with { AvailabilityZone = service.Zone };
        }

        if (host is null)
        {
            const string Reason = "No valid host was found. No nova-compute that is up and enabled is where this server may be.";
            instance = instance with { VmState = VmState.Error, TaskState = null, BootedGeneration = instance.BootGeneration, FaultCode = 500, FaultMessage = Reason };
        }

        var id = await AddAsync(session, instance, request, parts, cancel);
        await RecordAsync(session, caller, instance, cancel);
        if (host is not null && await AttachAsync(session, instance, parts.Networks, cancel) is { } problem)
        {
            return problem;
        }

        await session.SecurityGroups.MembersChangedAsync(instance.Uuid, cancel);
        return instance with { Id = id };
    }

    /// <summary>The server's row and all that hangs on it; its number.</summary>
    private static async Task<long> AddAsync(Session session, Instance instance, BootRequest request, BootParts parts, CancellationToken cancel)
    {
        var uuid = instance.Uuid;
        foreach (var (key, value) in request.Metadata)
        {
            await session.Instances.PutMetadataAsync(uuid, key, value, cancel);
        }

        foreach (var group in parts.Groups)
        {
            await session.SecurityGroups.JoinAsync(uuid, group.Id, cancel);
        }

        await session.InjectedFiles.AddAsync(uuid, request.Files, cancel);
        var id = await session.Instances.AddAsync(instance, cancel);
        await session.Flavors.RememberAsync(uuid, parts.Flavor, cancel);
        if (parts.ServerGroup is { } serverGroup)
        {
            await session.ServerGroups.JoinAsync(serverGroup.Uuid, uuid, cancel);
        }

        return id;
    }

    /// <summary>A server without a host stays what it is; the host of any other says when it runs.</summary>
    private static async Task RecordAsync(Session session, Caller caller, Instance instance, CancellationToken cancel)
    {
        await OwnServer.RecordAsync(session, caller, instance.Uuid, "create", finished: false, cancel);
        if (instance.Host is null)
        {
            await session.ServerEvents.FinishAsync(instance.Uuid, instance.FaultMessage, cancel);
        }
    }

    private Instance Draft(Caller caller, BootRequest request, BootParts parts, (string Reservation, int Index, int Count) place, string? host)
    {
        var uuid = Guid.NewGuid();
        var name = place.Count > 1 ? $"{request.Name}-{place.Index + 1}" : request.Name;
        return new Instance
        {
            Id = 0,
            Uuid = uuid,
            ProjectId = caller.ProjectId,
            UserId = caller.UserId,
            DisplayName = name,
            HostName = HostName.From(name, uuid),
            Description = request.Description,
            FlavorId = parts.Flavor.FlavorId,
            ImageId = request.ImageId,
            KeyName = request.KeyName,
            KeyData = parts.Key?.PublicKey,
            UserData = request.UserData,
            AvailabilityZone = parts.Place.Zone ?? settings.DefaultAvailabilityZone,
            ReservationId = place.Reservation,
            LaunchIndex = place.Index,
            ConfigDrive = request.ConfigDrive,
            AccessIPv4 = request.AccessIPv4,
            AccessIPv6 = request.AccessIPv6,
            DiskConfig = request.DiskConfig,
            Host = host,
            MemoryMb = parts.Flavor.Ram,
            Vcpus = parts.Flavor.Vcpus,
            VmState = VmState.Building,
            TaskState = TaskState.Scheduling,
        };
    }

    private async Task<Problem?> AttachAsync(Session session, Instance instance, IReadOnlyList<(Network Network, IPAddress? Wanted)> networks, CancellationToken cancel)
    {
        foreach (var (network, wanted) in networks)
        {
            var given = await new Addresses(settings).AttachAsync(session, instance.Uuid, network, wanted, cancel);
            if (given.Problem is { } problem)
            {
                return problem;
            }
        }

        return settings.AutoAssignFloatingIp ? await new Addresses(settings).AutoAssignAsync(session, instance, cancel) : null;
    }

    private async Task<Outcome<int>> CheckQuotaAsync(Session session, Caller caller, BootRequest request, Flavor flavor, CancellationToken cancel)
    {
        await session.Quotas.LockAsync(caller.ProjectId, cancel);
        var limits = await QuotaLimits.OfAsync(session, settings, caller.ProjectId, cancel);
        var (instances, cores, ram) = await session.Instances.UsageAsync(caller.ProjectId, cancel);
        var own = await UserQuota.FindAsync(session, caller.ProjectId, caller.UserId, cancel);
        var members = request.Hints.Group is { } group ? (await session.ServerGroups.MembersAsync([group], cancel))[group].Count() : 0;
        if ((ServerTexts.CheckCount(limits, request.Metadata.Count) ?? CheckFiles(limits, request.Files)) is { } tooMany)
        {
            return tooMany;
        }

        for (var count = request.MaxCount; ; count--)
        {
            var problem = own?.Check(count, flavor) ?? QuotaLimits.Check(limits, "instances", instances, count) ?? QuotaLimits.Check(limits, "cores", cores, (long)count * flavor.Vcpus)
                ?? QuotaLimits.Check(limits, "ram", ram, (long)count * flavor.Ram);
            problem ??= Members(limits, request.Hints, members + count);
            if (problem is null)
            {
                return count;
            }

            if (count <= request.MinCount)
            {
                return problem;
            }
        }
    }

    private static Problem? Members(IReadOnlyDictionary<string, int> limits, SchedulerHints hints, int members) =>
        hints.Group is not null && limits["server_group_members"] >= 0 && members > limits["server_group_members"] ? Problem.Quota("Quota exceeded, too many servers in group") : null;

    internal static Problem? CheckFiles(IReadOnlyDictionary<string, int> limits, IReadOnlyList<InjectedFile> files) =>
        QuotaLimits.Check(limits, "injected_files", 0, files.Count)
        ?? files.Select(f => QuotaLimits.Check(limits, "injected_file_path_bytes", 0, Encoding.UTF8.GetByteCount(f.Path))
            ?? QuotaLimits.Check(limits, "injected_file_content_bytes", 0, f.Content.Length)).FirstOrDefault(over => over is not null);
}
