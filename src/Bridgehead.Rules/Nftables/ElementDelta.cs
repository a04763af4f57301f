namespace Bridgehead.Rules.Nftables;

/// <summary>What goes from a set and what comes, from what it should hold and what it holds. An element with other data does both. Pure.</summary>
internal readonly record struct ElementDelta(List<(NftValue Key, NftData Data)> Gone, List<(NftValue Key, NftData Data)> Come)
{
    /// <summary>Of all elements: there are thousands, and nearly always each is as it should be and is looked at once.</summary>
    public static ElementDelta OfAll(SetBook sets, NftId set, Dictionary<NftValue, NftData> known)
    {
        var (delta, kept) = (new ElementDelta([], []), 0);
        foreach (var element in sets.Elements(set))
        {
            if (known.TryGetValue(element.Key, out var data) && data == element.Data)
            {
                kept++;
            }
            else
            {
                delta.Come.Add(element);
            }
        }

        if (kept < known.Count)
        {
            delta.Gone.AddRange(known.Where(element => sets.Find(set, element.Key) != element.Value).Select(element => (element.Key, element.Value)));
        }

        return delta;
    }

    public static ElementDelta OfTouched(SetBook sets, NftId set, Dictionary<NftValue, NftData> known, IEnumerable<NftValue> touched)
    {
        var delta = new ElementDelta([], []);
        foreach (var key in touched)
        {
            var (wanted, there) = (sets.Find(set, key), known.TryGetValue(key, out var data));
            if (there && wanted != data)
            {
                delta.Gone.Add((key, data));
            }

            if (wanted is { } value && !(there && value == data))
            {
                delta.Come.Add((key, value));
            }
        }

        return delta;
    }
}
