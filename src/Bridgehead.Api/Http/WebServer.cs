using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Api;

/// <summary>The web server before it has anything to say: listeners and limits. Nothing is read from files or the environment, and nothing is scanned, so that it answers within milliseconds.</summary>
internal static class WebServer
{
    /// <summary>A longer path and query are answered with 414.</summary>
    public const int LongestTarget = 8 * 1024;

    /// <summary>A body this large is still read to its end before it is refused, so that the client gets to read the refusal.</summary>
    private const int LargestDrained = 16 * 1024 * 1024;

    public static WebApplication Build(IReadOnlyList<Face> faces, ILoggerFactory logging)
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

        // What is over these the server refuses without a body, before a route is known; so what is just too long is let in, and refused in OpenStack's words.
        limits.MaxRequestLineSize = 8 * LongestTarget;
        limits.MaxRequestHeadersTotalSize = 64 * 1024;
        limits.MaxRequestHeaderCount = 100;
        limits.MaxConcurrentConnections = 10_000;
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
    }

    /// <summary>Signals are the daemon's business, not the web framework's.</summary>
    private sealed class DaemonsLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
