namespace Bridgehead.Cli;

/// <summary>One command of <c>nova</c>.</summary>
internal sealed record Verb(string Name, string Summary, IReadOnlyList<Parameter> Parameters, Func<Call, Task> RunAsync)
{
    /// <summary>Other names it is known by.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}

/// <summary>One run of a command: what was typed, the cloud, and where the result goes.</summary>
internal sealed record Call(Arguments Arguments, ComputeClient Compute, Terminal Terminal, NovaSurroundings Surroundings)
{
    public Lookup Lookup { get; } = new(Compute);

    /// <summary>The value of an argument or option; the last one where it was repeated.</summary>
    public string? this[string name] => Arguments.Value(name);

    /// <summary>The value of an argument the parser insists on.</summary>
    public string Required(string name) => Arguments.Value(name) ?? throw new UsageException($"the following arguments are required: <{name}>");
}
