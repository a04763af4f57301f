using System.Text;

namespace Bridgehead.Cli;

/// <summary>The help, made from the same data as the parser.</summary>
internal static class HelpText
{
    private const int Wide = 80;
    private const int Column = 34;

    public static string Version { get; } = (typeof(HelpText).Assembly.GetName().Version ?? new Version(0, 0)).ToString(3);

    /// <summary>All commands.</summary>
    public static string All()
    {
        var text = new StringBuilder(Usage(null));
        text.Append("\nCommand-line client of the compute API, with nova-network's commands.\n\nPositional arguments:\n  <subcommand>\n");
        foreach (var verb in VerbTable.All.OrderBy(verb => verb.Name, StringComparer.Ordinal))
        {
            Entry(text, $"    {verb.Name}", verb.Summary);
            foreach (var alias in verb.Aliases)
            {
                Entry(text, $"    {alias}", $"The same as {verb.Name}.");
            }
        }

        Options(text, GlobalOptions.All);
        return text.Append("\nSee \"nova help COMMAND\" for help on a specific command.\n").ToString();
    }

    /// <summary>One command.</summary>
    public static string Of(Verb verb)
    {
        var text = new StringBuilder(Usage(verb)).Append('\n').Append(verb.Summary).Append('\n');
        var arguments = verb.Parameters.Where(p => !p.IsOption).ToList();
        if (arguments.Count > 0)
        {
            text.Append("\nPositional arguments:\n");
            arguments.ForEach(p => Entry(text, $"  {p.Shown}", p.Summary));
        }

        var options = verb.Parameters.Where(p => p.IsOption).ToList();
        if (options.Count > 0)
        {
            Options(text, options);
        }

        return verb.Aliases.Count == 0 ? text.ToString() : text.Append($"\nAlso known as: {string.Join(", ", verb.Aliases)}.\n").ToString();
    }

    /// <summary>The usage lines alone, as they stand before an error.</summary>
    public static string Usage(Verb? verb)
    {
        var start = verb is null ? "usage: nova" : $"usage: nova {verb.Name}";
        var parameters = verb?.Parameters ?? GlobalOptions.All;
        var parts = parameters.Where(p => p.IsOption).Concat(parameters.Where(p => !p.IsOption)).Select(p => p.Usage());
        return Wrapped(start, verb is null ? [.. parts, "<subcommand> ..."] : parts);
    }

    private static void Options(StringBuilder text, IReadOnlyList<Parameter> options)
    {
        text.Append("\nOptional arguments:\n");
        foreach (var option in options)
        {
            Entry(text, $"  {option.Name}{(option.Shown.Length > 0 ? " " : "")}{option.Shown}", option.Summary);
        }
    }

    /// <summary>A name and what it means beside it, or below it when the name is long.</summary>
    private static void Entry(StringBuilder text, string name, string summary)
    {
        text.Append(name);
        if (name.Length > Column - 2)
        {
            text.Append('\n');
            name = "";
        }

        var at = Column;
        text.Append(' ', Column - name.Length);
        foreach (var word in summary.Split(' '))
        {
            if (at > Column && at + word.Length + 1 > Wide + 20)
            {
                text.Append('\n').Append(' ', Column);
                at = Column;
            }

            text.Append(at > Column ? " " : "").Append(word);
            at += word.Length + 1;
        }

        text.Append('\n');
    }

    private static string Wrapped(string start, IEnumerable<string> parts)
    {
        var text = new StringBuilder(start);
        var at = start.Length;
        foreach (var part in parts)
        {
            if (at + part.Length + 1 > Wide)
            {
                text.Append('\n').Append(' ', start.Length);
                at = start.Length;
            }

            text.Append(' ').Append(part);
            at += part.Length + 1;
        }

        return text.Append('\n').ToString();
    }
}
