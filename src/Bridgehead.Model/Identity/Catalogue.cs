namespace Bridgehead.Model;

/// <summary>A region of the catalogue; its id is its name.</summary>
public sealed record Region(string Id, string Description, string? ParentId);

/// <summary>A service of the catalogue: its type is what clients look for.</summary>
public sealed record CatalogueService(string Id, string Type, string Name, string Description, bool Enabled)
{
    /// <summary>What else the client gave, a JSON object.</summary>
    public string Extra { get; init; } = "{}";
}

/// <summary>
/// Where a service is. A URL that begins with a slash is this API's own, at the host and port that the client used; <c>$(project_id)s</c>, <c>$(tenant_id)s</c> and
/// <c>$(user_id)s</c> (or with %) in it stand for the token's.
/// </summary>
public sealed record Endpoint(string Id, string ServiceId, string Interface, string? RegionId, string Url, bool Enabled)
{
    /// <summary>What else the client gave, a JSON object.</summary>
    public string Extra { get; init; } = "{}";
}
