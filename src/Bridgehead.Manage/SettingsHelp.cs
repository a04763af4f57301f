using Bridgehead.Model;

namespace Bridgehead.Manage;

/// <summary>The help text of the settings' flags, for every program that takes them.</summary>
public static class SettingsHelp
{
    /// <summary>Two lines for each option: the flag with its default, and what it is for.</summary>
    public static string Text()
    {
        var lines = SettingsReader.Describe().Select(d => $"  {Flag(d)}{Default(d)}\n      {d.Help} ({d.Expected})\n");
        return $"options (also in nova.conf, and as variables BRIDGEHEAD_OPTION; dashes and underscores are equal):\n  --config-file FILE\n      nova.conf to read; may be repeated\n{string.Concat(lines)}";
    }

    private static string Flag(SettingDescription option) => option.Boolean ? $"--{option.Name}, --no{option.Name}" : $"--{option.Name} VALUE";

    private static string Default(SettingDescription option) => option.Default.Length == 0 ? "" : $"   [{option.Default}]";
}
