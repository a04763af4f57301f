using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Api;

/// <summary>Maps handlers with what all of them need: request id, token, role, microversion, and an OpenStack error for whatever goes wrong.</summary>
internal sealed partial class Routes(IEndpointRouteBuilder app, ApiServices services, ApiMeter meter, ILogger log)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Ours have 43 characters, a Keystone's a few hundred, or some thousand when they carry their contents.</summary>
    private const int LongestToken = 8192;

    /// <summary>For what was told to stop and does not: the driver of a database that is frozen waits for it even then.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly List<Route> _table = [];

    /// <summary>Every route, in the order of mapping.</summary>
    public IReadOnlyList<Route> Table => _table;

    public Routes Map(string method, string pattern, Access access, Func<ApiCall, Task> handler, int until = int.MaxValue, int since = 1)
    {
        var route = new Route(method, pattern, access, since, until);
        _table.Add(route);
        app.MapMethods(pattern, [method], (RequestDelegate)(http => RunAsync(http, route, handler)));
        return this;
    }

    /// <summary>Maps a handler of the request's body: what is no JSON object is refused before it is called.</summary>
    public Routes Map(string method, string pattern, Access access, Func<ApiCall, JsonBody, Task> handler, int until = int.MaxValue, int since = 1)
    {
        Map(
            method,
            pattern,
            access,
            async call => await (call.HasForeignBody ? WrongMediaAsync(call)
                : (await call.BodyAsync()).Succeeded(out var body, out var problem) ? handler(call, body)
                : call.RefuseAsync(problem)),
            until,
            since);
        _table[^1] = _table[^1] with { ReadsBody = true };
        return this;
    }

    /// <summary>Describes the route that was mapped last; see <see cref="Route"/> for what each part is.</summary>
    public Routes Doc(string summary, int status = 200, string? example = null, params IReadOnlyList<string> query)
    {
        _table[^1] = _table[^1] with { Summary = summary, Status = status, Example = example, Query = query };
        return this;
    }

    private Task RunAsync(HttpContext http, Route route, Func<ApiCall, Task> handler) => GuardAsync(http, route, async call =>
    {
        if (http.Features.Get<IHttpRequestFeature>()!.RawTarget.Length > WebServer.LongestTarget)
        {
            await Errors.WriteAsync(call, 414, $"The path and query are longer than {WebServer.LongestTarget} characters.");
            return;
        }

        if (http.Request.Path.StartsWithSegments("/compute", StringComparison.Ordinal) && Microversions.Negotiate(call) is { } refused)
        {
            await Errors.WriteAsync(call, refused.Status, refused.Message);
            return;
        }

        if (http.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true)
        {
            await Errors.WriteAsync(call, 400, "The query may not contain the character U+0000.");
            return;
        }

        if (route.Access != Access.Anyone && !await AcceptAsync(call, route))
        {
            return;
        }

        await (call.Microversion > route.Until || call.Microversion < route.Since || NamesNothing(http, route) ? Errors.WriteAsync(call, 404, "The resource could not be found.") : handler(call));
    });

    /// <summary>A list's path that ends in a slash asks for the thing with the empty id, which is never there. To identity the slash means nothing.</summary>
    private bool NamesNothing(HttpContext http, Route route) => http.Features.Get<ApiPath>() is { EndedInSlash: true }
        && route.Method == "GET"
        && !route.Pattern.StartsWith("/identity", StringComparison.Ordinal)
        && _table.Exists(other => other.Method == "GET" && other.Pattern.StartsWith($"{route.Pattern}/{{", StringComparison.Ordinal));

    /// <summary>Answers what no route took: 405 where the path has one for another method, else 404.</summary>
    public Task NowhereAsync(HttpContext http, RequestDelegate next) => GuardAsync(http, null, async call =>
    {
        var slash = http.Features.Get<ApiPath>() is { EndedInSlash: true };
        if (http.GetEndpoint() is not null)
        {
            // Routing's own endpoint, which says by header what would be allowed.
            await next(http);
        }

        // A path that ends in a slash names the object with the empty id, which is never there.
        await (http.Response.StatusCode == 405 && !slash
            ? Errors.WriteAsync(call, 405, $"The method {http.Request.Method} is not allowed for this resource.")
            : Errors.WriteAsync(call, 404, "The resource could not be found."));
    });

    private async Task<bool> AcceptAsync(ApiCall call, Route route)
    {
        var token = call.Http.Request.Headers["X-Auth-Token"].ToString();
        if (token.Length is > 0 and <= LongestToken)
        {
            var began = services.Store.Clock.GetTimestamp();
            var read = await services.Tokens.ReadAsync(token, call.Cancel);
            meter.Validated(services.Store.Clock.GetElapsedTime(began));
            if (!read.Succeeded(out var login, out var problem))
            {
                await call.RefuseAsync(problem);
                return false;
            }

            call.Login = login;
        }

        if (Refusal(call, route) is var (status, message))
        {
            await Errors.WriteAsync(call, status, message);
            return false;
        }

        return true;
    }

    private static (int Status, string Message)? Refusal(ApiCall call, Route route)
    {
        if (call.Login is null || (call.Login.Project is null && !call.Http.Request.Path.StartsWithSegments("/identity", StringComparison.Ordinal)))
        {
            return (401, "The request you have made requires authentication.");
        }

        return call.Http.Features.Get<ApiPath>()?.Project is { } project && project != call.Caller.ProjectId ? (400, "Malformed request URL: the project in it is not the token's.")
            : route.Access == Access.Admin && !call.Caller.IsAdmin ? (403, "Policy doesn't allow this to be performed: it is for administrators.")
            : route.NeedsMember && !call.Login.MayChange ? (403, "Policy doesn't allow this to be performed: it needs the role member, and yours only allows to read.")
            : null;
    }

    /// <summary>Identity calls a body of another media type a bad request.</summary>
    private static Task WrongMediaAsync(ApiCall call) =>
        Errors.WriteAsync(call, call.Http.Request.Path.StartsWithSegments("/identity", StringComparison.Ordinal) ? 400 : 415, "Unsupported Content-Type: send application/json.");

    private async Task GuardAsync(HttpContext http, Route? route, Func<ApiCall, Task> work)
    {
        using var timer = new CancellationTokenSource(Longest, services.Store.Clock);
        var call = new ApiCall(http, services) { Timer = timer };
        http.Response.Headers["x-openstack-request-id"] = call.RequestId;
        http.Response.Headers["x-compute-request-id"] = call.RequestId;
        var gone = http.RequestAborted;
        var either = CancellationTokenSource.CreateLinkedTokenSource(gone, timer.Token);
        http.RequestAborted = either.Token;
        var began = services.Store.Clock.GetTimestamp();
        meter.Began();
        try
        {
            await InTimeAsync(work(call), timer.Token);
        }
        catch (Exception problem) when (gone.IsCancellationRequested && problem is OperationCanceledException or IOException)
        {
            // The client went away: there is nobody to answer.
        }
        catch (Exception problem)
        {
            http.RequestAborted = gone;
            await FailedAsync(call, problem, timer.IsCancellationRequested);
        }
        finally
        {
            if (!timer.IsCancellationRequested)
            {
                // Else somebody who was told may still be busy with it, and this would wait for them.
                either.Dispose();
            }

            Tell(call, route, gone.IsCancellationRequested ? ApiMeter.Gone : http.Response.StatusCode, services.Store.Clock.GetElapsedTime(began));
        }
    }

    /// <summary>Waits for the work; but once its time is over no longer than a grace.</summary>
    private async Task InTimeAsync(Task work, CancellationToken late)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var told = late.Register(over.SetResult);
        await Task.WhenAny(work, over.Task);
        await (work.IsCompleted ? work : work.WaitAsync(Grace, services.Store.Clock, CancellationToken.None));
    }

    /// <summary>The path is written escaped, so that no client writes lines of its own into the log; the query is left out, because it may have secrets.</summary>
    private void Tell(ApiCall call, Route? route, int status, TimeSpan took)
    {
        var (http, pattern) = (call.Http, route?.Pattern ?? ApiMeter.NoRoute);
        meter.Answered(http, pattern, status, took);
        if (log.IsEnabled(LogLevel.Debug))
        {
            Answered(
                log, call.RequestId, http.Request.Method, http.Request.Path.ToUriComponent(), pattern, status, took.TotalMilliseconds, call.Login?.User.Id ?? "-", call.Login?.Project?.Id ?? "-", call.GlobalId ?? "-");
        }
    }

    private async Task FailedAsync(ApiCall call, Exception problem, bool late)
    {
        var (status, message) = problem switch
        {
            BadHttpRequestException bad => (bad.StatusCode, bad.Message),
            OperationCanceledException or TimeoutException when late => (503, $"The request took longer than {Longest.TotalSeconds} seconds; try again."),
            DbException => (503, "The database does not answer; try again."),
            _ => (500, $"Unexpected API Error. The log has more under {call.RequestId}."),
        };
        if (status >= 500)
        {
            Failed(log, call.RequestId, problem.Message, problem);
        }

        if (problem is TimeoutException)
        {
            // The handler may still look at the request; no other may come in its place.
            call.Http.Response.Headers.Connection = "close";
        }

        if (call.Http.Response.HasStarted)
        {
            call.Http.Abort();
            return;
        }

        await Errors.WriteAsync(call, status, message);
    }

    [LoggerMessage(EventId = 300, Level = LogLevel.Debug, Message = "{Id} {Method} {Path} route {Route} status {Status} {Milliseconds:0.0} ms user {User} project {Project} global {Global}")]
    private static partial void Answered(ILogger log, string id, string method, string path, string route, int status, double milliseconds, string user, string project, string global);

    [LoggerMessage(EventId = 301, Level = LogLevel.Error, Message = "{Id} failed: {Reason}")]
    private static partial void Failed(ILogger log, string id, string reason, Exception problem);
}

