using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Where a server must run; null is anywhere.</summary>
internal sealed record Place(string? Zone, string? Host);

/// <summary>Reads what a user says about where a server must run: a zone, or <c>zone:host</c>, which is an administrator's to say.</summary>
internal static class Placement
{
    public static async Task<Outcome<Place>> FindAsync(Session session, Caller caller, string? asked, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(asked))
        {
            return new Place(null, null);
        }

        var (zone, host) = asked.Split(':', 2) is [var before, var after] ? (before, after) : (asked, null);
        if (host is not null && !caller.IsAdmin)
        {
            return Problem.Denied("Policy doesn't allow os_compute_api:servers:create:forced_host to be performed.");
        }

        var hosts = (await session.Services.ListAsync(cancel)).Where(s => s.Binary == Binaries.Compute && s.Zone == zone).ToList();
        return hosts.Count == 0 ? Problem.Bad($"The requested availability zone is not available: {zone}")
            : host is not null && hosts.TrueForAll(s => s.Host != host) ? Problem.Bad($"Compute host {host} could not be found in zone {zone}.")
            : new Place(zone, host);
    }
}
