using System.Net;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Api;

/// <summary>
/// nova-api: one web server with two listeners that know nothing of each other's paths, the API and the metadata service. Nothing is read from files or the environment,
/// and nothing is scanned, so that it answers within milliseconds of its start.
/// </summary>
public static class ApiServer
{
    /// <summary>A body this large is still read to its end before it is refused, so that the client gets to read the refusal.</summary>
    private const int LargestDrained = 16 * 1024 * 1024;

    /// <summary>Starts listening. Throws <see cref="ListenException"/>, or <see cref="VendorDataException"/>, with a sentence for the operator.</summary>
    public static async Task<RunningApi> StartAsync(NovaSettings settings, Database store, ILoggerFactory logging, CancellationToken cancel)
    {
        var api = new Face("osapi_compute_listen", "osapi_compute_listen_port", new IPEndPoint(settings.OsapiComputeListen, settings.OsapiComputeListenPort));
        var metadata = new Face("metadata_listen", "metadata_listen_port", new IPEndPoint(settings.MetadataListen, settings.MetadataListenPort));
        var service = new MetadataService(store, settings, await VendorData.ReadAsync(settings.VendordataJsonfilePath, cancel), logging.CreateLogger("Bridgehead.Metadata"));
        var app = Build([api, metadata], logging);
        try
        {
            var services = new ApiServices(store, settings, new Authentication(store, settings));
            var routes = new Routes(app, services, logging.CreateLogger("Bridgehead.Api"));
            Pipeline(app, metadata, service, routes);
            All(routes);
            app.Lifetime.ApplicationStopped.Register(service.Dispose);
            await app.StartAsync(cancel);
            return new RunningApi(app, api.Bound!, metadata.Bound!, routes.Table);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static WebApplication Build(IReadOnlyList<Face> faces, ILoggerFactory logging)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "nova-api" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Limit(kestrel);
            foreach (var face in faces)
            {
                Listeners.Add(kestrel, face);
            }
        });
        builder.Services.Configure<SocketTransportOptions>(transport => Listeners.Bind(transport, faces));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<ILoggerFactory>(new QuietLogging(logging));
        builder.Services.AddSingleton<IHostLifetime, DaemonsLifetime>();
        return builder.Build();
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = LargestDrained;
        limits.MaxRequestHeadersTotalSize = 32 * 1024;
        limits.MaxRequestHeaderCount = 100;
        limits.MaxRequestLineSize = 8 * 1024;
        limits.MaxConcurrentConnections = 10_000;
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
    }

    /// <summary>Metadata branches off before anything of the API is reached.</summary>
    private static void Pipeline(WebApplication app, Face metadata, MetadataService service, Routes routes)
    {
        app.Use(next => http => http.Features.Get<Face>() == metadata ? service.RunAsync(http) : next(http));
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

    private static void All(Routes routes)
    {
        routes.Map("GET", "/healthz", Access.Anyone, async call =>
        {
            // The answer is the store's: a process that cannot reach it is of no use to anyone.
            await call.Services.Store.ReadAsync(s => s.Services.ListAsync(call.Cancel), call.Cancel);
            await call.AnswerAsync(200, w => w.WriteString("status", "ok"));
        });
        IdentityApi.Map(routes);
        DirectoryApi.Map(routes);
        VersionsApi.Map(routes);
        ServersApi.Map(routes);
        ServerActionsApi.Map(routes);
        FlavorsApi.Map(routes);
        ImagesApi.Map(routes);
        KeyPairsApi.Map(routes);
        QuotasApi.Map(routes);
        NetworksApi.Map(routes);
        FloatingIpsApi.Map(routes);
        SecurityGroupsApi.Map(routes);
        DefaultRulesApi.Map(routes);
        DnsApi.Map(routes);
        ServerPartsApi.Map(routes);
        HostsApi.Map(routes);
        HypervisorsApi.Map(routes);
        ExtensionsApi.Map(routes);
    }

    /// <summary>Signals are the daemon's business, not the web framework's.</summary>
    private sealed class DaemonsLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>A server that listens until it is disposed; requests under way are finished first.</summary>
public sealed class RunningApi : IAsyncDisposable
{
    private readonly WebApplication _app;

    internal RunningApi(WebApplication app, IPEndPoint api, IPEndPoint metadata, IReadOnlyList<Route> routes)
    {
        Routes = routes;
        _app = app;
        Api = api;
        Metadata = metadata;
    }

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
    }
}
