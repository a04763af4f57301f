namespace Bridgehead.Model;

/// <summary>Options on a command line: <c>--option value</c>, <c>--option=value</c>, <c>--use_ipv6</c>, <c>--nouse_ipv6</c>; dashes and underscores are equal.</summary>
internal static class SettingFlags
{
    /// <summary>A flag that was read: its option, its value (null when it is missing), and how many arguments it took.</summary>
    public readonly record struct Taken(Setting Setting, string? Value, int Count);

    /// <summary>The flag at the head of the arguments; null when it is none of ours.</summary>
    public static Taken? Take(IReadOnlyList<string> arguments, int at)
    {
        var argument = arguments[at];
        if (!argument.StartsWith("--", StringComparison.Ordinal) || argument.Length < 3)
        {
            return null;
        }

        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var name = Snake(equals < 0 ? argument[2..] : argument[2..equals]);
        var setting = SettingsTable.Find(name);
        if (setting is null)
        {
            return equals < 0 && Negated(name) is { } negated ? new Taken(negated, "false", 1) : null;
        }

        if (equals >= 0)
        {
            return new Taken(setting, argument[(equals + 1)..], 1);
        }

        if (setting.Boolean)
        {
            return new Taken(setting, "true", 1);
        }

        return at + 1 < arguments.Count ? new Taken(setting, arguments[at + 1], 2) : new Taken(setting, null, 1);
    }

    public static string Snake(string name) => name.Replace('-', '_');

    private static Setting? Negated(string name) =>
        name.StartsWith("no", StringComparison.Ordinal) && SettingsTable.Find(name[2..].TrimStart('_')) is { Boolean: true } setting ? setting : null;
}