/// <summary>Compute's microversions, 2.1 to 2.42.</summary>
internal static class Microversions
{
    public const int Max = 42;

    /// <summary>The last one with the network proxies.</summary>
    public const int LastProxy = 35;

    public static (int Status, string Message)? Negotiate(ApiCall call)
    {
        var headers = call.Http.Request.Headers;
        var asked = Asked(headers["OpenStack-API-Version"].ToString()) ?? Legacy(headers["X-OpenStack-Nova-API-Version"].ToString());
        var response = call.Http.Response.Headers;
        response.Vary = "OpenStack-API-Version, X-OpenStack-Nova-API-Version";
        if (asked == "latest")
        {
            call.Microversion = Max;
        }
        else if (asked is not null)
        {
            if (asked.Split('.') is not [var first, var second] || !IsNumber(first) || first == "0" || !IsNumber(second))
            {
                return (400, $"API Version String {asked} is of invalid format. Must be of format MajorNum.MinorNum.");
            }

            // So many digits are more than any version.
            var (major, minor) = (Number(first), Number(second));
            if (major != 2 || minor is < 1 or > Max)
            {
                return (406, $"Version {asked} is not supported by the API. Minimum is 2.1 and maximum is 2.{Max}.");
            }

            call.Microversion = minor;
        }

        response["X-OpenStack-Nova-API-Version"] = $"2.{call.Microversion}";
        response["OpenStack-API-Version"] = $"compute 2.{call.Microversion}";
        return null;
    }

    /// <summary>Of several the last, as with headers that were sent twice.</summary>
    private static string? Legacy(string header) => header.Split(',')[^1].Trim() is { Length: > 0 } version ? version : null;

    /// <summary>The last of the list that is compute's.</summary>
    private static string? Asked(string header) => header.Split(',')
        .Select(part => part.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        .LastOrDefault(part => part.Length == 2 && part[0].Equals("compute", StringComparison.OrdinalIgnoreCase))?[1];

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit) && (text == "0" || text[0] != '0');

    private static int Number(string text) => int.TryParse(text, out var number) ? number : int.MaxValue;
}
