namespace Bridgehead.Model;

/// <summary>Who asks: the user and project of a token. Control checks ownership against it; <see cref="IsAdmin"/> passes every check.</summary>
public sealed record Caller(string UserId, string ProjectId, bool IsAdmin)
{
    /// <summary>The id of the request that asks, under which the history of a server tells of it; null outside of requests.</summary>
    public string? RequestId { get; init; }

    /// <summary>The operator at nova-manage, who acts as an administrator of no project.</summary>
    public static readonly Caller Operator = new("", "", IsAdmin: true);
}
