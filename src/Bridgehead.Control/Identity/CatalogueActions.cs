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

/// <summary>The catalogue: services and endpoints. For administrators.</summary>
public sealed class CatalogueActions(Database store)
{
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

        return change.RegionId is null && change.Region is { } region ? RegionActions.Check(new Region(region, "", null)) : null;
    }
}
