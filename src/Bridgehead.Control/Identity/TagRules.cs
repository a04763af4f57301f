using Bridgehead.Model;

namespace Bridgehead.Control;

/// <summary>The rules of tags of domains and projects.</summary>
public static class TagRules
{
    /// <summary>Of one project or domain.</summary>
    private const int Most = 80;

    /// <summary>Each once, in order.</summary>
    public static IReadOnlyList<string> Normal(IReadOnlyList<string> tags) => [.. tags.Distinct().Order(StringComparer.Ordinal)];

    public static Problem? Check(IReadOnlyList<string> tags)
    {
        if (tags.Count > Most)
        {
            return Problem.Bad($"There may be at most {Most} tags.");
        }

        return tags.FirstOrDefault(tag => tag.Length is 0 or > 255 || tag.Contains(',') || tag.Contains('/') || tag.Any(char.IsControl)) is { } wrong
            ? Problem.Bad($"'{wrong}' is not a tag: 1 to 255 characters without comma, slash and control characters are.")
            : null;
    }
}
