using System.Globalization;
using Bridgehead.Model;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Testing;

/// <summary>
/// A real packet's events as a kernel told them, with the rules that they name. Lines of fields between tabs: <c>chain</c> family, table, table's name, chain; then its rules: <c>rule</c> handle, whose,
/// security group rule, why, text; then <c>event</c> packet, family, table, chain, handle, verdict, target, input, output, link, network and transport header. A dash is nothing.
/// </summary>
public sealed class Recording
{
    private readonly List<TraceEvent> _events = [];

    private Recording(IReadOnlyList<BookChain> chains) => Book = new RuleBook(chains);

    public RuleBook Book { get; }

    public IReadOnlyList<TraceEvent> Events => _events;

    /// <summary>The tracing table in it.</summary>
    public string Table => _events[0].Table;

    public static Recording Of(string name)
    {
        var lines = File.ReadLines(Path.Combine(Golden.Root, "test/Bridgehead.Testing/Netfilter/recorded", $"{name}.tsv")).Select(line => line.Split('\t')).ToList();
        var chains = new List<BookChain>();
        var rules = new List<BookRule>();
        foreach (var line in lines)
        {
            if (line[0] == "chain")
            {
                chains.Add(new BookChain(line[1], line[2], line[3], line[4], rules = []));
            }
            else if (line[0] == "rule")
            {
                rules.Add(new BookRule(Number(line[1]), line[5], Text(line[4]), line[3] == "-" ? null : (long)Number(line[3]), line[2] == "foreign"));
            }
        }

        var recording = new Recording(chains);
        recording._events.AddRange(lines.Where(line => line[0] == "event").Select(EventOf));
        return recording;
    }

    private static TraceEvent EventOf(string[] line) => new((uint)Number(line[1]), line[2], line[3], line[4], line[5] == "-" ? null : Number(line[5]), Enum.Parse<EventVerdict>(line[6]))
    {
        Target = Text(line[7]),
        Input = Text(line[8]) is { } input ? DeviceName.Parse(input) : null,
        Output = Text(line[9]) is { } output ? DeviceName.Parse(output) : null,
        Headers = line[11] == "-" ? null : new PacketHeaders(Bytes(line[10]), Bytes(line[11]), Bytes(line[12])),
    };

    private static ulong Number(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);

    private static string? Text(string text) => text == "-" ? null : text;

    private static byte[] Bytes(string text) => text == "-" ? [] : Convert.FromHexString(text);
}
