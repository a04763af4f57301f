namespace Bridgehead.Model;

/// <summary>An existing Keystone that is used instead of the own identity service: the options of section <c>[keystone_authtoken]</c>.</summary>
public sealed record KeystoneSettings
{
    /// <summary>With or without <c>/v3</c>. Null: the own identity service is used.</summary>
    public string? AuthUrl { get; init; }

    /// <summary>What clients are told; null for <see cref="AuthUrl"/>.</summary>
    public string? WwwAuthenticateUri { get; init; }

    /// <summary>The account that asks about tokens.</summary>
    public string Username { get; init; } = "nova";

    public string? Password { get; init; }

    public string ProjectName { get; init; } = "service";

    public string UserDomainName { get; init; } = "Default";

    public string ProjectDomainName { get; init; } = "Default";

    /// <summary>Seconds that an answer about a good token is believed; 0 asks every time. So much later a revoked token ends here.</summary>
    public int TokenCacheTime { get; init; } = 10;
}
