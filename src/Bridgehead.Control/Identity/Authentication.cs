using System.Security.Cryptography;
using System.Text;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>
/// Log-in and tokens. A token is 256 random bits; the store knows its hash. Every look-up asks the store, so that what ends a token ends it at once, whichever process was told.
/// </summary>
public sealed class Authentication(Database store, NovaSettings settings) : ITokenReader
{
    internal static readonly Problem Refused = new(ProblemKind.Unauthorized, "The request you have made requires authentication.");

    public string? Elsewhere => null;

    /// <summary>A new token, or 401 without a word about what was wrong.</summary>
    public async Task<Outcome<IssuedToken>> LogInAsync(LoginRequest request, CancellationToken cancel)
    {
        var proofs = new List<Proof?>();
        if (request.Token is { } token)
        {
            proofs.Add(await ByTokenAsync(token, cancel));
        }

        if (request.Password is { } password)
        {
            proofs.Add(await ByPasswordAsync(password.User, password.Password, cancel));
        }

        if (request.Credential is { } credential)
        {
            proofs.Add(await ByCredentialAsync(credential.Id, credential.Name, credential.User, credential.Secret, cancel));
        }

        if (proofs.Count == 0 || proofs.Contains(null) || proofs.Select(proof => proof!.UserId).Distinct().Count() > 1)
        {
            return Refused;
        }

        return await store.TryWriteAsync(session => IssueAsync(session, Proof.All([.. proofs.Select(proof => proof!)]), request.Scope, cancel), cancel);
    }

    public async Task<Outcome<Login?>> ReadAsync(string token, CancellationToken cancel) => await FindAsync(token, cancel);

    /// <summary>Null when the token is unknown, expired or revoked.</summary>
    public Task<Login?> FindAsync(string token, CancellationToken cancel) => store.ReadAsync(session => session.Tokens.FindAsync(HashOf(token), cancel), cancel);

    public Task<bool> RevokeAsync(string token, CancellationToken cancel) => store.WriteAsync(session => session.Tokens.RevokeAsync(HashOf(token), cancel), cancel);

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private async Task<Proof?> ByTokenAsync(string token, CancellationToken cancel) => await FindAsync(token, cancel) is { } login
        ? new Proof(login.User.Id, [.. new[] { "token" }.Union(login.Methods)], s => s.Tokens.IsThereAsync(HashOf(token), cancel))
        {
            Expires = login.ExpiresAt,
            AuditId = login.AuditIds[^1],
            CredentialId = login.Credential?.Id,
            Bound = login.Credential is null ? null : login.Project?.Id,
        }
        : null;

    private async Task<Proof?> ByPasswordAsync(Reference reference, string password, CancellationToken cancel)
    {
        var user = await store.ReadAsync(session => session.FindUserAsync(reference, cancel), cancel);
        return await Passwords.VerifyAsync(password, user?.PasswordHash, cancel)
            ? new Proof(user!.Id, ["password"], async s => (await s.Identities.UserAsync(user.Id, cancel))?.PasswordHash == user.PasswordHash)
            : null;
    }

    private async Task<Proof?> ByCredentialAsync(string? id, string? name, Reference? owner, string secret, CancellationToken cancel)
    {
        var found = await store.ReadAsync(
            async session => id is not null
                ? await session.ApplicationCredentials.FindAsync(id, cancel)
                : name is not null && owner is not null && await session.FindUserAsync(owner, cancel) is { } user
                    ? await session.ApplicationCredentials.FindByNameAsync(user.Id, name, cancel)
                    : null,
            cancel);
        return await Passwords.VerifyAsync(secret, found?.SecretHash, cancel) && (found!.ExpiresAt is null || found.ExpiresAt > store.Now)
            ? new Proof(found.UserId, ["application_credential"], async s => await s.ApplicationCredentials.FindAsync(found.Id, cancel) is not null)
            {
                Expires = found.ExpiresAt,
                CredentialId = found.Id,
                Bound = found.ProjectId,
            }
            : null;
    }

