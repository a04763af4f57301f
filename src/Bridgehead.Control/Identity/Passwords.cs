using System.Globalization;
using System.Security.Cryptography;
using Bridgehead.Model;

namespace Bridgehead.Control;

/// <summary>
/// Passwords and secrets as PBKDF2-SHA256 with a salt of their own: <c>pbkdf2-sha256$iterations$salt$key</c>, the last two in base64. The work is a few milliseconds of a processor, and only some of
/// the processors do it at a time, so that a flood of log-ins leaves the others to the rest of the cloud.
/// </summary>
public static class Passwords
{
    /// <summary>In characters.</summary>
    public const int Longest = 4096;

    private const int Iterations = 20_000;
    private static readonly SemaphoreSlim Turns = new(Math.Max(1, Environment.ProcessorCount / 2));
    private static readonly string Nobodys = Hash("");

    /// <summary>For start-up and tests; where requests are served, <see cref="HashAsync"/>.</summary>
    public static string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return $"pbkdf2-sha256${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(password, salt, Iterations))}";
    }

    public static Task<string> HashAsync(string password, CancellationToken cancel) => InTurnAsync(() => Hash(password), cancel);

    /// <summary>Whether the password is the one of the hash. Without a hash the same work is done, so that time does not tell that there is none.</summary>
    public static Task<bool> VerifyAsync(string password, string? hash, CancellationToken cancel) => InTurnAsync(() => Verify(password, hash ?? Nobodys) && hash is not null, cancel);

    /// <summary>What is wrong with a new password.</summary>
    public static Problem? Check(string password) =>
        password.Length is 0 or > Longest ? Problem.Bad($"A password must have 1 to {Longest} characters.") : null;

    /// <summary>A secret that nobody guesses, in letters and digits that need no quoting.</summary>
    public static string Random(int bytes) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static bool Verify(string password, string hash)
    {
        var parts = hash.Split('$');
        return CryptographicOperations.FixedTimeEquals(
            Derive(password, Convert.FromBase64String(parts[2]), int.Parse(parts[1], CultureInfo.InvariantCulture)), Convert.FromBase64String(parts[3]));
    }

    private static byte[] Derive(string password, byte[] salt, int iterations) => Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, 32);

    private static async Task<T> InTurnAsync<T>(Func<T> work, CancellationToken cancel)
    {
        await Turns.WaitAsync(cancel);
        try
        {
            return work();
        }
        finally
        {
            Turns.Release();
        }
    }
}
