using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>A key pair, with the private half when it was made here; that is kept nowhere.</summary>
public sealed record NewKeyPair(KeyPair KeyPair, string? PrivateKey);

/// <summary>SSH key pairs of a user.</summary>
public sealed class KeyPairActions(Database store, NovaSettings settings)
{
    private static readonly string[] Types = ["ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-dss"];

    /// <summary>Imports <paramref name="publicKey"/>, or makes an RSA pair of 2048 bits.</summary>
    public Task<Outcome<NewKeyPair>> CreateAsync(Caller caller, string name, string? publicKey, CancellationToken cancel)
    {
        if (CheckName(name) is { } wrong)
        {
            // Before a key is made, which takes a while.
            return Task.FromResult<Outcome<NewKeyPair>>(wrong);
        }

        string? privateKey = null;
        if (publicKey is null)
        {
            using var rsa = RSA.Create(2048);
            privateKey = rsa.ExportRSAPrivateKeyPem() + "\n";
            publicKey = OpenSsh(rsa.ExportParameters(includePrivateParameters: false));
        }

        return store.TryWriteAsync<NewKeyPair>(
            async session =>
            {
                if (Blob(publicKey) is not { } blob)
                {
                    return Problem.Bad("Keypair data is invalid: an OpenSSH public key of type RSA, Ed25519 or ECDSA is needed.");
                }

                var limits = await QuotaLimits.OfAsync(session, settings, caller.ProjectId, cancel);
                var count = (await session.KeyPairs.ListAsync(caller.UserId, cancel)).Count;
                if (QuotaLimits.Check(limits, "key_pairs", count, 1) is { } over)
                {
                    return over;
                }

                var pair = new KeyPair { Id = 0, UserId = caller.UserId, Name = name, Type = "ssh", PublicKey = publicKey.Trim(), Fingerprint = Fingerprint(blob), CreatedAt = session.Now };
                var id = await session.KeyPairs.AddAsync(pair, cancel);
                return id > 0 ? new NewKeyPair(pair with { Id = id }, privateKey) : Problem.Conflicting($"Key pair '{name}' already exists.");
            },
            cancel);
    }

    public Task<Outcome<Done>> DeleteAsync(Caller caller, string name, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session => await session.KeyPairs.RemoveAsync(caller.UserId, name, cancel) ? default(Done) : Problem.Missing($"Keypair {name} not found for user {caller.UserId}"), cancel);

    private static Problem? CheckName(string name) => Text.CheckName("Keypair name", name)
        ?? (name.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '_' or '-' or '.' or '@') ? null : Problem.Bad("Keypair name contains unsafe characters: use letters, digits, blanks and _ - . @"));

    /// <summary>The key's bytes when the text is a public key of a known type; one line only.</summary>
    private static byte[]? Blob(string text)
    {
        var words = text.Trim().Split(' ', 3);
        if (text.Length > 16384 || text.Trim().Any(char.IsControl) || words.Length < 2 || !Types.Contains(words[0]))
        {
            return null;
        }

        var buffer = new byte[words[1].Length];
        if (!Convert.TryFromBase64String(words[1], buffer, out var length) || length < 20)
        {
            return null;
        }

        var named = BinaryPrimitives.ReadInt32BigEndian(buffer);
        return named == words[0].Length && length > 4 + named && Encoding.ASCII.GetString(buffer, 4, named) == words[0] ? buffer[..length] : null;
    }

#pragma warning disable CA5351 // OpenStack's fingerprint is the MD5 of the key, as ssh-keygen -E md5 prints it.
    private static string Fingerprint(byte[] blob) => string.Join(':', MD5.HashData(blob).Select(b => b.ToString("x2", null)));
#pragma warning restore CA5351

    private static string OpenSsh(RSAParameters key)
    {
        using var blob = new MemoryStream();
        void Field(ReadOnlySpan<byte> bytes)
        {
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            blob.Write(length);
            blob.Write(bytes);
        }

        Field("ssh-rsa"u8);
        Field(key.Exponent);

        // A leading zero keeps the modulus positive (RFC 4251 mpint).
        Field([0, .. key.Modulus!]);
        return $"ssh-rsa {Convert.ToBase64String(blob.ToArray())} Generated-by-Nova";
    }
}
