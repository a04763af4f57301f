namespace Bridgehead.Cli;

/// <summary>What was typed, by parameter. A parameter that was not given is not in it.</summary>
internal sealed class Arguments(IReadOnlyDictionary<string, IReadOnlyList<string>> given)
{
    public bool Has(string name) => given.ContainsKey(name);

    public IReadOnlyList<string> Values(string name) => given.TryGetValue(name, out var values) ? values : [];

    public string? Value(string name) => Values(name) is { Count: > 0 } values ? values[^1] : null;

    /// <summary>Whether a toggle is on: named without a value, or with one that is not zero.</summary>
    public bool IsOn(string name) => Has(name) && Value(name) is not ("0" or "False" or "false" or "no");

    public int? Int(string name) => Value(name) is not { } text ? null
        : int.TryParse(text, out var number) ? number
        : throw new UsageException($"argument {name}: invalid int value: '{text}'");

    /// <summary>Repeated <c>key=value</c> pairs.</summary>
    public IEnumerable<KeyValuePair<string, string>> Pairs(string name) => Values(name).Select(Pair);

    public static KeyValuePair<string, string> Pair(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0 ? new(text[..at], text[(at + 1)..]) : throw new CommandException($"'{text}' is not of the form key=value.");
    }
}
