using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>A token with what it stands for.</summary>
public sealed record Login(Token Token, User User, Project? Project, IReadOnlyList<string> Roles)
{
    public Caller Caller => new(User.Id, Project?.Id ?? "", Roles.Contains("admin"));

    /// <summary>Whether one of the roles allows more than reading: admin, member, or its name in old clouds.</summary>
    public bool MayChange => Roles.Any(role => role is "admin" or "member" or "_member_");
}

/// <summary>Passwords and tokens. A token is 256 random bits; the store knows its hash.</summary>
public sealed class Authentication(Database store, NovaSettings settings)
{
    private const int Iterations = 20_000;
    private static readonly Problem Refused = new(ProblemKind.Unauthorized, "The request you have made requires authentication.");

    /// <summary>One look at the store per second and token: revocation is seen at once in this process, and after a second by others.</summary>
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (Login Login, DateTimeOffset Until)> _cache = new(StringComparer.Ordinal);

    public static string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return $"pbkdf2-sha256${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(password, salt, Iterations))}";
    }

    /// <summary>Logs in by password; <paramref name="project"/> picks the scope from the user's projects: by id or name, null for the default one.</summary>
    public async Task<Outcome<(string Id, Login Login)>> PasswordAsync(string? userId, string? userName, string password, string? project, CancellationToken cancel)
    {
        var user = await store.ReadAsync(s => userId is not null ? s.Identities.UserAsync(userId, cancel) : s.Identities.UserByNameAsync(userName ?? "", cancel), cancel);

        // The same work is done for a user that does not exist, so that time tells nothing.
        var correct = Verify(password, user?.PasswordHash ?? Nobody);
        return user is { Enabled: true } && correct ? await IssueAsync(user, project, "password", null, cancel) : Refused;
    }

    /// <summary>A token for another scope from a token; it ends when the first one does.</summary>
    public async Task<Outcome<(string Id, Login Login)>> RescopeAsync(string token, string? project, CancellationToken cancel) =>
        await FindAsync(token, cancel) is { } login ? await IssueAsync(login.User, project, "token,password", login.Token.ExpiresAt, cancel) : Refused;

    /// <summary>Null when the token is unknown, expired or revoked.</summary>
    public async Task<Login?> FindAsync(string token, CancellationToken cancel)
    {
        var hash = HashOf(token);
        if (_cache.TryGetValue(hash, out var cached) && cached.Until > store.Now && cached.Login.Token.ExpiresAt > store.Now)
        {
            return cached.Login;
        }

        var login = await store.ReadAsync(session => LoadAsync(session, hash, cancel), cancel);
        if (login is null)
        {
            _cache.TryRemove(hash, out _);
            return null;
        }

        if (_cache.Count > 10_000)
        {
            _cache.Clear();
        }

        _cache[hash] = (login, store.Now + CacheTime);
        return login;
    }

    public async Task<bool> RevokeAsync(string token, CancellationToken cancel)
    {
        var hash = HashOf(token);
        var revoked = await store.WriteAsync(session => session.Tokens.RevokeAsync(hash, cancel), cancel);
        _cache.TryRemove(hash, out _);
        return revoked;
    }

    private static async Task<Login?> LoadAsync(Session session, string hash, CancellationToken cancel)
    {
        if (await session.Tokens.FindAsync(hash, cancel) is not { } token || await session.Identities.UserAsync(token.UserId, cancel) is not { Enabled: true } user)
        {
            return null;
        }

        var project = token.ProjectId is null ? null : await session.Identities.ProjectAsync(token.ProjectId, cancel);
        return new Login(token, user, project, project is null ? [] : await session.Identities.RolesAsync(user.Id, project.Id, cancel));
    }

    private Task<Outcome<(string Id, Login Login)>> IssueAsync(User user, string? wanted, string methods, DateTimeOffset? expires, CancellationToken cancel) =>
        store.TryWriteAsync<(string, Login)>(
            async session =>
            {
                var projects = await session.Identities.ProjectsOfAsync(user.Id, cancel);
                var project = projects.Find(p => wanted is null ? p.Id == user.DefaultProjectId : p.Id == wanted || p.Name == wanted);
                if (wanted is not null && project is not { Enabled: true })
                {
                    return Refused;
                }

                var id = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
                var audit = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
                var token = new Token(HashOf(id), user.Id, project?.Id, methods, audit, session.Now, expires ?? session.Now + TimeSpan.FromSeconds(settings.TokenExpiration));
                await session.Tokens.AddAsync(token, cancel);
                await session.Tokens.SweepAsync(cancel);
                return (id, new Login(token, user, project, project is null ? [] : await session.Identities.RolesAsync(user.Id, project.Id, cancel)));
            },
            cancel);

    private static readonly string Nobody = Hash("");

    private static bool Verify(string password, string hash)
    {
        var parts = hash.Split('$');
        return CryptographicOperations.FixedTimeEquals(Derive(password, Convert.FromBase64String(parts[2]), int.Parse(parts[1])), Convert.FromBase64String(parts[3]))
            && hash != Nobody;
    }

    private static byte[] Derive(string password, byte[] salt, int iterations) => Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, 32);

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
