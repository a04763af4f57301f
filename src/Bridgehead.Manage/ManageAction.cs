namespace Bridgehead.Manage;

/// <summary>A parameter of an action: a flag, or, in the order of the list, a positional value.</summary>
internal sealed record Parameter(string Name, string Help)
{
    /// <summary>nova's flag; else two dashes and the name.</summary>
    public string Flag { get; init; } = "--" + Name;

    /// <summary>Other spellings of the flag.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Given or not, without a value and never by position.</summary>
    public bool Boolean { get; init; }

    public bool Required { get; init; }
}

/// <summary>One action. Its work returns the exit code.</summary>
internal sealed record ManageAction(string Name, string Help, IReadOnlyList<Parameter> Parameters, Func<ManageCall, Task<int>> RunAsync)
{
    /// <summary>False for actions that must work without a readable configuration.</summary>
    public bool NeedsSettings { get; init; } = true;

    /// <summary>Takes any words, without checks.</summary>
    public bool AnyWords { get; init; }
}

/// <summary>Actions on one kind of thing: <c>nova-manage NAME ACTION</c>.</summary>
internal sealed record ManageCategory(string Name, string Help, IReadOnlyList<ManageAction> Actions)
{
    /// <summary>Another name, as <c>account</c> for <c>project</c>.</summary>
    public string? Alias { get; init; }
}
