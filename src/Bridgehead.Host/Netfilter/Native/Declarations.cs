using Bridgehead.Netlink;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Host;

/// <summary>The kernel's sets and chains as declarations of ours; null for one that has what ours never have.</summary>
internal static class Declarations
{
    /// <summary>A concatenation's number has six bits for each part.</summary>
    private const int PartBits = 6;

    private static readonly Dictionary<int, NftType> Types = Enum.GetValues<NftType>().ToDictionary(type => OperationWriter.TypeOf(type).Number);

    public static NftChain? Of(NftId id, ChainView view)
    {
        if (view.Hook is not { } hook)
        {
            return new NftChain(id);
        }

        var chain = new NftChain(id, new NftBase((Rules.Nftables.NftHook)hook.Hook, hook.Priority, hook.Type == "nat"));
        return OperationWriter.BaseOf(chain) == hook ? chain : null;
    }

    public static NftSet? Of(NftId id, SetView view)
    {
        var data = view.Flags.HasFlag(SetFlags.Map) ? TypeOf((int)view.DataType) : null;
        var interval = view.Flags.HasFlag(SetFlags.Interval);
        if (KeyOf(view.KeyType) is not { } key || (view.Flags.HasFlag(SetFlags.Map) && (data is null || interval)) || (interval && key.Count == 1))
        {
            return null;
        }

        var set = new NftSet(id, key, data, view.HasCounter, interval) { Size = view.Size };
        return IsLike(view, OperationWriter.SpecOf(set)) ? set : null;
    }

    private static List<NftType>? KeyOf(uint number)
    {
        var key = new List<NftType>();
        for (var rest = number; rest != 0; rest >>= PartBits)
        {
            if (TypeOf((int)(rest & ((1 << PartBits) - 1))) is not { } type)
            {
                return null;
            }

            key.Insert(0, type);
        }

        return key;
    }

    private static NftType? TypeOf(int number) => Types.TryGetValue(number, out var type) ? type : null;

    /// <summary>The kernel marks sets whose elements count, and concatenations, with flags of its own: they follow from what is compared here.</summary>
    private static bool IsLike(SetView view, SetSpec spec) =>
        view.KeyLength == spec.KeyLength && (view.Flags & (SetFlags.Map | SetFlags.Interval)) == (spec.Flags & (SetFlags.Map | SetFlags.Interval));
}
