namespace Bridgehead.Rules;

/// <summary>
/// The rules of one chain, each contribution's at its place. They lie side by side with their texts, and it is known whether some read the same: to list a chain of a thousand entities after a
/// change of one is a walk through memory in order, without a look at any rule.
/// </summary>
internal sealed class PlacedRules<TRule>(Func<TRule, string> textOf)
{
    private readonly List<Entry> _entries = [];

    /// <summary>How often each text is there; kept from the second contribution on, because most chains are one entity's.</summary>
    private Dictionary<string, int>? _counts;

    public bool IsEmpty => _entries.Count == 0;

    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Adds behind what is at the place already.</summary>
    public void Add(Place place, IReadOnlyList<TRule> rules)
    {
        var at = Above(place);
        if (_counts is null && _entries.Count > 0 && !(Start(place) == 0 && at == _entries.Count))
        {
            _counts = new Dictionary<string, int>(StringComparer.Ordinal);
            _entries.ForEach(entry => Count(_counts, entry.Line, 1));
        }

        var entries = rules.Select(rule => new Entry(place, textOf(rule), rule)).ToList();
        _entries.InsertRange(at, entries);
        if (_counts is not null)
        {
            entries.ForEach(entry => Count(_counts, entry.Line, 1));
        }
    }

    public void Remove(Place place)
    {
        var start = Start(place);
        var count = Above(place) - start;
        if (_counts is not null)
        {
            for (var i = start; i < start + count; i++)
            {
                Count(_counts, _entries[i].Line, -1);
            }
        }

        _entries.RemoveRange(start, count);
    }

    /// <summary>Something of each rule in order, of those that read the same only of the first.</summary>
    public List<T> Distinct<T>(Func<Entry, T> part)
    {
        var parts = new List<T>(_entries.Count);
        var seen = _counts?.Count == _entries.Count ? null : new HashSet<string>(_entries.Count, StringComparer.Ordinal);
        foreach (var entry in _entries)
        {
            if (seen is null || seen.Add(entry.Line))
            {
                parts.Add(part(entry));
            }
        }

        return parts;
    }

    private int Start(Place place) => Search(entry => entry.CompareTo(place) >= 0);

    private int Above(Place place) => Search(entry => entry.CompareTo(place) > 0);

    /// <summary>The first entry from which on the condition holds.</summary>
    private int Search(Func<Place, bool> isReached)
    {
        var (low, high) = (0, _entries.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (isReached(_entries[middle].Place))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private static void Count(Dictionary<string, int> counts, string line, int by)
    {
        var count = counts.GetValueOrDefault(line) + by;
        if (count == 0)
        {
            counts.Remove(line);
        }
        else
        {
            counts[line] = count;
        }
    }

    /// <summary>A rule with its text, at the place of the contribution that it is of.</summary>
    public readonly record struct Entry(Place Place, string Line, TRule Rule);
}
