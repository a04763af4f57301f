using Bridgehead.Model;

namespace Bridgehead.Control;

/// <summary>Checks of text that users type.</summary>
public static class Text
{
    /// <summary>1 to <paramref name="most"/> characters without line ends and other control characters, not blank.</summary>
    public static Problem? CheckName(string what, string text, int most = 255)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > most)
        {
            return Problem.Bad($"{what} must be 1 to {most} characters and not blank.");
        }

        return text.Any(char.IsControl) ? Problem.Bad($"{what} may not contain line ends or other control characters.") : null;
    }

    /// <summary>A server's name also begins and ends with something that can be seen.</summary>
    public static Problem? CheckServerName(string name) => CheckName("Server name", name)
        ?? (name != name.Trim() ? Problem.Bad("Server name may not begin or end with blanks.") : null);

    /// <summary>May be empty.</summary>
    public static Problem? CheckDescription(string what, string text) =>
        text.Length > 255 || text.Any(char.IsControl) ? Problem.Bad($"{what} must be at most 255 characters without control characters.") : null;
}
