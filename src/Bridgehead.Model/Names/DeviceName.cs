namespace Bridgehead.Model;

/// <summary>
/// A network interface name that is safe on a command line and in a rule: 1 to 15 characters of letters, digits, <c>_ . -</c>,
/// not beginning with a dash or dot.
/// </summary>
public readonly record struct DeviceName
{
    private readonly string? _name;

    private DeviceName(string name) => _name = name;

    public static bool TryParse(string? text, out DeviceName name)
    {
        var valid = text is { Length: >= 1 and <= 15 } && text[0] is not ('-' or '.') &&
            text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
        name = valid ? new DeviceName(text!) : default;
        return valid;
    }

    public static DeviceName Parse(string text) => TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not an interface name");

    public override string ToString() => _name ?? "";
}
