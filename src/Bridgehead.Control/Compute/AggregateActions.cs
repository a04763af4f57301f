using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What administrators do to aggregates. A host is in one zone at most, and a zone does not change under servers.</summary>
public sealed class AggregateActions(Database store)
{
    /// <summary>The metadata item that is the zone.</summary>
    public const string ZoneKey = "availability_zone";

    public Task<Outcome<Aggregate>> CreateAsync(string name, string? zone, CancellationToken cancel) => store.TryWriteAsync<Aggregate>(
        async session =>
        {
            if (Check(name, zone) is { } wrong)
            {
                return wrong;
            }

            await session.Aggregates.LockAsync(cancel);
            var id = await session.Aggregates.AddAsync(name, zone, cancel);
            return id == 0 ? Taken(name) : (await session.Aggregates.FindAsync(id, cancel))!;
        },
        cancel);

    /// <summary>Null leaves the name or the zone as it is.</summary>
    public Task<Outcome<Aggregate>> UpdateAsync(long id, string? name, string? zone, CancellationToken cancel) => OnAsync(id, async (session, aggregate) =>
    {
        var (newName, newZone) = (name ?? aggregate.Name, zone ?? aggregate.AvailabilityZone);
        if ((Check(newName, newZone) ?? await CheckZoneAsync(session, aggregate, newZone, cancel)) is { } wrong)
        {
            return wrong;
        }

        if (await session.Aggregates.IsTakenAsync(newName, id, cancel))
        {
            return Taken(newName);
        }

        await session.Aggregates.SaveAsync(id, newName, newZone, cancel);
        return null;
    }, cancel);

    public Task<Outcome<Done>> DeleteAsync(long id, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            await session.Aggregates.LockAsync(cancel);
            if (await session.Aggregates.FindAsync(id, cancel) is not { } aggregate)
            {
                return Missing(id);
            }

            if (aggregate.Hosts.Count > 0)
            {
                return Problem.Bad($"Cannot delete aggregate {id}: it is not empty, it has the hosts {string.Join(", ", aggregate.Hosts)}.");
            }

            await session.Aggregates.RemoveAsync(id, cancel);
            return default(Done);
        },
        cancel);

    public Task<Outcome<Aggregate>> AddHostAsync(long id, string host, CancellationToken cancel) => OnAsync(id, async (session, aggregate) =>
    {
        if (await session.Services.FindAsync(host, Binaries.Compute, cancel) is not { } service)
        {
            return Problem.Missing($"Compute host {host} could not be found.");
        }

        if (aggregate.AvailabilityZone is { } zone && zone != service.Zone)
        {
            if (await session.Aggregates.OtherZoneAsync(host, id, cancel) is { } other)
            {
                return Problem.Conflicting($"Cannot add host {host} to aggregate {id}: it is in availability zone {other} already.");
            }

            if ((await session.Instances.OnHostAsync(host, cancel)).Count > 0)
            {
                return Problem.Conflicting($"Cannot add host {host} to aggregate {id}: it has servers, which are in availability zone {service.Zone}.");
            }
        }

        return await session.Aggregates.AddHostAsync(id, host, cancel) ? null : Problem.Conflicting($"Aggregate {id} already has host {host}.");
    }, cancel);

    public Task<Outcome<Aggregate>> RemoveHostAsync(long id, string host, CancellationToken cancel) => OnAsync(id, async (session, aggregate) =>
        aggregate.Hosts.Contains(host) && aggregate.AvailabilityZone is not null && (await session.Instances.OnHostAsync(host, cancel)).Count > 0
            ? Problem.Conflicting($"Cannot remove host {host} in aggregate {id}: it has servers, which are in availability zone {aggregate.AvailabilityZone}.")
        : await session.Aggregates.RemoveHostAsync(id, host, cancel) ? null
        : Problem.Missing($"Cannot remove host {host} in aggregate {id}: it is not in it."), cancel);

    /// <summary>Sets items, and removes those whose value is null.</summary>
    public Task<Outcome<Aggregate>> SetMetadataAsync(long id, IReadOnlyDictionary<string, string?> items, CancellationToken cancel) => OnAsync(id, async (session, aggregate) =>
    {
        if (items.Any(m => m.Key.Length is 0 or > 255 || m.Value?.Length > 255))
        {
            return Problem.Bad("Metadata keys must be 1 to 255 characters, and values at most 255.");
        }

        if (items.TryGetValue(ZoneKey, out var zone))
        {
            if ((Check(aggregate.Name, zone) ?? await CheckZoneAsync(session, aggregate, zone, cancel)) is { } wrong)
            {
                return wrong;
            }

            await session.Aggregates.SaveAsync(id, aggregate.Name, zone, cancel);
        }

        foreach (var (key, value) in items.Where(m => m.Key != ZoneKey))
        {
            await session.Aggregates.PutMetadataAsync(id, key, value, cancel);
        }

        return null;
    }, cancel);

    private Task<Outcome<Aggregate>> OnAsync(long id, Func<Session, Aggregate, Task<Problem?>> change, CancellationToken cancel) => store.TryWriteAsync<Aggregate>(
        async session =>
        {
            await session.Aggregates.LockAsync(cancel);
            return await session.Aggregates.FindAsync(id, cancel) is not { } aggregate ? Missing(id)
                : await change(session, aggregate) is { } refused ? refused
                : (await session.Aggregates.FindAsync(id, cancel))!;
        },
        cancel);

    private static Problem? Check(string name, string? zone) => Text.CheckName("Aggregate name", name)
        ?? (name.Trim() != name ? Problem.Bad("Aggregate name may not begin or end with a blank.") : null)
        ?? (zone is null ? null : Text.CheckName("Availability zone", zone))
        ?? (zone?.Contains(':', StringComparison.Ordinal) == true || zone?.Trim() != zone ? Problem.Bad("Availability zone may have no colon, and no blank at its ends.") : null);

    private static async Task<Problem?> CheckZoneAsync(Session session, Aggregate aggregate, string? zone, CancellationToken cancel)
    {
        if (zone == aggregate.AvailabilityZone)
        {
            return null;
        }

        if (await session.Aggregates.AnyInstanceAsync(aggregate.Id, cancel))
        {
            return Problem.Bad($"Cannot change the availability zone of aggregate {aggregate.Id}: one or more of its hosts have servers.");
        }

        foreach (var host in zone is null ? [] : aggregate.Hosts)
        {
            if (await session.Aggregates.OtherZoneAsync(host, aggregate.Id, cancel) is { } other && other != zone)
            {
                return Problem.Bad($"Cannot change the availability zone of aggregate {aggregate.Id}: host {host} is in availability zone {other} already.");
            }
        }

        return null;
    }

    private static Problem Missing(long id) => Problem.Missing($"Aggregate {id} could not be found.");

    private static Problem Taken(string name) => Problem.Conflicting($"Aggregate {name} already exists.");
}