    private async Task<Outcome<IssuedToken>> IssueAsync(Session session, Proof proof, ScopeWish wish, CancellationToken cancel)
    {
        // What was proved is looked at again where nobody can change it: a password that was changed meanwhile, with all tokens ended, must not make one more.
        await session.ShareLockAsync(IdentityChange.Lock, cancel);
        if (!await proof.StillHoldsAsync(session) || await session.Identities.UserAsync(proof.UserId, cancel) is not { } user)
        {
            return Refused;
        }

        if (!(await ScopeAsync(session, user, proof, wish, cancel)).Succeeded(out var scope, out var problem))
        {
            return problem;
        }

        var id = Passwords.Random(32);
        var now = session.Now;
        var ends = now + TimeSpan.FromSeconds(settings.TokenExpiration);
        var audit = proof.AuditId is null ? Passwords.Random(16) : $"{Passwords.Random(16)},{proof.AuditId}";
        var token = new Token(
            HashOf(id), user.Id, scope, proof.CredentialId, string.Join(',', proof.Methods), audit, now, proof.Expires is { } earlier && earlier < ends ? earlier : ends);
        await session.Tokens.AddAsync(token, cancel);

        // Whatever a look-up refuses is refused here too: disabled users, projects and domains, and scopes without a role.
        return await session.Tokens.FindAsync(token.Hash, cancel) is { } login ? new IssuedToken(id, login) : Refused;
    }

    private static async Task<Outcome<Scope>> ScopeAsync(Session session, User user, Proof proof, ScopeWish wish, CancellationToken cancel)
    {
        switch (wish)
        {
            case ScopeWish.Whatever when proof.Bound is { } bound:
                return Scope.Project(bound);
            case ScopeWish.OfProject { Project: var reference } when await session.FindProjectAsync(reference, cancel) is { } project:
                return proof.Bound is null || proof.Bound == project.Id
                    ? Scope.Project(project.Id)
                    : Problem.Denied("A token of an application credential cannot be exchanged for one of another project.");
            case ScopeWish.OfProject or ScopeWish.OfDomain or ScopeWish.OfSystem or ScopeWish.Nothing when proof.Bound is not null:
                return Problem.Denied("An application credential is for its own project only.");
            case ScopeWish.OfDomain { Domain: var reference } when await session.FindDomainAsync(reference, cancel) is { } domain:
                return Scope.Domain(domain.Id);
            case ScopeWish.OfSystem:
                return Scope.System;
            case ScopeWish.Whatever when user.DefaultProjectId is { } home && (await session.Identities.ProjectsOfAsync(user.Id, cancel)).Exists(p => p.Id == home):
                return Scope.Project(home);
            case ScopeWish.Whatever or ScopeWish.Nothing:
                return Scope.None;
            default:
                return Refused;
        }
    }

    /// <summary>What a method proved, and how to see in the transaction of the new token that it is still so.</summary>
    private sealed record Proof(string UserId, IReadOnlyList<string> Methods, Func<Session, Task<bool>> StillHoldsAsync)
    {
        /// <summary>A token made from this ends no later.</summary>
        public DateTimeOffset? Expires { get; init; }

        /// <summary>The id under which the first token of the chain is known.</summary>
        public string? AuditId { get; init; }

        public string? CredentialId { get; init; }

        /// <summary>The only project that it is good for.</summary>
        public string? Bound { get; init; }

        public static Proof All(IReadOnlyList<Proof> proofs) => proofs.Count == 1 ? proofs[0] : new Proof(
            proofs[0].UserId,
            [.. proofs.SelectMany(proof => proof.Methods).Distinct()],
            async session =>
            {
                foreach (var proof in proofs)
                {
                    if (!await proof.StillHoldsAsync(session))
                    {
                        return false;
                    }
                }

                return true;
            })
        {
            Expires = proofs.Min(proof => proof.Expires),
            AuditId = proofs.Select(proof => proof.AuditId).FirstOrDefault(audit => audit is not null),
            CredentialId = proofs.Select(proof => proof.CredentialId).FirstOrDefault(id => id is not null),
            Bound = proofs.Select(proof => proof.Bound).FirstOrDefault(id => id is not null),
        };
    }
}
