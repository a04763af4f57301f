using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>A project's limits: the settings' defaults, overlaid with what an administrator set. -1 is unlimited.</summary>
public static class QuotaLimits
{
    public const string DefaultClass = "default";

    public static IReadOnlyDictionary<string, int> Defaults(NovaSettings settings) => new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["instances"] = settings.Quota.Instances,
        ["cores"] = settings.Quota.Cores,
        ["ram"] = settings.Quota.Ram,
        ["fixed_ips"] = settings.Quota.FixedIps,
        ["floating_ips"] = settings.Quota.FloatingIps,
        ["metadata_items"] = settings.Quota.MetadataItems,
        ["key_pairs"] = settings.Quota.KeyPairs,
        ["security_groups"] = settings.Quota.SecurityGroups,
        ["security_group_rules"] = settings.Quota.SecurityGroupRules,
        ["server_groups"] = 10,
        ["server_group_members"] = 10,
        ["injected_files"] = 5,
        ["injected_file_content_bytes"] = 10240,
        ["injected_file_path_bytes"] = 255,
    };

    public static async Task<IReadOnlyDictionary<string, int>> OfAsync(Session session, NovaSettings settings, string project, CancellationToken cancel) =>
        Overlaid(await DefaultsAsync(session, settings, cancel), await session.Quotas.OfProjectAsync(project, cancel));

    /// <summary>As the other, with what was set for the user in the project laid over it.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> OfAsync(Session session, NovaSettings settings, (string Project, string? User) whose, CancellationToken cancel)
    {
        var limits = await OfAsync(session, settings, whose.Project, cancel);
        return whose.User is { } user ? Overlaid(limits, await session.Quotas.OfUserAsync(whose.Project, user, cancel)) : limits;
    }

    /// <summary>The settings' defaults, overlaid with the quota class "default".</summary>
    public static async Task<IReadOnlyDictionary<string, int>> DefaultsAsync(Session session, NovaSettings settings, CancellationToken cancel) =>
        Overlaid(Defaults(settings), await session.Quotas.OfClassAsync(DefaultClass, cancel));

    public static IReadOnlyDictionary<string, int> Overlaid(IReadOnlyDictionary<string, int> limits, IReadOnlyDictionary<string, int> over)
    {
        var both = new Dictionary<string, int>(limits, StringComparer.Ordinal);
        foreach (var (resource, limit) in over)
        {
            both[resource] = limit;
        }

        return both;
    }

    /// <summary>The refusal when <paramref name="used"/> and <paramref name="more"/> together are over the limit; null when they fit.</summary>
    public static Problem? Check(IReadOnlyDictionary<string, int> limits, string resource, long used, long more) =>
        limits[resource] >= 0 && used + more > limits[resource]
            ? Problem.Quota($"Quota exceeded for {resource}: Requested {more}, but already used {used} of {limits[resource]} {resource}")
            : null;

    /// <summary>As the other, of a thing that becomes larger or smaller: what does not grow is never refused.</summary>
    public static Problem? CheckGrowth(IReadOnlyDictionary<string, int> limits, string resource, long used, long growth) => growth > 0 ? Check(limits, resource, used, growth) : null;
}
