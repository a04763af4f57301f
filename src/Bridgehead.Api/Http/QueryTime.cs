using System.Globalization;
using System.Text.RegularExpressions;

namespace Bridgehead.Api;

/// <summary>Times in queries.</summary>
internal static partial class QueryTime
{
    /// <summary>An ISO 8601 date, or one with a time of day behind a T or a blank. It is of UTC unless it says otherwise.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        return Iso8601.IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Iso8601 { get; }
}
