using System.Text;

namespace Bridgehead.Model;

/// <summary>An option's text and where it was written.</summary>
internal readonly record struct SettingText(string Text, string Source);

/// <summary>The texts of options, later sources over earlier ones, with references to other options resolved.</summary>
internal sealed class SettingTexts(HostFacts facts)
{
    /// <summary>The source of values that nobody gave.</summary>
    public const string DefaultSource = "default";

    private const int Deepest = 8;
    private readonly Dictionary<Setting, SettingText> _texts = [];

    public void Set(Setting setting, string text, string source) => _texts[setting] = new SettingText(text, source);

    /// <summary>A repeated option of one source adds to its value when it can have several.</summary>
    public void Add(Setting setting, string text, string source) =>
        Set(setting, setting.Multiple && _texts.TryGetValue(setting, out var before) ? $"{before.Text},{text}" : text, source);

    public void MergeOver(SettingTexts later)
    {
        foreach (var (setting, text) in later._texts)
        {
            _texts[setting] = text;
        }
    }

    /// <summary>The option's text in effect; null when the record's own default stands.</summary>
    public SettingText? Find(Setting setting) => _texts.TryGetValue(setting, out var text) ? text : Default(setting) is { } given ? new SettingText(given, DefaultSource) : null;

    /// <summary>Replaces <c>$option</c> and <c>${option}</c> by that option's text, and <c>$$</c> by <c>$</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="wrong">What is wrong with a reference, to end a sentence with; null when nothing is.</param>
    public string Expand(string text, out string? wrong) => Expand(text, 0, out wrong);

    private string? Default(Setting setting) => setting.Name switch
    {
        "host" => facts.HostName,
        "my_ip" => facts.MyIp.ToString(),
        "state_path" => facts.StatePath,
        _ => setting.Default,
    };

    private string Expand(string text, int depth, out string? wrong)
    {
        wrong = null;
        var expanded = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '$' || at + 1 == text.Length)
            {
                expanded.Append(text[at]);
                continue;
            }

            var (name, end) = Reference(text, at + 1);
            if (name is null)
            {
                expanded.Append('$');
                at = text[at + 1] == '$' ? at + 1 : at;
                continue;
            }

            if (SettingsTable.Find(name) is not { } other || depth == Deepest)
            {
                wrong = depth == Deepest ? $"refers to itself through ${name}" : $"refers to ${name}, which is not an option: a dollar sign is written $$";
                return text;
            }

            expanded.Append(Expand(Find(other)?.Text ?? other.Show(Bare), depth + 1, out wrong));
            at = end - 1;
            if (wrong is not null)
            {
                return text;
            }
        }

        return expanded.ToString();
    }

    private NovaSettings Bare => SettingsReader.Bare(facts);

    /// <summary>The name after a dollar sign and where it ends; no name when it is only a dollar sign.</summary>
    private static (string? Name, int End) Reference(string text, int start)
    {
        var braced = text[start] == '{';
        var first = braced ? start + 1 : start;
        var end = first;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        if (end == first || char.IsAsciiDigit(text[first]) || (braced && (end == text.Length || text[end] != '}')))
        {
            return (null, start);
        }

        return (text[first..end], braced ? end + 1 : end);
    }
}
