using System.Net;
using System.Net.Sockets;

namespace Bridgehead.Model;

/// <summary>
/// Strict address text and address arithmetic. The framework's parser takes "1", "0x7f.1" and "10.0.0.010" for addresses;
/// in a firewall rule that opens the wrong hosts, so this is the only parser the product uses.
/// </summary>
public static class Ip
{
    /// <summary>Parses a dotted quad without leading zeros, or an IPv6 address without zone index.</summary>
    public static bool TryParse(string? text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text is null || text.Length is < 2 or > 45)
        {
            return false;
        }

        return text.Contains(':', StringComparison.Ordinal) ? TryParseV6(text, out address) : TryParseV4(text, out address);
    }

    /// <summary>For text known to be an address; throws <see cref="FormatException"/> otherwise.</summary>
    public static IPAddress Parse(string text) => TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IP address");

    public static bool IsV4(this IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>The address as a number; orders addresses of one family.</summary>
    public static UInt128 ToNumber(this IPAddress address)
    {
        UInt128 number = 0;
        foreach (var octet in address.GetAddressBytes())
        {
            number = (number << 8) | octet;
        }

        return number;
    }

    /// <summary>The inverse of <see cref="ToNumber"/>.</summary>
    public static IPAddress FromNumber(UInt128 number, bool v4)
    {
        var octets = new byte[v4 ? 4 : 16];
        for (var i = octets.Length - 1; i >= 0; i--)
        {
            octets[i] = (byte)(number & 0xff);
            number >>= 8;
        }

        return new IPAddress(octets);
    }

    public static IPAddress Plus(this IPAddress address, Int128 offset) =>
        FromNumber((UInt128)((Int128)address.ToNumber() + offset), address.IsV4());

    /// <summary>A text key whose ordinal order is the numeric order of addresses (32 hex digits).</summary>
    public static string ToKey(this IPAddress address) => address.ToNumber().ToString("x32", null);

    private static bool TryParseV4(string text, out IPAddress address)
    {
        address = IPAddress.None;
        var octets = new byte[4];
        var parts = text.Split('.');
        if (parts.Length != 4)
        {
            return false;
        }

        for (var i = 0; i < 4; i++)
        {
            var part = parts[i];
            if (part.Length is < 1 or > 3 || (part.Length > 1 && part[0] == '0') || !part.All(char.IsAsciiDigit) || int.Parse(part) > 255)
            {
                return false;
            }

            octets[i] = (byte)int.Parse(part);
        }

        address = new IPAddress(octets);
        return true;
    }

    private static bool TryParseV6(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (!text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.'))
        {
            return false;
        }

        // The last 32 bits may be a dotted quad, which the framework reads as loosely as it reads one alone.
        if (text.Contains('.', StringComparison.Ordinal) && !TryParseV4(text[(text.LastIndexOf(':') + 1)..], out _))
        {
            return false;
        }

#pragma warning disable RS0030 // The alphabet is checked above: no zone index, no port, no brackets.
        var parsed = IPAddress.TryParse(text, out var found) && found.AddressFamily == AddressFamily.InterNetworkV6;
#pragma warning restore RS0030
        address = parsed ? found! : IPAddress.None;
        return parsed;
    }
}
