namespace Bridgehead.Model;

/// <summary>
/// One option: how its text becomes a part of the settings, and back. Reading, help and <c>config list</c> all come from these.
/// </summary>
internal sealed record Setting
{
    public required string Name { get; init; }

    /// <summary>Completes "must be …".</summary>
    public required string Expected { get; init; }

    /// <summary>One line.</summary>
    public required string Help { get; init; }

    /// <summary>Null when the text is not what is expected.</summary>
    public required Func<NovaSettings, string, NovaSettings?> Put { get; init; }

    /// <summary>The value as text that <see cref="Put"/> takes.</summary>
    public required Func<NovaSettings, string> Show { get; init; }

    /// <summary>The default as text where it depends on other options or on the machine; else the record's own default.</summary>
    public string? Default { get; init; }

    public bool Boolean { get; init; }

    /// <summary>Several values, comma-separated; a file may repeat the option.</summary>
    public bool Multiple { get; init; }

    /// <summary>The value, or a password in it, is never shown.</summary>
    public bool Secret { get; init; }

    /// <summary>An older name that means the same.</summary>
    public string? Alias { get; init; }

    /// <summary>A section of the file, besides <c>[DEFAULT]</c>, where the option may stand.</summary>
    public string? Section { get; init; }

    /// <summary>The option's name in that section, where it is another.</summary>
    public string? NameInSection { get; init; }
}
