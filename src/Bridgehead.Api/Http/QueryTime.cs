using System.Globalization;

namespace Bridgehead.Api;

/// <summary>Times in queries.</summary>
internal static class QueryTime
{
    /// <summary>An ISO 8601 time: it begins with its year, and is of UTC unless it says otherwise.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        return text.Length >= 8 && text[..4].All(char.IsAsciiDigit)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }
}
