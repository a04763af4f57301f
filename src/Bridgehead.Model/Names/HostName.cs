namespace Bridgehead.Model;

/// <summary>
/// Host names of instances, made from display names: lower-case letters, digits and inner dashes, 1 to 63 characters (RFC 1123).
/// </summary>
public static class HostName
{
    public static bool IsValid(string text) =>
        text.Length is >= 1 and <= 63 && text[0] != '-' && text[^1] != '-' && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>
    /// The host name for a display name: blanks and underscores become dashes, other characters go away; nothing left gives <c>server-&lt;uuid&gt;</c>, as in nova.
    /// </summary>
    public static string From(string displayName, Guid instance)
    {
        var kept = displayName.ToLowerInvariant().Select(c => c is ' ' or '_' or '.' ? '-' : c).Where(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
        var name = new string([.. kept]).Trim('-');
        name = name.Length > 63 ? name[..63].Trim('-') : name;
        return name.Length > 0 ? name : $"server-{instance}";
    }
}
