using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Bridgehead.Model;

/// <summary>A 48-bit Ethernet address; text is six lower-case hex pairs separated by colons.</summary>
public readonly record struct MacAddress(long Value)
{
    /// <summary>OpenStack's prefix for instance interfaces, <c>fa:16:3e</c>, with three bytes from the caller's random source.</summary>
    public static MacAddress ForInstance(int random24) => new((0xfa163eL << 24) | (uint)(random24 & 0xffffff));

    public static bool TryParse([NotNullWhen(true)] string? text, out MacAddress mac)
    {
        mac = default;
        if (text is null || text.Length != 17)
        {
            return false;
        }

        long value = 0;
        for (var i = 0; i < 17; i++)
        {
            if (i % 3 == 2)
            {
                if (text[i] != ':')
                {
                    return false;
                }
            }
            else if (char.IsAsciiHexDigit(text[i]))
            {
                value = (value << 4) | (uint)Convert.ToInt32(text[i].ToString(), 16);
            }
            else
            {
                return false;
            }
        }

        mac = new MacAddress(value);
        return true;
    }

    public static MacAddress Parse(string text) => TryParse(text, out var mac) ? mac : throw new FormatException($"'{text}' is not a MAC address");

    /// <summary>The address an interface with this MAC gives itself in <paramref name="prefix"/> (/64, EUI-64; nova's ipv6_backend rfc2462).</summary>
    public IPAddress Eui64(IPNetwork prefix)
    {
        var v = (ulong)Value;
        var high = ((v >> 24) ^ 0x020000UL) & 0xffffff;
        var id = (high << 40) | 0xfffe000000UL | (v & 0xffffff);
        return Ip.FromNumber(prefix.BaseAddress.ToNumber() | id, v4: false);
    }

    public override string ToString()
    {
        var hex = Value.ToString("x12", null);
        return string.Join(':', Enumerable.Range(0, 6).Select(i => hex.Substring(i * 2, 2)));
    }
}
