using System.Globalization;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>The query of compute's list of images, in the image service's words.</summary>
internal static class ImagesQuery
{
    public static readonly IReadOnlyList<string> Parameters = ["name", "status", "server", "type", "changes-since", "minDisk", "minRam", "limit", "marker"];

    public static Outcome<ImageFilter> Read(ApiCall call)
    {
        Problem? problem = null;
        return Number(call, "limit").Succeeded(out var limit, out problem) && Number(call, "minDisk").Succeeded(out var disk, out problem)
            && Number(call, "minRam").Succeeded(out var ram, out problem) && Marker(call).Succeeded(out var marker, out problem) && Since(call).Succeeded(out var since, out problem)
            ? new ImageFilter
            {
                Viewer = ImageActions.ViewerOf(call.Caller),
                OneOf = OneOf(call),
                Numbers = [.. new[] { ("min_disk", ">=", (long?)disk), ("min_ram", ">=", ram) }.Where(n => n.Item3 is not null).Select(n => (n.Item1, n.Item2, n.Item3!.Value))],
                Times = since is { } time ? [("updated_at", new TimeCondition(">=", time))] : [],
                Properties = Properties(call),
                Marker = marker,
                Limit = Math.Min(limit ?? ImageFilter.MostInPage, ImageFilter.MostInPage),
            }
            : problem!;
    }

    private static Outcome<int?> Number(ApiCall call, string name) =>
        call.Query(name) is not { } text ? (int?)null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : Problem.Bad($"{name} must be a whole number of 0 or more.");

    private static Outcome<Guid?> Marker(ApiCall call) =>
        call.Query("marker") is not { } text ? (Guid?)null
        : Guid.TryParseExact(text, "D", out var marker) ? marker
        : Problem.Bad($"marker [{text}] not found");

    private static Outcome<DateTimeOffset?> Since(ApiCall call) =>
        call.Query("changes-since") is not { } text ? (DateTimeOffset?)null
        : QueryTime.TryParse(text, out var time) ? time
        : Problem.Bad("changes-since must be an ISO 8601 time.");

    private static Dictionary<string, IReadOnlyList<string>> OneOf(ApiCall call)
    {
        var oneOf = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (call.Query("name") is { } name)
        {
            oneOf["name"] = [name];
        }

        if (call.Query("status") is { } status)
        {
            oneOf["status"] = Statuses(status);
        }

        return oneOf;
    }

    private static Dictionary<string, string> Properties(ApiCall call)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        if (call.Query("server") is { } server)
        {
            properties[ImageOrigin.InstanceUuid] = server.TrimEnd('/').Split('/')[^1];
        }

        if (call.Query("type") is { } type)
        {
            properties[ImageOrigin.ImageType] = type;
        }

        return properties;
    }

    /// <summary>The image service's words for one of compute's.</summary>
    private static IReadOnlyList<string> Statuses(string status) => status.ToUpperInvariant() switch
    {
        "ACTIVE" => [ImageStatus.Active],
        "SAVING" => [ImageStatus.Queued, ImageStatus.Saving],
        "UNKNOWN" => [ImageStatus.Deactivated],
        _ => [],
    };
}
