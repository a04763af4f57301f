using System.Net;

namespace Bridgehead.Model;

/// <summary>Strict CIDR text and range arithmetic over <see cref="IPNetwork"/>.</summary>
public static class Cidr
{
    public static readonly IPNetwork AnyV4 = new(IPAddress.Any, 0);

    public static readonly IPNetwork AnyV6 = new(IPAddress.IPv6Any, 0);

    /// <summary>Parses <c>address/prefix</c> without host bits. A bare address is refused.</summary>
    public static bool TryParse(string? text, out IPNetwork network) => TryParseMasked(text, out network, out var address) && network.BaseAddress.Equals(address);

    /// <summary>As <see cref="TryParse(string?, out IPNetwork)"/>, but clears host bits instead of refusing them; the address still has them.</summary>
    public static bool TryParseMasked(string? text, out IPNetwork network, out IPAddress address)
    {
        network = default;
        address = IPAddress.None;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0 || !Ip.TryParse(text![..slash], out var parsed))
        {
            return false;
        }

        var length = text[(slash + 1)..];
        var bits = parsed.IsV4() ? 32 : 128;
        if (length.Length is < 1 or > 3 || (length.Length > 1 && length[0] == '0') || !length.All(char.IsAsciiDigit) || int.Parse(length) > bits)
        {
            return false;
        }

        var prefix = int.Parse(length);
        var host = bits - prefix;
        var low = host >= 128 ? UInt128.MaxValue : (UInt128.One << host) - 1;
        network = new IPNetwork(Ip.FromNumber(parsed.ToNumber() & ~low, parsed.IsV4()), prefix);
        address = parsed;
        return true;
    }

    public static IPNetwork Parse(string text) => TryParse(text, out var network) ? network : throw new FormatException($"'{text}' is not a CIDR without host bits");

    /// <summary>The range of one address, /32 or /128.</summary>
    public static IPNetwork Host(IPAddress address) => new(address, address.IsV4() ? 32 : 128);

    public static bool IsV4(this IPNetwork network) => network.BaseAddress.IsV4();

    public static int Bits(this IPNetwork network) => network.IsV4() ? 32 : 128;

    /// <summary>Number of addresses; a ::/0 saturates at <see cref="UInt128.MaxValue"/>.</summary>
    public static UInt128 Size(this IPNetwork network)
    {
        var bits = network.Bits() - network.PrefixLength;
        return bits >= 128 ? UInt128.MaxValue : UInt128.One << bits;
    }

    /// <summary>The last address: the broadcast address of an IPv4 network.</summary>
    public static IPAddress Last(this IPNetwork network) =>
        Ip.FromNumber(network.BaseAddress.ToNumber() | (network.Size() - 1), network.IsV4());

    public static IPAddress At(this IPNetwork network, UInt128 index) => Ip.FromNumber(network.BaseAddress.ToNumber() + index, network.IsV4());

    public static IPAddress Netmask(this IPNetwork network)
    {
        var bits = network.Bits();
        var all = bits == 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;
        return Ip.FromNumber(network.PrefixLength == 0 ? 0 : all - (network.Size() - 1), network.IsV4());
    }

    public static bool Covers(this IPNetwork outer, IPNetwork inner) =>
        outer.IsV4() == inner.IsV4() && outer.PrefixLength <= inner.PrefixLength && outer.Contains(inner.BaseAddress);

    public static bool Overlaps(this IPNetwork one, IPNetwork other) => one.Covers(other) || other.Covers(one);
}
