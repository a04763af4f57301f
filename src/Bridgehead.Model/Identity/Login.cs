namespace Bridgehead.Model;

/// <summary>An id with its name.</summary>
public sealed record Named(string Id, string Name);

/// <summary>A user or project of a token, with its domain.</summary>
public sealed record DomainMember(string Id, string Name, Named Domain);

/// <summary>A token's application credential.</summary>
public sealed record LoginCredential(string Id, string Name, bool Unrestricted);

/// <summary>A token with what it stands for, whoever keeps it: this program or a Keystone.</summary>
public sealed record Login
{
    public required DomainMember User { get; init; }

    /// <summary>Set when the token is for a project.</summary>
    public DomainMember? Project { get; init; }

    /// <summary>Set when the token is for a domain.</summary>
    public Named? Domain { get; init; }

    /// <summary>Whether the token is for the system.</summary>
    public bool System { get; init; }

    /// <summary>Of the scope, now: what was taken away since the log-in is not among them.</summary>
    public IReadOnlyList<Named> Roles { get; init; } = [];

    public IReadOnlyList<string> Methods { get; init; } = [];

    public IReadOnlyList<string> AuditIds { get; init; } = [];

    public DateTimeOffset IssuedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public LoginCredential? Credential { get; init; }

    public bool IsAdmin => Roles.Any(role => Role.IsAdmin(role.Name));

    public Caller Caller => new(User.Id, Project?.Id ?? "", IsAdmin);

    /// <summary>Whether one of the roles allows more than reading: admin, member, or its name in old clouds.</summary>
    public bool MayChange => IsAdmin || Roles.Any(role => role.Name.ToLowerInvariant() is "member" or "_member_");
}

/// <summary>
/// A token, known to the store by the SHA-256 of its id only (hex). Methods and audit ids are separated by commas; <paramref name="CredentialId"/> is the application credential that it was made with.
/// </summary>
public sealed record Token(string Hash, string UserId, Scope Scope, string? CredentialId, string Methods, string AuditIds, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);
