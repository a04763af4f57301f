using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>What operators and curious people ask the API itself: is it well, what does it measure, what can it do. Nobody needs a token for it, and it tells of nobody's things.</summary>
internal static class OperationsApi
{
    public const string MetricsType = "text/plain; version=0.0.4; charset=utf-8";
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(2);

    public static void Map(Routes routes, MetricsBook book)
    {
        var health = new Probe();
        var description = new Lazy<byte[]>(() => OpenApi.Document(routes.Table));
        var page = new Lazy<byte[]>(() => Resource("docs.html"));
        routes
            .Map("GET", "/healthz", Access.Anyone, health.AnswerAsync)
            .Doc("Tells whether the API can do its work: 200 while the database answers, else 503.")
            .Map("GET", "/metrics", Access.Anyone, call => call.AnswerAsync(200, MetricsType, System.Text.Encoding.UTF8.GetBytes(book.Text())))
            .Doc("Figures of this process in Prometheus' text format.")
            .Map("GET", "/openapi.json", Access.Anyone, call => call.AnswerAsync(200, "application/json", description.Value))
            .Doc("This description, in OpenAPI 3.1.")
            .Map("GET", "/docs", Access.Anyone, call =>
            {
                // The page is one file, and needs nothing but the description.
                call.Http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'";
                return call.AnswerAsync(200, "text/html; charset=utf-8", page.Value);
            })
            .Doc("This description as a page to read.");
    }

    private static byte[] Resource(string name)
    {
        using var stream = typeof(OperationsApi).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the program");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Asks the database at most once at a time, so that a hanging one keeps one thread and not one for each question.</summary>
    private sealed class Probe
    {
        private readonly Lock _lock = new();
        private Task _asking = Task.CompletedTask;

        public async Task AnswerAsync(ApiCall call)
        {
            try
            {
                await Asking(call).WaitAsync(LongestProbe, call.Services.Store.Clock, call.Cancel);
                await call.AnswerAsync(200, w => w.WriteString("status", "ok"));
            }
            catch (TimeoutException)
            {
                await call.RefuseAsync(new Problem(ProblemKind.Unavailable, $"The database does not answer within {LongestProbe.TotalSeconds} seconds."));
            }
        }

        private Task Asking(ApiCall call)
        {
            lock (_lock)
            {
                // On a thread of its own: SQLite waits for locks without giving its thread back. The question outlives the one who asked it.
                return _asking = _asking.IsCompleted ? Task.Run(() => call.Services.Store.SchemaAsync(CancellationToken.None)) : _asking;
            }
        }
    }
}
