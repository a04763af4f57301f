namespace Bridgehead.Cli;

/// <summary>How many values a parameter takes.</summary>
internal enum Takes
{
    /// <summary>A switch.</summary>
    Nothing,

    /// <summary>An option whose value may be left out, or an argument that may.</summary>
    AtMostOne,

    One,

    /// <summary>One or more; an option is repeated for them.</summary>
    Many,

    /// <summary>Arguments to the end of the line, perhaps none.</summary>
    Any,
}

/// <summary>An argument or option of a command, as data: parsing, help and completion all read it.</summary>
/// <param name="Name">An option starts with dashes.</param>
/// <param name="Shown">How its value is written in help.</param>
internal sealed record Parameter(string Name, string Shown, string Summary, Takes Takes)
{
    /// <summary>Other spellings, of older clients; not in the help.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    public bool IsOption => Name.StartsWith('-');

    public bool IsRequired => !IsOption && Takes is Takes.One or Takes.Many;

    public static Parameter Argument(string name, string summary, Takes takes = Takes.One) => new(name, $"<{name}>", summary, takes);

    public static Parameter Option(string name, string shown, string summary, params IReadOnlyList<string> aliases) => new(name, shown, summary, Takes.One) { Aliases = aliases };

    public static Parameter Repeated(string name, string shown, string summary, params IReadOnlyList<string> aliases) => new(name, shown, summary, Takes.Many) { Aliases = aliases };

    public static Parameter Switch(string name, string summary, params IReadOnlyList<string> aliases) => new(name, "", summary, Takes.Nothing) { Aliases = aliases };

    /// <summary>A switch that may be told 0 or 1.</summary>
    public static Parameter Toggle(string name, string summary) => new(name, "[<0|1>]", summary, Takes.AtMostOne);

    /// <summary>The parameter in a usage line.</summary>
    public string Usage() => (IsOption, Takes) switch
    {
        (true, Takes.Nothing) => $"[{Name}]",
        (true, _) => $"[{Name} {Shown}]",
        (_, Takes.AtMostOne) => $"[{Shown}]",
        (_, Takes.Many) => $"{Shown} [{Shown} ...]",
        (_, Takes.Any) => $"[{Shown} ...]",
        _ => Shown,
    };
}
