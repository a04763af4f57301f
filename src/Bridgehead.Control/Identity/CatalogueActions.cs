using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What a client says of a new or changed endpoint; null where it says nothing.</summary>
public sealed record EndpointChange(string? ServiceId, string? Interface, string? Url, bool? Enabled)
{
    /// <summary>Must be there.</summary>
    public string? RegionId { get; init; }

    /// <summary>The older key: the region is made when it is not there.</summary>
    public string? Region { get; init; }

    public string Extra { get; init; } = "{}";
}

/// <summary>What a client says of a new or changed service; null where it says nothing.</summary>
public sealed record ServiceChange(string? Type, string? Name, string? Description, bool? Enabled)
{
    public string Extra { get; init; } = "{}";
}

/// <summary>The catalogue: regions, services and endpoints. For administrators.</summary>
public sealed class CatalogueActions(Database store)
{
    public Task<Outcome<Region>> CreateRegionAsync(string? id, string description, string? parent, CancellationToken cancel) => store.TryWriteAsync<Region>(
        async session =>
        {
            await session.LockAsync(IdentityChange.Lock, cancel);
            var region = new Region(id ?? IdentityChange.NewId(), description, parent);
            if (CheckRegion(region) is { } wrong)
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
    public Task<Outcome<Region>> UpdateRegionAsync(string id, string? description, string? parent, CancellationToken cancel) => store.TryWriteAsync<Region>(
        async session =>
        {
            await session.LockAsync(IdentityChange.Lock, cancel);
            if (await session.Catalogue.RegionAsync(id, cancel) is not { } before)
            {
                return IdentityChange.NotFound("region", id);
            }

            var region = before with { Description = description ?? before.Description, ParentId = parent is null ? before.ParentId : parent.Length == 0 ? null : parent };
            if (CheckRegion(region) is { } wrong)
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
    public Task<Outcome<Done>> DeleteRegionAsync(string id, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            await session.LockAsync(IdentityChange.Lock, cancel);
            return await session.Catalogue.RegionAsync(id, cancel) is null ? IdentityChange.NotFound("region", id) : await RemoveRegionAsync(session, id, cancel);
        },
        cancel);

    public Task<Outcome<CatalogueService>> CreateServiceAsync(ServiceChange change, CancellationToken cancel) => store.TryWriteAsync<CatalogueService>(
        async session =>
        {
            if (!With(new CatalogueService(IdentityChange.NewId(), "", "", "", Enabled: true), change).Succeeded(out var service, out var problem))
            {
                return problem;
            }

            await session.Catalogue.AddServiceAsync(service, cancel);
            return service;
        },
        cancel);

    public Task<Outcome<CatalogueService>> UpdateServiceAsync(string id, ServiceChange change, CancellationToken cancel) => store.TryWriteAsync<CatalogueService>(
        async session =>
        {
            await session.LockAsync(IdentityChange.Lock, cancel);
            if (await session.Catalogue.ServiceAsync(id, cancel) is not { } before)
            {
                return IdentityChange.NotFound("service", id);
            }

            if (!With(before, change).Succeeded(out var service, out var problem))
            {
                return problem;
            }

            await session.Catalogue.SaveServiceAsync(service, cancel);
            return service;
        },
        cancel);

    /// <summary>With its endpoints.</summary>
    public Task<Outcome<Done>> DeleteServiceAsync(string id, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            // Whoever makes an endpoint of it holds this, too.
            await session.LockAsync(IdentityChange.Lock, cancel);
            if (await session.Catalogue.ServiceAsync(id, cancel) is null)
            {
                return IdentityChange.NotFound("service", id);
            }

            await session.Catalogue.RemoveServiceAsync(id, cancel);
            return default(Done);
        },
        cancel);

    public Task<Outcome<Endpoint>> CreateEndpointAsync(EndpointChange change, CancellationToken cancel) => store.TryWriteAsync<Endpoint>(
        async session =>
        {
            var fresh = new Endpoint(IdentityChange.NewId(), "", "", null, "", Enabled: true);
            if (!(await WithAsync(session, fresh, change, cancel)).Succeeded(out var endpoint, out var problem))
            {
                return problem;
            }

            await session.Catalogue.AddEndpointAsync(endpoint, cancel);
            return endpoint;
        },
        cancel);

    public Task<Outcome<Endpoint>> UpdateEndpointAsync(string id, EndpointChange change, CancellationToken cancel) => store.TryWriteAsync<Endpoint>(
        async session =>
        {
            if (await session.Catalogue.EndpointAsync(id, cancel) is not { } before)
            {
                return IdentityChange.NotFound("endpoint", id);
            }

            if (!(await WithAsync(session, before, change, cancel)).Succeeded(out var endpoint, out var problem))
            {
                return problem;
            }

            await session.Catalogue.SaveEndpointAsync(endpoint, cancel);
            return endpoint;
        },
        cancel);

    public Task<Outcome<Done>> DeleteEndpointAsync(string id, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            if (await session.Catalogue.EndpointAsync(id, cancel) is null)
            {
                return IdentityChange.NotFound("endpoint", id);
            }

            await session.Catalogue.RemoveEndpointAsync(id, cancel);
            return default(Done);
        },
        cancel);

    private static async Task<Outcome<Done>> RemoveRegionAsync(Session session, string id, CancellationToken cancel)
    {
        if ((await session.Catalogue.EndpointsAsync(new EndpointFilter(RegionId: id), new Page(1, null), cancel)).Count > 0)
        {
            return Problem.Denied($"Unable to delete region {id} because it or its child regions have associated endpoints.");
        }

        foreach (var child in await session.Catalogue.RegionsAsync(id, Page.All, cancel))
        {
            if ((await RemoveRegionAsync(session, child.Id, cancel)).Problem is { } problem)
            {
                return problem;
            }
        }

        await session.Catalogue.RemoveRegionAsync(id, cancel);
        return default(Done);
    }

    private static async Task<Outcome<Endpoint>> WithAsync(Session session, Endpoint endpoint, EndpointChange change, CancellationToken cancel)
    {
        await session.LockAsync(IdentityChange.Lock, cancel);
        var changed = new Endpoint(
            endpoint.Id,
            change.ServiceId ?? endpoint.ServiceId,
            change.Interface ?? endpoint.Interface,
            change.RegionId ?? change.Region ?? endpoint.RegionId,
            change.Url ?? endpoint.Url,
            change.Enabled ?? endpoint.Enabled);
        if (CheckEndpoint(changed, change) is { } wrong)
        {
            return wrong;
        }

        if (await session.Catalogue.ServiceAsync(changed.ServiceId, cancel) is null)
        {
            return Problem.Bad($"There is no service {changed.ServiceId}.");
        }

        if (changed.RegionId is { } region && await session.Catalogue.RegionAsync(region, cancel) is null)
        {
            if (change.RegionId is not null)
            {
                return Problem.Bad($"There is no region {region}.");
            }

            await session.Catalogue.AddRegionAsync(new Region(region, "", null), cancel);
        }

        return Extra.Merge(endpoint.Extra, change.Extra).Succeeded(out var extra, out var problem) ? changed with { Extra = extra } : problem;
    }

    private static Outcome<CatalogueService> With(CatalogueService service, ServiceChange change)
    {
        var changed = new CatalogueService(service.Id, change.Type ?? service.Type, change.Name ?? service.Name, change.Description ?? service.Description, change.Enabled ?? service.Enabled);
        return CheckService(changed) is { } wrong ? wrong
            : Extra.Merge(service.Extra, change.Extra).Succeeded(out var extra, out var problem) ? changed with { Extra = extra } : problem;
    }

    private static Problem? CheckRegion(Region region) =>
        Text.CheckName("Region id", region.Id) ?? (region.Id.Contains('/') ? Problem.Bad("A region's id may not contain a slash.") : null) ?? Text.CheckDescription("Region description", region.Description);

    private static Problem? CheckService(CatalogueService service) => Text.CheckName("Service type", service.Type)
        ?? (service.Name.Length == 0 ? null : Text.CheckName("Service name", service.Name)) ?? Text.CheckDescription("Service description", service.Description);

    private static Problem? CheckEndpoint(Endpoint endpoint, EndpointChange change)
    {
        if (endpoint.Interface is not ("public" or "internal" or "admin"))
        {
            return Problem.Bad($"'{endpoint.Interface}' is not an interface: public, internal and admin are.");
        }

        if (change.Url is { } url && EndpointUrl.Check(url) is { } wrong)
        {
            return wrong;
        }

        return change.RegionId is null && change.Region is { } region ? CheckRegion(new Region(region, "", null)) : null;
    }
}

/// <summary>URLs of the catalogue.</summary>
public static class EndpointUrl
{
    /// <summary>What is wrong with an operator's URL.</summary>
    public static Problem? Check(string url)
    {
        var filled = Fill(url, "p", "u");
        return url.Length <= 225 && filled is not null && !url.Any(char.IsWhiteSpace) && Uri.TryCreate(filled, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? null
            : Problem.Bad($"'{url}' is not a URL of an endpoint: http or https, at most 225 characters, with project_id, tenant_id and user_id as the only substitutions.");
    }

    /// <summary>The URL with the token's project and user in it; null when it names what the token has not.</summary>
    public static string? Fill(string url, string? project, string user)
    {
        var filled = url;
        foreach (var (name, value) in new[] { ("project_id", project), ("tenant_id", project), ("user_id", user) })
        {
            if (value is not null)
            {
                filled = filled.Replace($"$({name})s", value, StringComparison.Ordinal).Replace($"%({name})s", value, StringComparison.Ordinal);
            }
        }

        return filled.Contains("$(", StringComparison.Ordinal) || filled.Contains("%(", StringComparison.Ordinal) ? null : filled;
    }
}
