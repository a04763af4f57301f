using System.Text;
using Bridgehead.Model;

namespace Bridgehead;

/// <summary>The daemons' help: every setting, from the table that reading goes by.</summary>
internal static class DaemonHelp
{
    public static string Text(IReadOnlyList<string> binaries)
    {
        var program = binaries.Count > 1 ? "bridgehead up" : binaries[0];
        var text = new StringBuilder($"usage: {program} [--config-file FILE ...] [--OPTION VALUE ...] [--dry-run]\n\n");
        text.Append("--dry-run prints what a start would change on this host, as a diff (+ comes, - goes, ~ changes), and changes nothing.\n\n");
        text.Append("Settings come from, lowest first: defaults, nova.conf files (--config-file, else BRIDGEHEAD_CONFIG_FILE, else\n");
        text.Append("/etc/bridgehead/nova.conf and /etc/nova/nova.conf), variables BRIDGEHEAD_<OPTION>, and flags.\n\noptions:\n");
        foreach (var setting in SettingsReader.Describe())
        {
            var value = setting.Boolean ? "" : $" {setting.Expected}";
            text.Append($"  --{setting.Name}{value}\n      {setting.Help}{(setting.Default.Length > 0 ? $" (default: {setting.Default})" : "")}\n");
        }

        return text.ToString();
    }
}
