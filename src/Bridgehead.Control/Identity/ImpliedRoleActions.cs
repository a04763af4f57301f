using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Which roles one has by having another. For administrators; the role admin follows from no other.</summary>
public sealed class ImpliedRoleActions(Database store)
{
    public Task<Outcome<(Role Prior, Role Implied)>> ImplyAsync(string prior, string implied, CancellationToken cancel) => IdentityChange.RunAsync<(Role Prior, Role Implied)>(
        store,
        async session =>
        {
            if (!(await FindAsync(session, prior, implied, cancel)).Succeeded(out var pair, out var problem))
            {
                return problem;
            }

            if (Role.IsAdmin(pair.Implied.Name))
            {
                return NeverAdmin(implied);
            }

            await session.Identities.ImplyAsync(prior, implied, cancel);
            return pair;
        },
        cancel);

    /// <summary>Who had a role only because another implied it loses it, and application credentials that were made with it end.</summary>
    public Task<Outcome<Done>> ForgetAsync(string prior, string implied, CancellationToken cancel) => IdentityChange.RunAsync<Done>(
        store,
        async session =>
        {
            if (!(await FindAsync(session, prior, implied, cancel)).Succeeded(out _, out var problem))
            {
                return problem;
            }

            if (!await session.Identities.ImplyNoLongerAsync(prior, implied, cancel))
            {
                return NotImplied(prior, implied);
            }

            await session.ApplicationCredentials.EndWithoutRolesAsync(null, cancel);
            return default(Done);
        },
        cancel);

    public Task<Outcome<(Role Prior, Role Implied)>> CheckAsync(string prior, string implied, CancellationToken cancel) => store.ReadAsync<Outcome<(Role Prior, Role Implied)>>(
        async session => !(await FindAsync(session, prior, implied, cancel)).Succeeded(out var pair, out var problem) ? problem
            : (await session.Identities.ImpliedRolesAsync(prior, cancel)).Exists(other => other.Implied.Id == implied) ? pair : NotImplied(prior, implied),
        cancel);

    /// <summary>A role with those that it implies itself.</summary>
    public Task<Outcome<(Role Prior, List<Role> Implied)>> OfAsync(string prior, CancellationToken cancel) => store.ReadAsync<Outcome<(Role Prior, List<Role> Implied)>>(
        async session => await session.Identities.RoleAsync(prior, cancel) is { } role
            ? (role, (await session.Identities.ImpliedRolesAsync(prior, cancel)).ConvertAll(pair => pair.Implied))
            : IdentityChange.NotFound("role", prior),
        cancel);

    /// <summary>Nobody becomes an administrator by having another role.</summary>
    internal static Problem NeverAdmin(string role) => Problem.Denied($"{role} cannot be an implied role: the role {Role.Admin} follows from no other.");

    private static Problem NotImplied(string prior, string implied) => Problem.Missing($"{prior} does not imply {implied}.");

    private static async Task<Outcome<(Role Prior, Role Implied)>> FindAsync(Session session, string prior, string implied, CancellationToken cancel) =>
        await session.Identities.RoleAsync(prior, cancel) is not { } first ? IdentityChange.NotFound("role", prior)
        : await session.Identities.RoleAsync(implied, cancel) is not { } second ? IdentityChange.NotFound("role", implied)
        : (first, second);
}
