using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>
/// One change of who there is and what they may do. Changes come one after the other, and log-ins wait for them, so that no token is made from what was just taken away.
/// </summary>
internal static class IdentityChange
{
    /// <summary>The lock that changes take and log-ins share.</summary>
    public const string Lock = "identity";

    /// <summary>Does the work in a transaction, and takes it back when nobody would be left who could undo it.</summary>
    public static Task<Outcome<T>> RunAsync<T>(Database store, Func<Session, Task<Outcome<T>>> work, CancellationToken cancel) => store.TryWriteAsync<T>(
        async session =>
        {
            await session.LockAsync(Lock, cancel);
            var outcome = await work(session);
            return outcome.Problem is null && !await session.Identities.AnyAdministratorAsync(cancel)
                ? Problem.Denied("This would leave the cloud without an administrator who can log in: make another one first.")
                : outcome;
        },
        cancel);

    public static string NewId() => Guid.NewGuid().ToString("N");

    public static Problem NotFound(string what, string id) => Problem.Missing($"Could not find {what}: {id}.");

    public static Problem Taken(string what, string name) => Problem.Conflicting($"Conflict occurred attempting to store {what}: there is one named {name} already.");
}
