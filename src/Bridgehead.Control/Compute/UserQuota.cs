using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What an administrator allowed one user of a project, with what that user has; the project's own limits hold besides.</summary>
internal sealed class UserQuota
{
    private readonly IReadOnlyDictionary<string, int> _limits;
    private readonly (long Instances, long Cores, long Ram) _used;

    private UserQuota(IReadOnlyDictionary<string, int> limits, (long Instances, long Cores, long Ram) used) => (_limits, _used) = (limits, used);

    /// <summary>Null when nothing was set for the user.</summary>
    public static async Task<UserQuota?> FindAsync(Session session, string project, string user, CancellationToken cancel) =>
        await session.Quotas.OfUserAsync(project, user, cancel) is { Count: > 0 } limits
            ? new UserQuota(limits, await session.TenantUsage.OfUserAsync(project, user, cancel))
            : null;

    /// <summary>The refusal of so many servers more; null when they fit.</summary>
    public Problem? Check(int count, Flavor flavor) =>
        One("instances", _used.Instances, count) ?? One("cores", _used.Cores, (long)count * flavor.Vcpus) ?? One("ram", _used.Ram, (long)count * flavor.Ram);

    /// <summary>The refusal when one of the user's servers becomes larger by so much; null when it fits.</summary>
    public Problem? CheckGrowth(int cores, int ram) => (cores > 0 ? One("cores", _used.Cores, cores) : null) ?? (ram > 0 ? One("ram", _used.Ram, ram) : null);

    private Problem? One(string resource, long used, long more) => _limits.ContainsKey(resource) ? QuotaLimits.Check(_limits, resource, used, more) : null;
}
