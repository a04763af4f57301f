namespace Bridgehead.Api;

/// <summary>What stands in the place of <c>SERVER</c>, <c>IMAGE</c>, <c>NETWORK</c> and <c>GROUP</c> in the routes' examples: ids of such things. A group's id is a number.</summary>
public sealed record Placeholders(string Server, string Image, string Network, string Group)
{
    /// <summary>Ids for reading.</summary>
    public static Placeholders Sample { get; } =
        new("5f0c3a1e-7d24-4b8e-9a31-2c6f0e8d4b17", "0b7d9c52-1e3f-4a68-8c95-d3a2f1b60e74", "c81e2d7f-4a5b-46c3-b9d0-6e7f8a9b0c1d", "7");

    public string Fill(string text) => text
        .Replace("SERVER", Server, StringComparison.Ordinal)
        .Replace("IMAGE", Image, StringComparison.Ordinal)
        .Replace("NETWORK", Network, StringComparison.Ordinal)
        .Replace("GROUP", Group, StringComparison.Ordinal);
}
