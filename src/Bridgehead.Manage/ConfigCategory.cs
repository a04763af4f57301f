namespace Bridgehead.Manage;

/// <summary><c>nova-manage config</c> and <c>nova-manage version</c>.</summary>
internal static class ConfigCategory
{
    public static ManageCategory Category { get; } = new("config", "settings",
    [
        new ManageAction("list", "list the settings in effect and where each came from; passwords are not shown", [], ListAsync),
        new ManageAction("options", "list all options", [], call => PrintAsync(call, SettingsHelp.Text().TrimEnd())) { NeedsSettings = false },
    ]);

    public static ManageAction Version { get; } = new("version", "print the program's version", [], call => PrintAsync(call, VersionText())) { NeedsSettings = false };

    private static async Task<int> ListAsync(ManageCall call)
    {
        foreach (var warning in call.Read!.Warnings)
        {
            await call.Error.WriteLineAsync($"warning: {warning}");
        }

        foreach (var setting in call.Read.Effective)
        {
            await call.Output.WriteLineAsync($"{setting.Name} = {setting.Value}  # {setting.Source}");
        }

        return 0;
    }

    private static async Task<int> PrintAsync(ManageCall call, string text)
    {
        await call.Output.WriteLineAsync(text);
        return 0;
    }

    private static string VersionText() => typeof(ConfigCategory).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
