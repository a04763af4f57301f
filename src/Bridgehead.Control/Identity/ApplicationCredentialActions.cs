using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What a client says of a new application credential. Roles are by id or name; null takes all of the token's.</summary>
public sealed record CredentialRequest(string Name, string Description, string? Secret)
{
    public IReadOnlyList<(string? Id, string? Name)>? Roles { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public bool Unrestricted { get; init; }
}

/// <summary>Application credentials: users make them for themselves, in the project of their token, with roles of that token.</summary>
public sealed class ApplicationCredentialActions(Database store)
{
    private const int Most = 100;

    /// <summary>The secret is told once.</summary>
    public async Task<Outcome<(ApplicationCredential Credential, string Secret)>> CreateAsync(Login login, string user, CredentialRequest request, CancellationToken cancel)
    {
        if ((MayNot(login) ?? Check(login, user, request)) is { } refused)
        {
            return refused;
        }

        if (!Chosen(login, request.Roles).Succeeded(out var roles, out var problem))
        {
            return problem;
        }

        var secret = request.Secret ?? Passwords.Random(64);
        var credential = new ApplicationCredential(IdentityChange.NewId(), user, login.Project!.Id, request.Name, request.Description)
        {
            SecretHash = await Passwords.HashAsync(secret, cancel),
            Unrestricted = request.Unrestricted,
            ExpiresAt = request.ExpiresAt,
            Roles = roles,
        };
        return await IdentityChange.RunAsync(store, session => AddAsync(session, credential, secret, cancel), cancel);
    }

    /// <summary>Its tokens end. Users delete their own, administrators all.</summary>
    public Task<Outcome<Done>> DeleteAsync(Login login, string user, string id, CancellationToken cancel) => IdentityChange.RunAsync<Done>(
        store,
        async session =>
        {
            if (MayNot(login) is { } refused)
            {
                return refused;
            }

            if (await session.ApplicationCredentials.FindAsync(id, cancel) is not { } found || found.UserId != user)
            {
                return IdentityChange.NotFound("Application Credential", id);
            }

            await session.ApplicationCredentials.RemoveAsync(id, cancel);
            return default(Done);
        },
        cancel);

    private static async Task<Outcome<(ApplicationCredential, string)>> AddAsync(Session session, ApplicationCredential credential, string secret, CancellationToken cancel)
    {
        var has = await session.Identities.EffectiveRolesAsync(credential.UserId, Scope.Project(credential.ProjectId), null, cancel);
        if (credential.Roles.FirstOrDefault(role => !has.Exists(other => other.Id == role.Id)) is { } lost)
        {
            return Problem.Bad($"The role {lost.Name} is not one of yours on this project.");
        }

        if (await session.ApplicationCredentials.CountAsync(credential.UserId, cancel) >= Most)
        {
            return Problem.Denied($"A user may have at most {Most} application credentials: delete one first.");
        }

        return await session.ApplicationCredentials.AddAsync(credential, cancel) ? (credential, secret) : IdentityChange.Taken("application_credential", credential.Name);
    }

    private static Problem? MayNot(Login login) => login.Credential is { Unrestricted: false }
        ? Problem.Denied("The token is of a restricted application credential, which may not make or delete application credentials.")
        : null;

    private Problem? Check(Login login, string user, CredentialRequest request)
    {
        if (login.User.Id != user)
        {
            return Problem.Denied("Application credentials are made by their users only.");
        }

        if (login.Project is null)
        {
            return Problem.Bad("An application credential is for a project: use a token that is for one.");
        }

        return Text.CheckName("Application credential name", request.Name)
            ?? (request.Secret is null ? null : Passwords.Check(request.Secret))
            ?? (request.ExpiresAt <= store.Now ? Problem.Bad("expires_at is in the past.") : null);
    }

    private static Outcome<List<Role>> Chosen(Login login, IReadOnlyList<(string? Id, string? Name)>? wanted)
    {
        var roles = new List<Role>();
        foreach (var (id, name) in wanted ?? [.. login.Roles.Select(role => ((string?)role.Id, (string?)null))])
        {
            if (login.Roles.FirstOrDefault(role => id is not null ? role.Id == id : role.Name == name) is not { } has)
            {
                return Problem.Bad($"The role {id ?? name} is not one of your token's.");
            }

            roles.Add(new Role(has.Id, has.Name, ""));
        }

        return roles.Count > 0 ? roles : Problem.Bad("An application credential needs at least one role.");
    }
}
