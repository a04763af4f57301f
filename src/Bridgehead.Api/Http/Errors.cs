using Bridgehead.Model;
using Microsoft.AspNetCore.Http;

namespace Bridgehead.Api;

/// <summary>Refusals in OpenStack's shapes: compute's fault by name, identity's and image's error object.</summary>
internal static class Errors
{
    public static int StatusOf(ProblemKind kind) => kind switch
    {
        ProblemKind.BadRequest => 400,
        ProblemKind.Unauthorized => 401,
        ProblemKind.Forbidden or ProblemKind.OverQuota => 403,
        ProblemKind.NotFound => 404,
        ProblemKind.Conflict => 409,
        ProblemKind.Gone => 410,
        ProblemKind.TooLarge => 413,
        ProblemKind.NotImplemented => 501,
        _ => 503,
    };

    public static Task WriteAsync(ApiCall call, Problem problem) => WriteAsync(call, StatusOf(problem.Kind), problem.Message);

    public static Task WriteAsync(ApiCall call, int status, string message)
    {
        if (status == 401)
        {
            call.Http.Response.Headers.WWWAuthenticate = $"Keystone uri=\"{call.Services.Tokens.Elsewhere ?? $"{call.Root}/identity"}\"";
        }

        if (HasErrorObject(call.Http.Request.Path))
        {
            return call.AnswerAsync(status, w =>
            {
                w.WriteStartObject("error");
                w.WriteNumber("code", status);
                w.WriteString("title", Title(status));
                w.WriteString("message", message);
                w.WriteEndObject();
            });
        }

        return call.AnswerAsync(status, w =>
        {
            w.WriteStartObject(Fault(status));
            w.WriteNumber("code", status);
            w.WriteString("message", message);
            if (status is 413 or 429)
            {
                w.WriteNumber("retryAfter", 0);
            }

            w.WriteEndObject();
        });
    }

    /// <summary>Whether errors under this path are <c>{"error":{…}}</c>.</summary>
    public static bool HasErrorObject(PathString path) =>
        path.StartsWithSegments("/identity", StringComparison.Ordinal) || path.StartsWithSegments("/image", StringComparison.Ordinal);

    private static string Fault(int status) => status switch
    {
        400 => "badRequest",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "itemNotFound",
        405 => "badMethod",
        409 => "conflictingRequest",
        413 or 429 => "overLimit",
        415 => "badMediaType",
        501 => "notImplemented",
        503 => "serviceUnavailable",
        _ => "computeFault",
    };

    private static string Title(int status) => status switch
    {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        413 => "Request Entity Too Large",
        414 => "Request-URI Too Long",
        415 => "Unsupported Media Type",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => "Error",
    };
}
