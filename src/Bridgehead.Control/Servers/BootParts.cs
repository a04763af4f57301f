using System.Net;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What a new server is made of: what the request names, looked up, and seen to be the caller's to use.</summary>
internal sealed record BootParts(
    Flavor Flavor, KeyPair? Key, Place Place, IReadOnlyList<SecurityGroup> Groups, IReadOnlyList<(Network Network, IPAddress? Wanted)> Networks, ServerGroup? ServerGroup)
{
    /// <summary>base64 of at most 64 KiB.</summary>
    private const int MostUserData = 65535;

    /// <summary>Servers in one request, which is one transaction.</summary>
    private const int MostServers = 1000;

    public static async Task<Outcome<BootParts>> FindAsync(Session session, Caller caller, BootRequest request, CancellationToken cancel)
    {
        if (CheckRequest(request) is { } wrong)
        {
            return wrong;
        }

        if (await session.Flavors.FindForAsync(request.FlavorId, caller, cancel) is not { } flavor)
        {
            return Problem.Bad($"Flavor {request.FlavorId} could not be found.");
        }

        if (await CheckImageAsync(session, caller, request.ImageId, flavor, cancel) is { } unusable)
        {
            return unusable;
        }

        var key = request.KeyName is null ? null : await session.KeyPairs.FindAsync(caller.UserId, request.KeyName, cancel);
        if (request.KeyName is not null && key is null)
        {
            return Problem.Bad("Invalid key_name provided.");
        }

        Problem? problem = null;
        return (await Placement.FindAsync(session, caller, request.AvailabilityZone, cancel)).Succeeded(out var place, out problem)
            && (await GroupsAsync(session, caller, request.SecurityGroups, cancel)).Succeeded(out var groups, out problem)
            && (await NetworksAsync(session, caller, request, cancel)).Succeeded(out var networks, out problem)
            && (await ServerGroupAsync(session, caller, request.Hints, cancel)).Succeeded(out var serverGroup, out problem)
            ? new BootParts(flavor, key, place, groups, networks, serverGroup)
            : problem!;
    }

    /// <summary>The refusal when the caller may not boot the image with the flavor; a disk of 0 GiB is as large as the image needs.</summary>
    public static async Task<Problem?> CheckImageAsync(Session session, Caller caller, Guid id, Flavor flavor, CancellationToken cancel)
    {
        if (await session.Images.FindAsync(id, ImageActions.ViewerOf(caller), cancel) is not { } image)
        {
            return Problem.Bad($"Image {id} could not be found.");
        }

        return image.Status != ImageStatus.Active ? Problem.Bad($"Image {image.Id} is not active.")
            : flavor.Ram < image.MinRam || (flavor.Disk > 0 && flavor.Disk < image.MinDisk) ? Problem.Bad("Flavor's memory or disk is too small for requested image.")
            : null;
    }

    /// <summary>The server group of the hints; whoever boots into it waits for whoever else does, so that its policy holds for both.</summary>
    private static async Task<Outcome<ServerGroup?>> ServerGroupAsync(Session session, Caller caller, SchedulerHints hints, CancellationToken cancel)
    {
        if (hints.Group is not { } uuid)
        {
            return (ServerGroup?)null;
        }

        await session.LockAsync($"server_group/{uuid}", cancel);
        var group = await session.ServerGroups.FindAsync(uuid, cancel);
        return group is null || (group.ProjectId != caller.ProjectId && !caller.IsAdmin) ? Problem.Bad($"Instance group {uuid} could not be found.") : group;
    }

    private static Problem? CheckRequest(BootRequest request)
    {
        if ((Text.CheckServerName(request.Name) ?? (request.Description is { } about ? Text.CheckDescription("Description", about) : null)) is { } wrong)
        {
            return wrong;
        }

        if (request.MinCount < 1 || request.MaxCount < request.MinCount)
        {
            return Problem.Bad("min_count must be at least 1 and <= max_count");
        }

        if (request.MaxCount > MostServers)
        {
            return Problem.Bad($"max_count must be at most {MostServers}.");
        }

        if (request.UserData is { } data && (data.Length > MostUserData || !IsBase64(data)))
        {
            return Problem.Bad("User data must be base64 and at most 64 KiB.");
        }

        return ServerTexts.CheckMetadata(request.Metadata);
    }

    private static bool IsBase64(string text) => Convert.TryFromBase64String(text.Replace("\n", "", StringComparison.Ordinal), new byte[text.Length], out _);

    private static async Task<Outcome<IReadOnlyList<SecurityGroup>>> GroupsAsync(Session session, Caller caller, IReadOnlyList<string> names, CancellationToken cancel)
    {
        var groups = new List<SecurityGroup>();
        foreach (var name in names.Count == 0 ? [SecurityGroup.DefaultName] : names.Distinct())
        {
            if (await SecurityGroupActions.ResolveAsync(session, caller.ProjectId, name, cancel) is not { } group)
            {
                return Problem.Bad($"Security group {name} not found for project {caller.ProjectId}.");
            }

            groups.Add(group);
        }

        return groups;
    }

    private static async Task<Outcome<IReadOnlyList<(Network, IPAddress?)>>> NetworksAsync(
        Session session, Caller caller, BootRequest boot, CancellationToken cancel)
    {
        var visible = await session.Networks.ForProjectAsync(caller.ProjectId, cancel);
        if (boot.Networks is not { } requests)
        {
            return visible.Where(n => n.Cidr is not null).Select(n => (n, (IPAddress?)null)).ToList();
        }

        var chosen = new List<(Network, IPAddress?)>();
        foreach (var request in requests)
        {
            if (visible.Find(n => n.Uuid == request.Network) is not { } network)
            {
                return Problem.Bad($"Network {request.Network} could not be found.");
            }

            if (chosen.Exists(c => c.Item1.Uuid == network.Uuid))
            {
                return Problem.Bad($"Duplicate networks ({network.Uuid}) are not allowed");
            }

            if (request.FixedIp is { } address && network.Cidr?.Contains(address) != true)
            {
                return Problem.Bad($"Fixed IP address ({address}) is not part of network {network.Uuid}.");
            }

            if (request.FixedIp is not null && boot.MaxCount > 1)
            {
                return Problem.Bad("max_count cannot be greater than 1 if a fixed_ip is specified.");
            }

            chosen.Add((network, request.FixedIp));
        }

        return chosen;
    }
}
