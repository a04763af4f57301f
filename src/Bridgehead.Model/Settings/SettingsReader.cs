namespace Bridgehead.Model;

/// <summary>
/// Makes settings from, lowest first: defaults, files, environment variables <c>BRIDGEHEAD_OPTION</c>, flags. A later source's value replaces an earlier one's; within a file an
/// option with several values may be repeated. Pure: who calls it has read the files.
/// </summary>
public static class SettingsReader
{
    private const string Prefix = "BRIDGEHEAD_";
    private const string Origin = SettingTexts.DefaultSource;

    /// <summary>Variables that are read elsewhere.</summary>
    private static readonly string[] OtherVariables = ["CONFIG_FILE"];

    /// <summary>
    /// Reads all, and refuses with one sentence a line for every wrong value. Unknown options of files and variables are warnings, because a real nova.conf has hundreds; an unknown
    /// flag is an error.
    /// </summary>
    public static Outcome<SettingsResult> Read(
        IReadOnlyList<(string Name, string Text)> files, IEnumerable<KeyValuePair<string, string>> environment, IReadOnlyList<string> flags, HostFacts facts)
    {
        var (texts, warnings, problems) = (new SettingTexts(facts), new List<string>(), new List<string>());
        foreach (var (name, text) in files)
        {
            texts.MergeOver(ReadFile(name, text, facts, warnings, problems));
        }

        texts.MergeOver(ReadEnvironment(environment, facts, warnings));
        texts.MergeOver(ReadFlags(flags, facts, problems));
        var result = Build(texts, facts, problems);
        return problems.Count > 0 ? Problem.Bad(string.Join('\n', problems)) : new SettingsResult(result.Settings, warnings, result.Effective);
    }

    /// <summary>All options, for help texts.</summary>
    public static IReadOnlyList<SettingDescription> Describe()
    {
        var bare = Bare(new HostFacts("localhost", System.Net.IPAddress.Loopback, "/var/lib/bridgehead"));
        return [.. SettingsTable.All.Select(s => new SettingDescription(s.Name, s.Default ?? s.Show(bare), s.Expected, s.Help, s.Boolean))];
    }

    /// <summary>Cuts arguments where the options of ours at their head end: <c>--my_ip 10.0.0.1 network list</c> has two, and two are left.</summary>
    public static (IReadOnlyList<string> Flags, IReadOnlyList<string> Others) TakeFlags(IReadOnlyList<string> arguments)
    {
        var at = 0;
        while (at < arguments.Count && SettingFlags.Take(arguments, at) is { } taken)
        {
            at += taken.Count;
        }

        return ([.. arguments.Take(at)], [.. arguments.Skip(at)]);
    }

    internal static NovaSettings Bare(HostFacts facts) => new()
    {
        Host = facts.HostName,
        MyIp = facts.MyIp,
        StatePath = facts.StatePath,
        Connection = "",
        MetadataHost = facts.MyIp,
    };

    private static SettingTexts ReadFile(string name, string text, HostFacts facts, List<string> warnings, List<string> problems)
    {
        var texts = new SettingTexts(facts);
        var (entries, wrong) = IniText.Parse(text);
        problems.AddRange(wrong.Select(sentence => $"{name} {sentence}"));
        foreach (var entry in entries)
        {
            if (SettingsTable.Find(entry.Section, SettingFlags.Snake(entry.Name)) is { } setting)
            {
                texts.Add(setting, entry.Value, $"{name} line {entry.Line}");
            }
            else if (entry.Section != "api_database")
            {
                var section = entry.Section == "DEFAULT" ? "" : $"[{entry.Section}] ";
                warnings.Add($"{name} line {entry.Line}: {section}{entry.Name} is not an option of this program and is ignored.");
            }
        }

        return texts;
    }

    private static SettingTexts ReadEnvironment(IEnumerable<KeyValuePair<string, string>> environment, HostFacts facts, List<string> warnings)
    {
        var texts = new SettingTexts(facts);
        foreach (var (variable, value) in environment.Where(v => v.Key.StartsWith(Prefix, StringComparison.Ordinal)).OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            var name = variable[Prefix.Length..];
            if (SettingsTable.Find(name.ToLowerInvariant()) is { } setting)
            {
                texts.Set(setting, value, $"environment variable {variable}");
            }
            else if (!OtherVariables.Contains(name))
            {
                warnings.Add($"Environment variable {variable} names no option and is ignored.");
            }
        }

        return texts;
    }

    private static SettingTexts ReadFlags(IReadOnlyList<string> flags, HostFacts facts, List<string> problems)
    {
        var texts = new SettingTexts(facts);
        for (var at = 0; at < flags.Count;)
        {
            if (SettingFlags.Take(flags, at) is not { } taken)
            {
                problems.Add(flags[at].StartsWith('-') ? $"There is no option {flags[at].Split('=')[0]}." : $"'{flags[at]}' is not an option.");
                at++;
                continue;
            }

            if (taken.Value is null)
            {
                problems.Add($"{flags[at]} needs a value: {taken.Setting.Expected}.");
            }
            else
            {
                texts.Add(taken.Setting, taken.Value, $"flag {flags[at].Split('=')[0]}");
            }

            at += taken.Count;
        }

        return texts;
    }

    private static (NovaSettings Settings, List<EffectiveSetting> Effective) Build(SettingTexts texts, HostFacts facts, List<string> problems)
    {
        var settings = Bare(facts);
        var effective = new List<EffectiveSetting>();
        foreach (var setting in SettingsTable.All)
        {
            var given = texts.Find(setting);
            if (given is { } g)
            {
                var text = texts.Expand(g.Text, out var wrong).Trim();
                if (wrong is null && setting.Put(settings, text) is { } next)
                {
                    settings = next;
                }
                else if (g.Source != Origin || problems.Count == 0)
                {
                    // A default made from a wrong value is not a second mistake.
                    problems.Add(wrong is null ? $"{g.Source}: {setting.Name}{Quoted(setting, text)} must be {setting.Expected}." : $"{g.Source}: {setting.Name} {wrong}.");
                }
            }

            effective.Add(new EffectiveSetting(setting.Name, Shown(setting, settings), given?.Source ?? Origin));
        }

        return (settings, effective);
    }

    /// <summary>A secret is not repeated, not even when it is wrong.</summary>
    private static string Quoted(Setting setting, string text) => setting.Secret ? "" : $" is '{text.ReplaceLineEndings(" ")}' but";

    private static string Shown(Setting setting, NovaSettings settings)
    {
        var text = setting.Show(settings);
        return !setting.Secret || text.Length == 0 ? text : setting.Name == "connection" ? ConnectionText.Redacted(text) : "***";
    }
}
