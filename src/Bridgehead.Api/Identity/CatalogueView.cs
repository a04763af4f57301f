using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>A token's catalogue. No network service is in it unless an operator puts one there: clients tell nova-network by that.</summary>
internal sealed class CatalogueView
{
    private readonly List<(CatalogueService Service, Endpoint Endpoint)> _endpoints;

    private CatalogueView(List<(CatalogueService Service, Endpoint Endpoint)> endpoints) => _endpoints = endpoints;

    /// <summary>URLs are filled in; one that cannot be, because the token has no project, is left out.</summary>
    public static async Task<CatalogueView> ReadAsync(ApiCall call, Login login)
    {
        var filled = new List<(CatalogueService, Endpoint)>();
        foreach (var (service, endpoint) in await call.Services.Store.ReadAsync(s => s.Catalogue.EnabledAsync(call.Cancel), call.Cancel))
        {
            if (endpoint.Url.StartsWith('/'))
            {
                filled.Add((service, endpoint with { Url = call.Root + endpoint.Url }));
            }
            else if (EndpointUrl.Fill(endpoint.Url, login.Project?.Id, login.User.Id) is { } url)
            {
                filled.Add((service, endpoint with { Url = url }));
            }
        }

        return new CatalogueView(filled);
    }

    public void Write(Utf8JsonWriter w)
    {
        w.WriteStartArray("catalog");
        foreach (var service in _endpoints.GroupBy(pair => pair.Service, pair => pair.Endpoint))
        {
            w.WriteStartObject();
            w.WriteString("id", service.Key.Id);
            w.WriteString("type", service.Key.Type);
            w.WriteString("name", service.Key.Name);
            w.WriteStartArray("endpoints");
            foreach (var endpoint in service)
            {
                w.WriteStartObject();
                w.WriteString("id", endpoint.Id);
                w.WriteString("interface", endpoint.Interface);
                w.WriteString("region", endpoint.RegionId);
                w.WriteString("region_id", endpoint.RegionId);
                w.WriteString("url", endpoint.Url);
                w.WriteEndObject();
            }

            w.WriteEndArray();
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }
}
