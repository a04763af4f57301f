using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Inventory;

namespace Bridgehead.Manage;

/// <summary>A rule as it is printed; without text, a remark in the place of rules.</summary>
internal sealed record RuleRow(ListedState State, RuleCount? Count, string Text, string Why);

/// <summary>The columns of a listing: mark, packets, bytes, rule, reason.</summary>
internal sealed class RuleLines
{
    /// <summary>A longer rule does not move the reasons of all others to the right.</summary>
    private const int LongestRule = 100;

    /// <summary>A column of reasons that is narrower is no column.</summary>
    private const int NarrowestWhy = 32;
    private const int Gap = 2;

    private readonly int _packets;
    private readonly int _bytes;

    /// <param name="columns">The terminal's; null for lines of any length.</param>
    /// <param name="rules">Whose counters are to be aligned.</param>
    public RuleLines(int? columns, IEnumerable<ListedRule> rules)
    {
        Columns = columns;
        (_packets, _bytes) = ("packets".Length, "bytes".Length);
        foreach (var count in rules.Select(rule => rule.Count).OfType<RuleCount>())
        {
            _packets = Math.Max(_packets, Short(count.Packets).Length);
            _bytes = Math.Max(_bytes, Short(count.Bytes).Length);
        }
    }

    public int? Columns { get; }

    public string Header => $"  {"packets".PadLeft(_packets)} {"bytes".PadLeft(_bytes)}  rule, and why it is there";

    /// <summary>Where rules begin.</summary>
    private int Margin => 2 + _packets + 1 + _bytes + Gap;

    public static string MarkOf(ListedState state) => state switch
    {
        ListedState.Missing => "-",
        ListedState.Unexpected => "+",
        ListedState.Moved => "~",
        ListedState.Altered => "!",
        ListedState.Foreign => "?",
        _ => " ",
    };

    /// <summary>One chain's lines.</summary>
    public IEnumerable<string> Of(IReadOnlyList<RuleRow> rows)
    {
        if (rows.Count == 0)
        {
            return [];
        }

        var rule = Math.Min(rows.Max(row => SafeText.Width(row.Text)), LongestRule);
        var why = rows.Max(row => SafeText.Width(row.Why));
        var isBeside = Columns is not { } columns || columns - Margin - rule - Gap >= Math.Min(why, NarrowestWhy);
        return rows.SelectMany(row => row.Text.Length == 0 ? [$"{Counts(row)}{row.Why}"] : isBeside ? Beside(row, rule) : Below(row));
    }

    /// <summary>As iptables shortens what is long: 99999, 100K, 10M.</summary>
    internal static string Short(ulong number)
    {
        const ulong Thousand = 1000;
        if (number < 100 * Thousand)
        {
            return $"{number}";
        }

        var unit = 0;
        while (number >= 10 * Thousand && unit < "KMGTPE".Length)
        {
            number = (number + (Thousand / 2)) / Thousand;
            unit++;
        }

        return $"{number}{"KMGTPE"[unit - 1]}";
    }

    private IEnumerable<string> Beside(RuleRow row, int rule)
    {
        var indent = Margin + rule + Gap;
        if (Columns is { } columns && SafeText.Width(row.Text) > rule)
        {
            return Below(row);
        }

        var whys = TextWrap.Lines(row.Why, Columns - indent).ToList();
        var first = $"{Counts(row)}{row.Text}{new string(' ', Math.Max(rule - SafeText.Width(row.Text), 0) + Gap)}{whys.FirstOrDefault()}".TrimEnd();
        return whys.Skip(1).Select(line => new string(' ', indent) + line).Prepend(first);
    }

    private IEnumerable<string> Below(RuleRow row)
    {
        var texts = TextWrap.Lines(row.Text, Columns - Margin, indent: 4).Select((line, i) => (i == 0 ? Counts(row) : new string(' ', Margin)) + line);
        return texts.Concat(TextWrap.Lines(row.Why, Columns - Margin - Gap).Select(line => new string(' ', Margin + Gap) + line));
    }

    private string Counts(RuleRow row) =>
        $"{MarkOf(row.State)} {(row.Count is { } count ? Short(count.Packets) : "").PadLeft(_packets)} {(row.Count is { } bytes ? Short(bytes.Bytes) : "").PadLeft(_bytes)}{new string(' ', Gap)}";
}
