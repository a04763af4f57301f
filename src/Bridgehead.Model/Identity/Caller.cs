namespace Bridgehead.Model;

/// <summary>Who asks: the user and project of a token. Control checks ownership against it; <see cref="IsAdmin"/> passes every check.</summary>
public sealed record Caller(string UserId, string ProjectId, bool IsAdmin)
{
    /// <summary>The operator at nova-manage, who acts as an administrator of no project.</summary>
    public static readonly Caller Operator = new("", "", IsAdmin: true);
}

/// <summary>A project; ids are 32 hex digits.</summary>
public sealed record Project(string Id, string Name, string Description, bool Enabled);

/// <summary>A user; the hash is the store's secret.</summary>
public sealed record User(string Id, string Name, bool Enabled, string? DefaultProjectId, string PasswordHash);

/// <summary>A token, known to the store by the SHA-256 of its id only (hex). Methods are separated by commas.</summary>
public sealed record Token(string Hash, string UserId, string? ProjectId, string Methods, string AuditId, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);
