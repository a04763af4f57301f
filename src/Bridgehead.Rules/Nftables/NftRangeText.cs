using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules.Nftables;

/// <summary>A range of values of one type in nft's words: one value, a prefix where it is one, or both ends.</summary>
internal static class NftRangeText
{
    public static string Of(NftType type, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last)
    {
        if (first.SequenceEqual(last))
        {
            return NftText.Of(type, first);
        }

        return type is NftType.Ipv4Addr or NftType.Ipv6Addr && PrefixOf(first, last) is { } bits ? $"{NftText.Of(type, first)}/{bits}" : $"{NftText.Of(type, first)}-{NftText.Of(type, last)}";
    }

    /// <summary>How many bits the addresses from one to the other share, when no others share them.</summary>
    private static int? PrefixOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last)
    {
        var (from, to) = (new IPAddress(first).ToNumber(), new IPAddress(last).ToNumber());
        var different = from ^ to;
        var isPrefix = (different & (different + 1)) == 0 && (from & different) == 0;
        return isPrefix ? (8 * first.Length) - (int)UInt128.PopCount(different) : null;
    }
}
