using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Works out which address asks. Pure: whoever is believed wrongly here reads another one's secrets.</summary>
internal static class MetadataAsker
{
    /// <summary>
    /// The peer's address; or the one address in X-Forwarded-For, when forwarding is switched on and the peer is a proxy of the operator's. A trusted proxy's header that is
    /// not exactly one address, once, is refused rather than guessed at: one of two values came from the instance itself.
    /// </summary>
    public static Outcome<IPAddress> Of(IPAddress? peer, IReadOnlyList<string?> forwarded, NovaSettings settings)
    {
        if (peer is null)
        {
            return Problem.Missing("Not Found");
        }

        var direct = Plain(peer);
        if (!settings.UseForwardedFor || forwarded.Count == 0 || !settings.MetadataTrustedProxies.Any(proxy => Plain(proxy).Equals(direct)))
        {
            return direct;
        }

        return forwarded.Count == 1 && Ip.TryParse(forwarded[0], out var asker) ? Plain(asker) : Problem.Bad("X-Forwarded-For must be one address.");
    }

    /// <summary>An IPv4 address that came through an IPv6 socket is that IPv4 address.</summary>
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
