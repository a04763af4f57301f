using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Bridgehead.Api;

/// <summary>What one server counts of its requests. Labels are of a bounded number, whatever clients send, and name no one.</summary>
internal sealed class ApiMeter : IDisposable
{
    /// <summary>The label of paths that are no route of ours.</summary>
    public const string NoRoute = "none";

    /// <summary>The label of everything the metadata service answers.</summary>
    public const string Metadata = "metadata";

    /// <summary>The status of requests whose client went away before the answer.</summary>
    public const int Gone = 499;

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _seconds;
    private readonly Histogram<double> _tokens;
    private readonly UpDownCounter<long> _inFlight;

    /// <param name="scope">Tells this server's measures from those of others in the process.</param>
    public ApiMeter(object scope)
    {
        _meter = new Meter(new MeterOptions(MetricsBook.Meter) { Scope = scope });
        _requests = _meter.CreateCounter<long>("bridgehead_api_requests", description: "Requests that were answered; 499 are those whose client went away.");
        _seconds = _meter.CreateHistogram<double>("bridgehead_api_request_seconds", description: "Seconds from a request's headers to the end of its answer.");
        _tokens = _meter.CreateHistogram<double>("bridgehead_api_token_seconds", description: "Seconds that finding out whose a token is took.");
        _inFlight = _meter.CreateUpDownCounter<long>("bridgehead_api_requests_in_flight", description: "Requests that are not answered yet.");
    }

    public void Began() => _inFlight.Add(1);

    public void Validated(TimeSpan took) => _tokens.Record(took.TotalSeconds);

    public void Answered(HttpContext http, string route, int status, TimeSpan took)
    {
        _inFlight.Add(-1);
        var method = Array.IndexOf(Methods, http.Request.Method) is var at and >= 0 ? Methods[at] : "other";
        KeyValuePair<string, object?> name = new("method", method), pattern = new("route", route);
        _requests.Add(1, name, pattern, new KeyValuePair<string, object?>("status", status.ToString(CultureInfo.InvariantCulture)));
        _seconds.Record(took.TotalSeconds, name, pattern);
    }

    public void Dispose() => _meter.Dispose();
}
