namespace Bridgehead.Rules.Tracing;

/// <summary>Reads what <c>nft --handle --stateless list table</c> prints of other people's tables.</summary>
public static class NftListing
{
    private const string Handle = " # handle ";

    public static IReadOnlyList<BookChain> Parse(string text)
    {
        var chains = new List<BookChain>();
        var (family, table) = ("", "");
        List<BookRule>? rules = null;
        foreach (var line in text.Split('\n'))
        {
            var (content, handle) = Split(line.Trim());
            var words = content.Split(' ');
            if (line.StartsWith("table ", StringComparison.Ordinal) && words.Length > 2)
            {
                (family, table) = (words[1], words[2]);
            }
            else if (line.StartsWith("\tchain ", StringComparison.Ordinal))
            {
                rules = [];
                chains.Add(new BookChain(family, table, $"{family} {table}", words[1], rules));
            }
            else if (line == "\t}")
            {
                rules = null;
            }
            else if (handle is { } number)
            {
                rules?.Add(new BookRule(number, content, null, null, Foreign: true));
            }
        }

        return chains;
    }

    private static (string Content, ulong? Handle) Split(string line)
    {
        var at = line.LastIndexOf(Handle, StringComparison.Ordinal);
        return at >= 0 && ulong.TryParse(line[(at + Handle.Length)..], out var handle) ? (line[..at], handle) : (line, null);
    }
}
