using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>What a list of endpoints is narrowed by. Null means "any".</summary>
public sealed record EndpointFilter(string? ServiceId = null, string? Interface = null, string? RegionId = null);

/// <summary>The catalogue: tables <c>identity_regions</c>, <c>identity_services</c> and <c>identity_endpoints</c>.</summary>
public sealed class ServiceCatalogue(Session session)
{
    /// <summary>Enabled services with their enabled endpoints.</summary>
    public Task<List<(CatalogueService Service, Endpoint Endpoint)>> EnabledAsync(CancellationToken cancel) => session.Sql.ListAsync(
        """
        select s.id as service, s.type, s.name, s.description, e.id, e.service_id, e.interface, e.region_id, e.url, e.enabled, e.extra
        from identity_services s join identity_endpoints e on e.service_id = s.id where s.enabled = 1 and e.enabled = 1 order by s.type, s.id, e.region_id, e.interface, e.id
        """,
        r => (new CatalogueService(r.Text("service"), r.Text("type"), r.Text("name"), r.Text("description"), true), ReadEndpoint(r)),
        cancel);

    public Task<List<Region>> RegionsAsync(string? parent, Page page, CancellationToken cancel) =>
        new Narrowing().By("parent_region_id = @parent", "parent", parent).PageAsync(session.Sql, "identity_regions", "id", page, ReadRegion, cancel);

    public Task<Region?> RegionAsync(string id, CancellationToken cancel) => session.Sql.FirstAsync("select * from identity_regions where id = @id", ReadRegion, cancel, ("id", id));

    /// <summary>False when there is one of that id.</summary>
    public async Task<bool> AddRegionAsync(Region r, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "insert into identity_regions (id, description, parent_region_id) values (@id, @description, @parent) on conflict do nothing",
        cancel,
        ("id", r.Id),
        ("description", r.Description),
        ("parent", r.ParentId)) == 1;

    public Task SaveRegionAsync(Region r, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update identity_regions set description = @description, parent_region_id = @parent where id = @id", cancel, ("id", r.Id), ("description", r.Description), ("parent", r.ParentId));

    public Task RemoveRegionAsync(string id, CancellationToken cancel) => session.Sql.ExecuteAsync("delete from identity_regions where id = @id", cancel, ("id", id));

    public Task<List<CatalogueService>> ServicesAsync(string? type, string? name, Page page, CancellationToken cancel) =>
        new Narrowing().By("type = @type", "type", type).By("name = @name", "name", name).PageAsync(session.Sql, "identity_services", "type", page, ReadService, cancel);

    public Task<CatalogueService?> ServiceAsync(string id, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from identity_services where id = @id", ReadService, cancel, ("id", id));

    public Task AddServiceAsync(CatalogueService s, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into identity_services (id, type, name, description, enabled, extra) values (@id, @type, @name, @description, @enabled, @extra)", cancel, Fields(s));

    public Task SaveServiceAsync(CatalogueService s, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update identity_services set type = @type, name = @name, description = @description, enabled = @enabled, extra = @extra where id = @id", cancel, Fields(s));

    /// <summary>With its endpoints.</summary>
    public async Task RemoveServiceAsync(string id, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from identity_endpoints where service_id = @id", cancel, ("id", id));
        await session.Sql.ExecuteAsync("delete from identity_services where id = @id", cancel, ("id", id));
    }

    public Task<List<Endpoint>> EndpointsAsync(EndpointFilter filter, Page page, CancellationToken cancel) => new Narrowing()
        .By("service_id = @service", "service", filter.ServiceId)
        .By("interface = @interface", "interface", filter.Interface)
        .By("region_id = @region", "region", filter.RegionId)
        .PageAsync(session.Sql, "identity_endpoints", "service_id", page, ReadEndpoint, cancel);

    public Task<Endpoint?> EndpointAsync(string id, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from identity_endpoints where id = @id", ReadEndpoint, cancel, ("id", id));

    public Task AddEndpointAsync(Endpoint e, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into identity_endpoints (id, service_id, interface, region_id, url, enabled, extra) values (@id, @service, @interface, @region, @url, @enabled, @extra)", cancel, Fields(e));

    public Task SaveEndpointAsync(Endpoint e, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update identity_endpoints set service_id = @service, interface = @interface, region_id = @region, url = @url, enabled = @enabled, extra = @extra where id = @id", cancel, Fields(e));

    public Task RemoveEndpointAsync(string id, CancellationToken cancel) => session.Sql.ExecuteAsync("delete from identity_endpoints where id = @id", cancel, ("id", id));

    private static Region ReadRegion(Row r) => new(r.Text("id"), r.Text("description"), r.TextOrNull("parent_region_id"));

    private static CatalogueService ReadService(Row r) => new(r.Text("id"), r.Text("type"), r.Text("name"), r.Text("description"), r.Flag("enabled")) { Extra = r.Text("extra") };

    private static Endpoint ReadEndpoint(Row r) => new(r.Text("id"), r.Text("service_id"), r.Text("interface"), r.TextOrNull("region_id"), r.Text("url"), r.Flag("enabled")) { Extra = r.Text("extra") };

    private static (string, object?)[] Fields(CatalogueService s) => [("id", s.Id), ("type", s.Type), ("name", s.Name), ("description", s.Description), ("enabled", s.Enabled), ("extra", s.Extra)];

    private static (string, object?)[] Fields(Endpoint e) =>
        [("id", e.Id), ("service", e.ServiceId), ("interface", e.Interface), ("region", e.RegionId), ("url", e.Url), ("enabled", e.Enabled), ("extra", e.Extra)];
}
