using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>The catalogue's regions. For administrators.</summary>
public sealed class RegionActions(Database store)
{
    public Task<Outcome<Region>> CreateAsync(string? id, string description, string? parent, CancellationToken cancel) => store.TryWriteAsync<Region>(
        async session =>
        {
            await session.LockAsync(IdentityChange.Lock, cancel);
            var region = new Region(id ?? IdentityChange.NewId(), description, parent);
            if (Check(region) is { } wrong)
            {
                return wrong;
            }

            if (parent is not null && await session.Catalogue.RegionAsync(parent, cancel) is null)
            {
                return IdentityChange.NotFound("region", parent);
            }

            return await session.Catalogue.AddRegionAsync(region, cancel) ? region : IdentityChange.Taken("region", region.Id);
        },
        cancel);

    /// <param name="parent">Null leaves it, empty takes it away.</param>
    public Task<Outcome<Region>> UpdateAsync(string id, string? description, string? parent, CancellationToken cancel) => store.TryWriteAsync<Region>(
        async session =>
        {
            await session.LockAsync(IdentityChange.Lock, cancel);
            if (await session.Catalogue.RegionAsync(id, cancel) is not { } before)
            {
                return IdentityChange.NotFound("region", id);
            }

            var region = before with { Description = description ?? before.Description, ParentId = parent is null ? before.ParentId : parent.Length == 0 ? null : parent };
            if (Check(region) is { } wrong)
            {
                return wrong;
            }

            for (var above = region.ParentId; above is not null;)
            {
                if (await session.Catalogue.RegionAsync(above, cancel) is not { } one)
                {
                    return IdentityChange.NotFound("region", above);
                }

                if (one.Id == id)
                {
                    return Problem.Bad($"Region {id} cannot be below itself.");
                }

                above = one.ParentId;
            }

            await session.Catalogue.SaveRegionAsync(region, cancel);
            return region;
        },
        cancel);

    /// <summary>With the regions below it, unless an endpoint is in one of them.</summary>
    public Task<Outcome<Done>> DeleteAsync(string id, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            await session.LockAsync(IdentityChange.Lock, cancel);
            return await session.Catalogue.RegionAsync(id, cancel) is null ? IdentityChange.NotFound("region", id) : await RemoveAsync(session, id, cancel);
        },
        cancel);

    /// <summary>What is wrong with a region, whoever makes it.</summary>
    internal static Problem? Check(Region region) =>
        Text.CheckName("Region id", region.Id) ?? (region.Id.Contains('/') ? Problem.Bad("A region's id may not contain a slash.") : null) ?? Text.CheckDescription("Region description", region.Description);

    private static async Task<Outcome<Done>> RemoveAsync(Session session, string id, CancellationToken cancel)
    {
        if ((await session.Catalogue.EndpointsAsync(new EndpointFilter(RegionId: id), new Page(1, null), cancel)).Count > 0)
        {
            return Problem.Denied($"Unable to delete region {id} because it or its child regions have associated endpoints.");
        }

        foreach (var child in await session.Catalogue.RegionsAsync(id, Page.All, cancel))
        {
            if ((await RemoveAsync(session, child.Id, cancel)).Problem is { } problem)
            {
                return problem;
            }
        }

        await session.Catalogue.RemoveRegionAsync(id, cancel);
        return default(Done);
    }
}
