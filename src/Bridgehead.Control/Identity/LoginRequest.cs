namespace Bridgehead.Control;

/// <summary>A domain by id, or by name without regard to case.</summary>
public sealed record DomainReference(string? Id, string? Name);

/// <summary>A user or project by id, or by its name in a domain.</summary>
public sealed record Reference(string? Id, string? Name, DomainReference? Domain);

/// <summary>What a new token is to be for.</summary>
public abstract record ScopeWish
{
    private ScopeWish()
    {
    }

    /// <summary>Nothing was said: the user's default project, when the user has a role there.</summary>
    public sealed record Whatever : ScopeWish;

    /// <summary>Nothing, in so many words.</summary>
    public sealed record Nothing : ScopeWish;

    public sealed record OfProject(Reference Project) : ScopeWish;

    public sealed record OfDomain(DomainReference Domain) : ScopeWish;

    public sealed record OfSystem : ScopeWish;
}

/// <summary>Who somebody says to be, and the proof; each method that is given must hold, and all must name the same user.</summary>
public sealed record LoginRequest(ScopeWish Scope)
{
    public (Reference User, string Password)? Password { get; init; }

    public string? Token { get; init; }

    /// <summary>By id, or by a name of the user's.</summary>
    public (string? Id, string? Name, Reference? User, string Secret)? Credential { get; init; }
}

/// <summary>A token's text, which is told once, and what it stands for.</summary>
public sealed record IssuedToken(string Id, Bridgehead.Model.Login Login);
