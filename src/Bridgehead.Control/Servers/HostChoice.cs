using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Where new servers are wanted in relation to others: in a server group, on other hosts than some servers, on the same as some.</summary>
public sealed record SchedulerHints(Guid? Group, IReadOnlyList<Guid> DifferentHost, IReadOnlyList<Guid> SameHost)
{
    public static readonly SchedulerHints None = new(null, [], []);
}

/// <summary>Chooses the host of a new server: of the up and enabled ones that its zone, group and hints allow, the one with the fewest servers.</summary>
internal static class HostChoice
{
    /// <summary>Null when no host will do.</summary>
    public static async Task<string?> FindAsync(Session session, DateTimeOffset aliveSince, string? zone, (SchedulerHints Hints, ServerGroup? Group) wish, Caller caller, CancellationToken cancel)
    {
        var hosts = await session.Instances.HostsByLoadAsync(aliveSince, zone, cancel);
        var different = await HostsOfAsync(session, wish.Hints.DifferentHost, caller, cancel);
        hosts.RemoveAll(different.Contains);
        if (wish.Hints.SameHost.Count > 0)
        {
            var same = await HostsOfAsync(session, wish.Hints.SameHost, caller, cancel);
            hosts.RemoveAll(host => !same.Contains(host));
        }

        if (wish.Group is null)
        {
            return hosts.FirstOrDefault();
        }

        var members = await session.ServerGroups.HostsAsync(wish.Group.Uuid, cancel);
        return wish.Group.Policy switch
        {
            GroupPolicy.Affinity => hosts.Find(host => members.Count == 0 || members.ContainsKey(host)),
            GroupPolicy.AntiAffinity => hosts.Find(host => !members.ContainsKey(host)),
            GroupPolicy.SoftAffinity => hosts.OrderByDescending(host => members.GetValueOrDefault(host)).FirstOrDefault(),
            _ => hosts.OrderBy(host => members.GetValueOrDefault(host)).FirstOrDefault(),
        };
    }

    /// <summary>Another project's servers count as if they did not exist, so that nobody learns where they are.</summary>
    private static async Task<HashSet<string>> HostsOfAsync(Session session, IReadOnlyList<Guid> servers, Caller caller, CancellationToken cancel)
    {
        var hosts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var uuid in servers)
        {
            if (await session.Instances.FindAsync(uuid, cancel) is { Host: { } host } server && (server.ProjectId == caller.ProjectId || caller.IsAdmin))
            {
                hosts.Add(host);
            }
        }

        return hosts;
    }
}
