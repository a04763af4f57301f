using System.Net;
using Bridgehead.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Api;

/// <summary><c>metrics_listen_port</c>: a listener for <c>/metrics</c> and nothing else, in any daemon; those without the API have no other.</summary>
public sealed class MetricsServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly MetricsBook _book;

    private MetricsServer(WebApplication app, MetricsBook book, IPEndPoint bound) => (_app, _book, Bound) = (app, book, bound);

    /// <summary>Where it listens.</summary>
    public IPEndPoint Bound { get; }

    /// <summary>Throws <see cref="ListenException"/> with a sentence for the operator.</summary>
    public static async Task<MetricsServer> StartAsync(NovaSettings settings, TimeProvider clock, ILoggerFactory logging, CancellationToken cancel)
    {
        var face = new Face("metrics_listen", "metrics_listen_port", new IPEndPoint(settings.MetricsListen, settings.MetricsListenPort));
        var app = WebServer.Build([face], logging);
        var book = new MetricsBook(app, clock);
        try
        {
            app.Run(http => AnswerAsync(http, book));
            await app.StartAsync(cancel);
            return new MetricsServer(app, book, face.Bound!);
        }
        catch
        {
            book.Dispose();
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _book.Dispose();
    }

    private static Task AnswerAsync(HttpContext http, MetricsBook book)
    {
        if (!HttpMethods.IsGet(http.Request.Method) || http.Request.Path != "/metrics")
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        }

        http.Response.ContentType = OperationsApi.MetricsType;
        return http.Response.WriteAsync(book.Text(), http.RequestAborted);
    }
}
