namespace Bridgehead.Rules.Inventory;

/// <summary>One line of two lists laid beside each other.</summary>
/// <param name="Wanted">Its place in the desired list; null when it is not desired.</param>
/// <param name="There">Its place in the kernel's list; null when it is not there.</param>
/// <param name="Moved">It is in both, at another place among its neighbours.</param>
internal readonly record struct AlignedLine(int? Wanted, int? There, bool Moved = false);

/// <summary>Lays what is desired beside what is there, so that as few lines as possible are said to be in the wrong place.</summary>
internal static class Alignment
{
    /// <summary>The kernel's lines in their order, with each missing one before the first line that should follow it.</summary>
    public static IEnumerable<AlignedLine> Of(IReadOnlyList<string> wanted, IReadOnlyList<string> there)
    {
        var (matches, lost) = Match(wanted, there);
        var inOrder = LongestRise(matches);
        var next = 0;
        for (var i = 0; i < there.Count; i++)
        {
            if (matches[i] is { } at && inOrder.Contains(i))
            {
                for (; next < lost.Count && lost[next] < at; next++)
                {
                    yield return new AlignedLine(lost[next], null);
                }
            }

            yield return new AlignedLine(matches[i], i, Moved: matches[i] is not null && !inOrder.Contains(i));
        }

        for (; next < lost.Count; next++)
        {
            yield return new AlignedLine(lost[next], null);
        }
    }

    /// <summary>For each line that is there its place among the desired ones, and the desired ones that nobody has. Of equal lines the first is the first.</summary>
    private static (int?[] Matches, List<int> Lost) Match(IReadOnlyList<string> wanted, IReadOnlyList<string> there)
    {
        var places = new Dictionary<string, Queue<int>>(StringComparer.Ordinal);
        for (var i = 0; i < wanted.Count; i++)
        {
            if (!places.TryGetValue(wanted[i], out var queue))
            {
                places.Add(wanted[i], queue = new Queue<int>(1));
            }

            queue.Enqueue(i);
        }

        var matches = there.Select(line => places.TryGetValue(line, out var queue) && queue.TryDequeue(out var place) ? place : (int?)null).ToArray();
        return (matches, [.. places.Values.SelectMany(queue => queue).Order()]);
    }

    /// <summary>Indices of the longest part of the list whose numbers only rise: patience sorting, so a long chain costs little.</summary>
    private static HashSet<int> LongestRise(int?[] numbers)
    {
        var tails = new List<int>();
        var before = new int[numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] is not { } number)
            {
                continue;
            }

            var pile = Pile(tails, numbers, number);
            before[i] = pile == 0 ? -1 : tails[pile - 1];
            if (pile == tails.Count)
            {
                tails.Add(i);
            }
            else
            {
                tails[pile] = i;
            }
        }

        var rise = new HashSet<int>();
        for (var i = tails.Count == 0 ? -1 : tails[^1]; i >= 0; i = before[i])
        {
            rise.Add(i);
        }

        return rise;
    }

    /// <summary>The first pile whose top is not smaller.</summary>
    private static int Pile(List<int> tails, int?[] numbers, int number)
    {
        var (low, high) = (0, tails.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (numbers[tails[middle]] < number)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
