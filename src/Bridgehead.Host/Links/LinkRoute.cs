using System.Text.Json;

namespace Bridgehead.Host;

/// <summary>A route over an interface.</summary>
/// <param name="Words">As <c>ip route</c> takes it, without the interface.</param>
/// <param name="HasRouter">Whether it leads over a router, which another route must reach.</param>
internal sealed record LinkRoute(string Words, bool HasRouter)
{
    /// <summary>Values in <c>ip -j route show</c> and the words that set them.</summary>
    private static readonly (string Key, string Word)[] Parts =
    [
        ("gateway", "via"), ("tos", "tos"), ("table", "table"), ("protocol", "proto"), ("scope", "scope"), ("prefsrc", "src"), ("metric", "metric"), ("expires", "expires"), ("pref", "pref"),
    ];

    /// <summary>From an entry of <c>ip -j route show</c>; null for what is none of an administrator's: addresses of this host, broadcasts, the link's own IPv6 prefix.</summary>
    /// <param name="everything">The word for a default route of the family.</param>
    public static LinkRoute? From(JsonElement route, string everything)
    {
        var destination = route.GetProperty("dst").GetString()!;
        if (route.TryGetProperty("type", out _) || destination is "fe80::/64")
        {
            return null;
        }

        var words = Parts.Where(part => route.TryGetProperty(part.Key, out _)).Select(part => $" {part.Word} {route.GetProperty(part.Key)}");
        var via = route.TryGetProperty("via", out var router) ? $" via {router.GetProperty("family")} {router.GetProperty("host")}" : "";
        var metrics = route.TryGetProperty("metrics", out var limits) ? limits.EnumerateArray().SelectMany(limit => limit.EnumerateObject()).Select(limit => $" {limit.Name} {limit.Value}") : [];
        var onlink = route.GetProperty("flags").EnumerateArray().Any(flag => flag.GetString() == "onlink") ? " onlink" : "";
        return new LinkRoute(
            $"{(destination == "default" ? everything : destination)}{via}{string.Concat(words)}{string.Concat(metrics)}{onlink}",
            via.Length > 0 || route.TryGetProperty("gateway", out _));
    }
}
