using System.Net;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Api;

/// <summary>
/// nova-api: one web server with two listeners that know nothing of each other's paths, the API and the metadata service.
/// </summary>
public static partial class ApiServer
{
    /// <summary>Starts listening. Throws <see cref="ListenException"/>, <see cref="VendorDataException"/> or <see cref="ImageStoreException"/>, with a sentence for the operator.</summary>
    public static async Task<RunningApi> StartAsync(NovaSettings settings, Database store, ILoggerFactory logging, CancellationToken cancel)
    {
        var log = logging.CreateLogger("Bridgehead.Api");
        var tls = Certificates.Of(settings, store.Clock, log);
        var api = new Face("osapi_compute_listen", "osapi_compute_listen_port", new IPEndPoint(settings.OsapiComputeListen, settings.OsapiComputeListenPort), tls);
        var metadata = new Face("metadata_listen", "metadata_listen_port", new IPEndPoint(settings.MetadataListen, settings.MetadataListenPort));
        var service = new MetadataService(store, settings, await VendorData.ReadAsync(settings.VendordataJsonfilePath, cancel), logging.CreateLogger("Bridgehead.Metadata"));
        var app = WebServer.Build([api, metadata], logging);
        var (book, meter) = (new MetricsBook(app, store.Clock), new ApiMeter(app));
        var keystone = settings.Keystone.AuthUrl is null ? null : new KeystoneTokens(settings.Keystone, store.Clock, problem => KeystoneFailed(log, settings.Keystone.AuthUrl, problem.Message, problem));
        List<IDisposable> parts = keystone is null ? [book, meter, service] : [book, meter, service, keystone];
        try
        {
            var services = new ApiServices(store, settings, keystone);
            var routes = new Routes(app, services, meter, log);
            Pipeline(app, metadata, Metered(service, meter, store.Clock), routes);
            All(routes, keystone is not null);
            OperationsApi.Map(routes, book);
            await new ImageHousekeeping(store, settings).RunAsync(cancel);
            await app.StartAsync(cancel);
            return new RunningApi(app, parts, tls is null ? "http" : "https", api.Bound!, metadata.Bound!, routes.Table);
        }
        catch
        {
            await app.DisposeAsync();
            parts.ForEach(part => part.Dispose());
            throw;
        }
    }

    /// <summary>Metadata branches off before anything of the API is reached.</summary>
    private static void Pipeline(WebApplication app, Face metadata, RequestDelegate service, Routes routes)
    {
        app.Use(next => http => http.Features.Get<Face>() == metadata ? service(http) : next(http));
        app.Use(next => http =>
        {
            var path = Paths.Read(http.Request.Path.Value ?? "/");

            // Not by conversion from text, which would undo escapes a second time.
            http.Request.Path = new PathString(path.Path);
            http.Features.Set(path);
            return next(http);
        });
        app.UseRouting();
        app.Use(next => http => http.GetEndpoint() is RouteEndpoint ? next(http) : routes.NowhereAsync(http, next));
    }

    private static RequestDelegate Metered(MetadataService service, ApiMeter meter, TimeProvider clock) => async http =>
    {
        var began = clock.GetTimestamp();
        meter.Began();
        try
        {
            await service.RunAsync(http);
        }
        finally
        {
            meter.Answered(http, ApiMeter.Metadata, http.RequestAborted.IsCancellationRequested ? ApiMeter.Gone : http.Response.StatusCode, clock.GetElapsedTime(began));
        }
    };

    [LoggerMessage(EventId = 302, Level = LogLevel.Warning, Message = "the Keystone at {Url} could not be asked: {Reason}")]
    private static partial void KeystoneFailed(ILogger log, string url, string reason, Exception problem);

    private static readonly IReadOnlyList<Action<Routes>> Image =
    [
        ImageVersionsApi.Map, ImageApi.Map, ImageListApi.Map, ImageDataApi.Map, ImageMembersApi.Map, ImageSchemasApi.Map,
    ];

    private static readonly IReadOnlyList<Action<Routes>> Compute =
    [
        VersionsApi.Map, ServersApi.Map, ServerListApi.Map, ServerActionsApi.Map, ServerPartsApi.Map, ServerMetadataApi.Map, ServerTagsApi.Map, ServerHistoryApi.Map, ServerGroupsApi.Map,
        FlavorsApi.Map, FlavorPartsApi.Map, ImagesApi.Map, ImageMetadataApi.Map, KeyPairsApi.Map, LimitsApi.Map, MigrationsApi.Map, QuotasApi.Map,
        NetworksApi.Map, FixedIpsApi.Map, FloatingIpsApi.Map, SecurityGroupsApi.Map, DefaultRulesApi.Map, DnsApi.Map,
        HostsApi.Map, ServicesApi.Map, HypervisorsApi.Map, AggregatesApi.Map, UsageApi.Map, AgentsApi.Map, ExternalEventsApi.Map, AbsentApi.Map, ExtensionsApi.Map,
    ];

    private static void All(Routes routes, bool keystone)
    {
        foreach (var map in (IEnumerable<Action<Routes>>)[keystone ? IdentityElsewhereApi.Map : IdentityRoutes.Map, .. Image, .. Compute])
        {
            map(routes);
        }
    }
}

/// <summary>A server that listens until it is disposed; requests under way are finished first.</summary>
public sealed class RunningApi : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly IReadOnlyList<IDisposable> _parts;

    internal RunningApi(WebApplication app, IReadOnlyList<IDisposable> parts, string scheme, IPEndPoint api, IPEndPoint metadata, IReadOnlyList<Route> routes)
    {
        (_app, _parts, Scheme, Routes) = (app, parts, scheme, routes);
        Api = api;
        Metadata = metadata;
    }

    /// <summary><c>https</c> when the API speaks TLS.</summary>
    public string Scheme { get; }

    /// <summary>Where the API listens, with the port that the system chose when the setting was 0.</summary>
    public IPEndPoint Api { get; }

    /// <summary>What the API answers.</summary>
    public IReadOnlyList<Route> Routes { get; }

    /// <summary>Where the metadata service listens.</summary>
    public IPEndPoint Metadata { get; }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        foreach (var part in _parts)
        {
            part.Dispose();
        }
    }
}
