using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What users write on their servers: metadata and tags.</summary>
public sealed class ServerTexts(Database store, NovaSettings settings)
{
    /// <summary>Tags on one server.</summary>
    public const int MostTags = 50;

    /// <summary>Characters in a tag.</summary>
    public const int LongestTag = 60;

    public Task<Outcome<Done>> SetMetadataAsync(Caller caller, Guid uuid, IReadOnlyDictionary<string, string> items, bool replace, CancellationToken cancel) => WithAsync(
        caller,
        uuid,
        "update metadata",
        async (session, instance) =>
        {
            if (CheckMetadata(items) is { } wrong)
            {
                return wrong;
            }

            var now = await session.Instances.MetadataAsync(uuid, cancel);
            var limits = await QuotaLimits.OfAsync(session, settings, instance.ProjectId, cancel);
            if (CheckCount(limits, replace ? items.Count : now.Keys.Union(items.Keys).Count()) is { } over)
            {
                return over;
            }

            await session.Instances.ReplaceMetadataAsync(uuid, replace ? items : now.Concat(items).GroupBy(m => m.Key).ToDictionary(m => m.Key, m => m.Last().Value), cancel);
            return null;
        },
        cancel);

    public Task<Outcome<Done>> RemoveMetadataAsync(Caller caller, Guid uuid, string key, CancellationToken cancel) => WithAsync(
        caller,
        uuid,
        "delete metadata",
        async (session, _) => await session.Instances.RemoveMetadataAsync(uuid, key, cancel) ? null : Problem.Missing("Metadata item was not found"),
        cancel);

    /// <summary>Exactly these tags.</summary>
    public Task<Outcome<Done>> SetTagsAsync(Caller caller, Guid uuid, IReadOnlyList<string> tags, CancellationToken cancel) => WithAsync(
        caller,
        uuid,
        "update tags",
        async (session, _) =>
        {
            var problem = tags.Select(CheckTag).FirstOrDefault(wrong => wrong is not null);
            if (problem is not null || tags.Count > MostTags)
            {
                return problem ?? TooMany();
            }

            await session.Tags.ClearAsync(uuid, cancel);
            foreach (var tag in tags)
            {
                await session.Tags.AddAsync(uuid, tag, cancel);
            }

            return null;
        },
        cancel);

    /// <summary>True when the tag is new on the server.</summary>
    public async Task<Outcome<bool>> AddTagAsync(Caller caller, Guid uuid, string tag, CancellationToken cancel)
    {
        var added = false;
        var done = await WithAsync(
            caller,
            uuid,
            "update tag",
            async (session, _) =>
            {
                added = CheckTag(tag) is null && await session.Tags.AddAsync(uuid, tag, cancel);
                return CheckTag(tag) ?? (added && (await session.Tags.OfInstanceAsync(uuid, cancel)).Count > MostTags ? TooMany() : null);
            },
            cancel);
        return done.Problem is { } problem ? problem : added;
    }

    public Task<Outcome<Done>> RemoveTagAsync(Caller caller, Guid uuid, string tag, CancellationToken cancel) => WithAsync(
        caller,
        uuid,
        "delete tag",
        async (session, _) => await session.Tags.RemoveAsync(uuid, tag, cancel) ? null : Problem.Missing($"Server {uuid} has no tag '{tag}'"),
        cancel);

    public Task<Outcome<Done>> ClearTagsAsync(Caller caller, Guid uuid, CancellationToken cancel) => WithAsync(
        caller,
        uuid,
        "delete tags",
        async (session, _) =>
        {
            await session.Tags.ClearAsync(uuid, cancel);
            return null;
        },
        cancel);

    /// <summary>nova's rule for keys: letters, digits, blanks and <c>-_:.</c>; values are any text, both at most 255 characters.</summary>
    public static Problem? CheckMetadata(IReadOnlyDictionary<string, string> items) =>
        items.Any(m => m.Key.Length is 0 or > 255 || m.Value.Length > 255)
            ? Problem.Bad("Metadata keys and values must be at most 255 characters, keys not empty.")
            : items.Keys.FirstOrDefault(key => !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or ':' or '.' or ' ')) is { } odd
                ? Problem.Bad($"Invalid metadata key '{odd}': it may have letters, digits, blanks and any of -_:.")
                : null;

    internal static Problem? CheckCount(IReadOnlyDictionary<string, int> limits, int items) =>
        limits["metadata_items"] >= 0 && items > limits["metadata_items"] ? Problem.Quota("Maximum number of metadata items exceeds the quota.") : null;

    private static Problem? CheckTag(string tag) => tag.Length is 0 or > LongestTag || tag.Any(c => c is '/' or ',' || char.IsControl(c))
        ? Problem.Bad($"Tag '{tag}' is invalid. It must be a string without characters '/' and ','. Minimum length is 1, maximum length is {LongestTag}.")
        : null;

    private static Problem TooMany() => Problem.Bad($"The number of tags exceeded the per-server limit {MostTags}");

    private Task<Outcome<Done>> WithAsync(Caller caller, Guid uuid, string action, Func<Session, Instance, Task<Problem?>> work, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session => (await OwnServer.FindAsync(session, caller, uuid, action, OwnServer.Settled, cancel)).Succeeded(out var instance, out var problem)
            ? await work(session, instance) is { } refused ? refused : default(Done)
            : problem,
        cancel);
}
