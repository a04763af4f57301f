using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Limits of projects, of users in them, and of the class that is everybody's default; and what is used.</summary>
public sealed class QuotaActions(Database store, NovaSettings settings)
{
    /// <summary>What can be limited for one user of a project.</summary>
    private static readonly string[] OfUsers = ["instances", "cores", "ram", "key_pairs"];

    /// <summary>
    /// Sets limits of a project, or of one user in it, and returns all of them. Without <paramref name="force"/> none may be below what is used, and a user's not above the project's.
    /// </summary>
    public Task<Outcome<IReadOnlyDictionary<string, int>>> SetAsync((string Project, string? User) whose, IReadOnlyDictionary<string, int> limits, bool force, CancellationToken cancel) =>
        store.TryWriteAsync<IReadOnlyDictionary<string, int>>(
            async session =>
            {
                if (Check(whose, limits) is { } wrong)
                {
                    return wrong;
                }

                await session.Quotas.LockAsync(whose.Project, cancel);
                var refused = force ? null : await CheckUseAsync(session, whose, limits, cancel);
                if (refused is not null)
                {
                    return refused;
                }

                foreach (var (resource, limit) in limits)
                {
                    await (whose.User is { } user
                        ? session.Quotas.SetOfUserAsync(whose.Project, user, resource, limit, cancel)
                        : session.Quotas.SetAsync(whose.Project, resource, limit, cancel));
                }

                return Outcomes(await LimitsAsync(session, whose, cancel));
            },
            cancel);

    public Task<Outcome<IReadOnlyDictionary<string, int>>> SetClassAsync(string name, IReadOnlyDictionary<string, int> limits, CancellationToken cancel) =>
        store.TryWriteAsync<IReadOnlyDictionary<string, int>>(
            async session =>
            {
                if ((Text.CheckName("Quota class", name) ?? CheckRange(limits)) is { } wrong)
                {
                    return wrong;
                }

                foreach (var (resource, limit) in limits)
                {
                    await session.Quotas.SetOfClassAsync(name, resource, limit, cancel);
                }

                return Outcomes(await OfClassAsync(session, name, cancel));
            },
            cancel);

    /// <summary>A class that nothing was set for has the settings' defaults.</summary>
    public async Task<IReadOnlyDictionary<string, int>> OfClassAsync(Session session, string name, CancellationToken cancel) =>
        QuotaLimits.Overlaid(QuotaLimits.Defaults(settings), await session.Quotas.OfClassAsync(name, cancel));

    /// <summary>The project's limits, overlaid with those of the user where one is named.</summary>
    public Task<IReadOnlyDictionary<string, int>> LimitsAsync(Session session, (string Project, string? User) whose, CancellationToken cancel) =>
        QuotaLimits.OfAsync(session, settings, whose, cancel);

    /// <summary>What is used of each resource that is counted for a project; the others are limits of single things, of which nothing is used.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> UsedAsync(Session session, (string Project, string? User) whose, CancellationToken cancel)
    {
        var (project, user) = whose;
        var (instances, cores, ram) = user is null ? await session.Instances.UsageAsync(project, cancel) : await session.TenantUsage.OfUserAsync(project, user, cancel);
        return new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["instances"] = instances,
            ["cores"] = cores,
            ["ram"] = ram,
            ["fixed_ips"] = await session.FixedIps.CountOfProjectAsync(project, cancel),
            ["floating_ips"] = await session.FloatingIps.CountOfProjectAsync(project, cancel),
            ["security_groups"] = await session.SecurityGroups.CountAsync(project, cancel),
            ["server_groups"] = await session.ServerGroups.CountAsync(project, cancel),
            ["key_pairs"] = user is null ? 0 : await session.KeyPairs.CountAsync(user, cancel),
        };
    }

    public Task<Outcome<Done>> ClearAsync((string Project, string? User) whose, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            await (whose.User is { } user ? session.Quotas.ClearOfUserAsync(whose.Project, user, cancel) : session.Quotas.ClearAsync(whose.Project, cancel));
            return default(Done);
        },
        cancel);

    private static Outcome<IReadOnlyDictionary<string, int>> Outcomes(IReadOnlyDictionary<string, int> limits) => new Dictionary<string, int>(limits, StringComparer.Ordinal);

    private static Problem? Check((string Project, string? User) whose, IReadOnlyDictionary<string, int> limits) => Text.CheckName("Project", whose.Project)
        ?? (whose.User is { } user ? Text.CheckName("User", user) : null)
        ?? (whose.User is not null && limits.Keys.FirstOrDefault(key => !OfUsers.Contains(key)) is { } bad
            ? Problem.Bad($"{bad} is a limit of projects, not of users in them: leave user_id out. Users can have limits of {string.Join(", ", OfUsers)}.")
            : null)
        ?? CheckRange(limits);

    private static Problem? CheckRange(IReadOnlyDictionary<string, int> limits) =>
        limits.FirstOrDefault(l => l.Value < -1) is { Key: { } key } low ? Problem.Bad($"Quota limit {low.Value} for {key} must be -1 or greater.") : null;

    private async Task<Problem?> CheckUseAsync(Session session, (string Project, string? User) whose, IReadOnlyDictionary<string, int> limits, CancellationToken cancel)
    {
        var used = await UsedAsync(session, whose, cancel);
        if (limits.FirstOrDefault(l => l.Value >= 0 && l.Value < used.GetValueOrDefault(l.Key)) is { Key: { } key } low)
        {
            return Problem.Bad($"Quota limit {low.Value} for {key} must be greater than or equal to already used and reserved {used[key]}.");
        }

        var most = whose.User is null ? null : await QuotaLimits.OfAsync(session, settings, whose.Project, cancel);
        return most is not null && limits.FirstOrDefault(l => most[l.Key] >= 0 && (l.Value < 0 || l.Value > most[l.Key])) is { Key: { } name } high
            ? Problem.Bad($"Quota limit {high.Value} for {name} must be less than or equal to {most[name]}, which the project has.")
            : null;
    }
}
