using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>A key pair, with the private half when it was made here; that is kept nowhere.</summary>
public sealed record NewKeyPair(KeyPair KeyPair, string? PrivateKey);

/// <summary>Key pairs of users: ssh and x509.</summary>
public sealed class KeyPairActions(Database store, NovaSettings settings)
{
    public const string Ssh = "ssh";
    public const string X509 = "x509";

    /// <summary>Imports <paramref name="publicKey"/> for <paramref name="user"/>, or makes a pair of RSA with 2048 bits.</summary>
    public Task<Outcome<NewKeyPair>> CreateAsync(Caller caller, string user, (string Name, string Type) what, string? publicKey, CancellationToken cancel)
    {
        var (name, type) = what;
        if ((CheckName(name) ?? Text.CheckName("user_id", user)) is { } wrong)
        {
            // Before a key is made, which takes a while.
            return Task.FromResult<Outcome<NewKeyPair>>(wrong);
        }

        string? privateKey = null;
        if (publicKey is null)
        {
            (publicKey, privateKey) = type == X509 ? X509Key.Generate(user, store.Now) : SshKey.Generate();
        }

        if ((type == X509 ? X509Key.FingerprintOf(publicKey) : SshKey.FingerprintOf(publicKey)) is not { } fingerprint)
        {
            return Task.FromResult<Outcome<NewKeyPair>>(Problem.Bad(type == X509
                ? "Keypair data is invalid: a certificate in PEM is needed."
                : "Keypair data is invalid: failed to generate fingerprint; an OpenSSH public key of type RSA, Ed25519 or ECDSA is needed."));
        }

        var pair = new KeyPair { Id = 0, UserId = user, Name = name, Type = type, PublicKey = publicKey, Fingerprint = fingerprint, CreatedAt = store.Now };
        return store.TryWriteAsync<NewKeyPair>(
            async session =>
            {
                await session.KeyPairs.LockAsync(user, cancel);
                var limits = await QuotaLimits.OfAsync(session, settings, (caller.ProjectId, user), cancel);
                if (await session.KeyPairs.FindAsync(user, name, cancel) is not null)
                {
                    return Problem.Conflicting($"Key pair '{name}' already exists.");
                }

                return QuotaLimits.Check(limits, "key_pairs", await session.KeyPairs.CountAsync(user, cancel), 1) is { } over
                    ? over
                    : new NewKeyPair(pair with { Id = await session.KeyPairs.AddAsync(pair, cancel) }, privateKey);
            },
            cancel);
    }

    public Task<Outcome<Done>> DeleteAsync(string user, string name, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session => await session.KeyPairs.RemoveAsync(user, name, cancel) ? default(Done) : Problem.Missing($"Keypair {name} not found for user {user}"), cancel);

    /// <summary>Bytes as hexadecimal pairs with colons between.</summary>
    internal static string Colons(byte[] bytes) => string.Join(':', bytes.Select(b => b.ToString("x2", null)));

    private static Problem? CheckName(string name) => Text.CheckName("Keypair name", name)
        ?? (name.Trim() == name && name.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '_' or '-' or '.' or '@')
            ? null
            : Problem.Bad("Keypair name contains unsafe characters: use letters, digits, and _ - . @, and blanks inside."));
}
