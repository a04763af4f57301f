namespace Bridgehead.Cli;

/// <summary>The command cannot be done as it was asked. Exit code 1.</summary>
internal sealed class CommandException(string message, string kind = "CommandError") : Exception(message)
{
    /// <summary>The word in brackets before the message.</summary>
    public string Kind => kind;
}

/// <summary>The command was not typed as it must be. Exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The server refused. Exit code 1.</summary>
internal sealed class ApiException(int status, string message, string? requestId) : Exception(message)
{
    public int Status => status;

    public string Kind => status switch
    {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        406 => "NotAcceptable",
        409 => "Conflict",
        413 => "OverLimit",
        429 => "RateLimit",
        501 => "HTTPNotImplemented",
        _ => "ClientException",
    };

    public string Sentence => $"{Message} (HTTP {status}){(requestId is null ? "" : $" (Request-ID: {requestId})")}";
}
