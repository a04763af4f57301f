namespace Bridgehead.Model;

/// <summary>What kind of refusal a <see cref="Problem"/> is. The API maps each to one status code (compute: 400, 401, 403, 404, 409, 410, 413, 501, 503).</summary>
public enum ProblemKind
{
    BadRequest,
    Unauthorized,
    Forbidden,

    /// <summary>A quota would be exceeded. Compute answers 403 with fault <c>forbidden</c>.</summary>
    OverQuota,
    NotFound,
    Conflict,

    /// <summary>What was there when the request began is no more (410).</summary>
    Gone,
    TooLarge,
    NotImplemented,
    Unavailable,
}

/// <summary>A mistake of the caller's, as a value: one sentence a person understands. Nothing was changed when one is returned.</summary>
public sealed record Problem(ProblemKind Kind, string Message)
{
    public static Problem Bad(string message) => new(ProblemKind.BadRequest, message);

    public static Problem Missing(string message) => new(ProblemKind.NotFound, message);

    public static Problem Conflicting(string message) => new(ProblemKind.Conflict, message);

    public static Problem Denied(string message) => new(ProblemKind.Forbidden, message);

    public static Problem Quota(string message) => new(ProblemKind.OverQuota, message);
}
