namespace Bridgehead.Model;

/// <summary>A domain: users and projects have names in it. Its own name is unique without regard to case.</summary>
public sealed record Domain(string Id, string Name, string Description, bool Enabled)
{
    /// <summary>The domain that always is.</summary>
    public const string DefaultId = "default";

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What else the client gave, a JSON object.</summary>
    public string Extra { get; init; } = "{}";
}

/// <summary>A project; ids are 32 hex digits.</summary>
public sealed record Project(string Id, string Name, string Description, bool Enabled)
{
    public string DomainId { get; init; } = Domain.DefaultId;

    /// <summary>The project above; null at the top, where the API shows the domain's id.</summary>
    public string? ParentId { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What else the client gave, a JSON object.</summary>
    public string Extra { get; init; } = "{}";
}

/// <summary>A user; the hash is the store's secret, and null where the user has no password.</summary>
public sealed record User(string Id, string Name, bool Enabled, string? DefaultProjectId, string? PasswordHash)
{
    public string DomainId { get; init; } = Domain.DefaultId;

    /// <summary>What else the client gave (email, description and the like), a JSON object.</summary>
    public string Extra { get; init; } = "{}";

    /// <summary>How the account behaves, a JSON object; see identity's actions of users for what there is.</summary>
    public string Options { get; init; } = "{}";
}

/// <summary>Users who get roles together.</summary>
public sealed record Group(string Id, string Name, string DomainId, string Description)
{
    /// <summary>What else the client gave, a JSON object.</summary>
    public string Extra { get; init; } = "{}";
}

public sealed record Role(string Id, string Name, string Description)
{
    public const string Admin = "admin";

    /// <summary>What else the client gave, a JSON object.</summary>
    public string Extra { get; init; } = "{}";

    /// <summary>Policies tell roles by name, without regard to case.</summary>
    public static bool IsAdmin(string name) => string.Equals(name, Admin, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What roles are given on, and tokens are for. The words are the store's.</summary>
public enum ScopeKind
{
    Unscoped,
    Project,
    Domain,
    System,
}

/// <summary>A project or domain by its id, the system ("all"), or nothing.</summary>
public readonly record struct Scope(ScopeKind Kind, string? Id)
{
    public static readonly Scope None = new(ScopeKind.Unscoped, null);

    public static readonly Scope System = new(ScopeKind.System, "all");

    /// <summary>The kind as the store writes it.</summary>
    public string Word => Kind.ToString().ToLowerInvariant();

    public static Scope Project(string id) => new(ScopeKind.Project, id);

    public static Scope Domain(string id) => new(ScopeKind.Domain, id);

    public static Scope Read(string word, string? id) => new(word switch { "project" => ScopeKind.Project, "domain" => ScopeKind.Domain, "system" => ScopeKind.System, _ => ScopeKind.Unscoped }, id);
}

/// <summary>Who a role is given to.</summary>
public readonly record struct Actor(bool IsGroup, string Id)
{
    /// <summary>The kind as the store and the API write it.</summary>
    public string Word => IsGroup ? "group" : "user";

    public static Actor User(string id) => new(false, id);

    public static Actor Group(string id) => new(true, id);
}

/// <summary>A role that somebody has, with the names that a list shows.</summary>
public sealed record RoleAssignment(Actor Actor, Scope Scope, Named Role)
{
    public required string ActorName { get; init; }

    public required Named ActorDomain { get; init; }

    /// <summary>The project's or domain's name; empty for the system.</summary>
    public string ScopeName { get; init; } = "";

    /// <summary>The project's domain.</summary>
    public Named? ScopeDomain { get; init; }
}

/// <summary>An application credential: a secret that stands for its user in one project, with some of the user's roles.</summary>
public sealed record ApplicationCredential(string Id, string UserId, string ProjectId, string Name, string Description)
{
    public required string SecretHash { get; init; }

    /// <summary>Whether its tokens may make and delete application credentials.</summary>
    public bool Unrestricted { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public IReadOnlyList<Role> Roles { get; init; } = [];
}
