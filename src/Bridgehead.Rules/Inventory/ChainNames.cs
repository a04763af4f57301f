namespace Bridgehead.Rules.Inventory;

/// <summary>The order of names in which numbers count as numbers: inst-2 before inst-10.</summary>
internal sealed class ChainNames : IComparer<string>
{
    public static ChainNames Order { get; } = new();

    public int Compare(string? x, string? y)
    {
        var (left, right) = (x ?? "", y ?? "");
        int i = 0, k = 0;
        while (i < left.Length && k < right.Length)
        {
            var (a, b) = (Digits(left, i), Digits(right, k));
            var order = a.Length > 0 && b.Length > 0 ? CompareNumbers(a, b) : left[i].CompareTo(right[k]);
            if (order != 0)
            {
                return order;
            }

            (i, k) = (i + Math.Max(a.Length, 1), k + Math.Max(b.Length, 1));
        }

        return (left.Length - i).CompareTo(right.Length - k);
    }

    private static string Digits(string text, int from)
    {
        var to = from;
        while (to < text.Length && char.IsAsciiDigit(text[to]))
        {
            to++;
        }

        return text[from..to];
    }

    private static int CompareNumbers(string left, string right)
    {
        var (a, b) = (left.TrimStart('0'), right.TrimStart('0'));
        var order = a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b);

        // Equal numbers that are written differently are different names.
        return order != 0 ? order : left.Length.CompareTo(right.Length);
    }
}
