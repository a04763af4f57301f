namespace Bridgehead.Api;

/// <summary>Who may call a route.</summary>
public enum Access
{
    Anyone,

    /// <summary>Whoever has a token; in compute and image it must be a project's, and what changes something needs the role member.</summary>
    User,
    Admin,
}

/// <summary>
/// A route and what is told of it: the table that the OpenAPI document, the coverage page and the tests of hostile input are made from.
/// <paramref name="Since"/> and <paramref name="Until"/> are the first and last microversion (2.N) that have it.
/// </summary>
public sealed record Route(string Method, string Pattern, Access Access, int Since, int Until)
{
    /// <summary>One sentence.</summary>
    public string Summary { get; init; } = "";

    /// <summary>The status of success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>
    /// A request body in JSON that has every key which is read, null where there is none. <c>SERVER</c>, <c>IMAGE</c>, <c>NETWORK</c> and <c>GROUP</c> stand for ids of such things.
    /// </summary>
    public string? Example { get; init; }

    /// <summary>The media type of the body, null for JSON or none.</summary>
    public string? Media => (Method, Pattern) switch
    {
        ("PUT", "/image/v2/images/{id}/file") => "application/octet-stream",
        ("PATCH", "/image/v2/images/{id}") => "application/openstack-images-v2.1-json-patch",
        _ => null,
    };

    /// <summary>Whether the handler is one of the body.</summary>
    public bool ReadsBody { get; init; }

    /// <summary>Names of the query parameters that are read.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];

    /// <summary>Identity decides by itself what a user may change of what is theirs.</summary>
    public bool NeedsMember => Access == Access.User && Method is not ("GET" or "HEAD") && !Pattern.StartsWith("/identity", StringComparison.Ordinal);
}
