using System.Globalization;
using System.Net;

namespace Bridgehead.Model;

/// <summary>Makers of <see cref="Setting"/>s, one for each kind of value.</summary>
internal static class SettingKinds
{
    private static readonly string[] True = ["true", "1", "on", "yes"];
    private static readonly string[] False = ["false", "0", "off", "no"];

    private static readonly string[] Units = ["", "B", "KB", "MB", "GB", "TB"];

    public static Setting Flag(string name, Func<NovaSettings, bool> get, Func<NovaSettings, bool, NovaSettings> set, string help) => new()
    {
        Name = name,
        Expected = "true or false",
        Help = help,
        Boolean = true,
        Put = (s, text) => TryFlag(text, out var flag) ? set(s, flag) : null,
        Show = s => get(s) ? "true" : "false",
    };

    /// <summary>A whole number; the option's unit belongs in the help.</summary>
    public static Setting Number(string name, (int Least, int Most) bounds, Func<NovaSettings, int> get, Func<NovaSettings, int, NovaSettings> set, string help) => new()
    {
        Name = name,
        Expected = bounds.Most == int.MaxValue ? $"a whole number, {bounds.Least} or more" : $"a whole number from {bounds.Least} to {bounds.Most}",
        Help = help,
        Put = (s, text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= bounds.Least && number <= bounds.Most
            ? set(s, number)
            : null,
        Show = s => get(s).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>A number of bytes, as glance takes it: a whole number, with B, KB, MB, GB or TB behind it (steps of 1024) or nothing.</summary>
    public static Setting Bytes(string name, Func<NovaSettings, long> get, Func<NovaSettings, long, NovaSettings> set, string help) => new()
    {
        Name = name,
        Expected = "a number of bytes such as 1073741824, 512MB or 10GB",
        Help = help,
        Put = (s, text) => TryBytes(text, out var bytes) ? set(s, bytes) : null,
        Show = s => get(s).ToString(CultureInfo.InvariantCulture),
    };

    public static Setting Port(string name, Func<NovaSettings, int> get, Func<NovaSettings, int, NovaSettings> set, string help) => Number(name, (1, 65535), get, set, help);

    public static Setting Seconds(string name, int least, Func<NovaSettings, int> get, Func<NovaSettings, int, NovaSettings> set, string help) =>
        Number(name, (least, int.MaxValue), get, set, help);

    /// <summary>-1 is unlimited.</summary>
    public static Setting Limit(string name, Func<QuotaDefaults, int> get, Func<QuotaDefaults, int, QuotaDefaults> set, string help) =>
        Number(name, (-1, int.MaxValue), s => get(s.Quota), (s, v) => s with { Quota = set(s.Quota, v) }, help + ", -1 for unlimited");

    /// <summary>Text of at least one character that <paramref name="isRight"/> takes.</summary>
    public static Setting Word(
        string name, string expected, Func<string, bool> isRight, Func<NovaSettings, string> get, Func<NovaSettings, string, NovaSettings> set, string help) => new()
        {
            Name = name,
            Expected = expected,
            Help = help,
            Put = (s, text) => text.Length > 0 && !text.Any(char.IsControl) && isRight(text) ? set(s, text) : null,
            Show = get,
        };

    /// <summary>As <see cref="Word"/>; empty text means none.</summary>
    public static Setting MaybeWord(
        string name, string expected, Func<string, bool> isRight, Func<NovaSettings, string?> get, Func<NovaSettings, string?, NovaSettings> set, string help) => new()
        {
            Name = name,
            Expected = $"{expected}, or empty",
            Help = help,
            Put = (s, text) => text.Length == 0 ? set(s, null) : !text.Any(char.IsControl) && isRight(text) ? set(s, text) : null,
            Show = s => get(s) ?? "",
        };

    public static Setting Device(string name, Func<NovaSettings, string?> get, Func<NovaSettings, string?, NovaSettings> set, string help) =>
        MaybeWord(name, "an interface name of at most 15 characters", text => DeviceName.TryParse(text, out _), get, set, help);

    /// <summary>One of a few words, in any case.</summary>
    public static Setting Choice(string name, IReadOnlyList<string> words, Func<NovaSettings, string> get, Func<NovaSettings, string, NovaSettings> set, string help) => new()
    {
        Name = name,
        Expected = $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}",
        Help = help,
        Put = (s, text) => words.FirstOrDefault(word => word.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } word ? set(s, word) : null,
        Show = get,
    };

    public static Setting Address(string name, Func<NovaSettings, IPAddress> get, Func<NovaSettings, IPAddress, NovaSettings> set, string help) => new()
    {
        Name = name,
        Expected = "an IP address without leading zeros, such as 192.168.1.90",
        Help = help,
        Put = (s, text) => Ip.TryParse(text, out var address) ? set(s, address) : null,
        Show = s => get(s).ToString(),
    };

    /// <summary>An address that rules for IPv4 are written with.</summary>
    public static Setting AddressV4(string name, Func<NovaSettings, IPAddress> get, Func<NovaSettings, IPAddress, NovaSettings> set, string help)
    {
        var any = Address(name, get, set, help);
        return any with
        {
            Expected = "an IPv4 address without leading zeros, such as 192.168.1.90",
            Put = (s, text) => Ip.TryParse(text, out var address) && address.IsV4() ? set(s, address) : null,
        };
    }

    /// <summary>An IPv4 address; empty text means none.</summary>
    public static Setting MaybeAddressV4(string name, Func<NovaSettings, IPAddress?> get, Func<NovaSettings, IPAddress?, NovaSettings> set, string help) => new()
    {
        Name = name,
        Expected = "an IPv4 address without leading zeros, such as 192.168.1.90, or empty",
        Help = help,
        Put = (s, text) => text.Length == 0 ? set(s, null) : Ip.TryParse(text, out var address) && address.IsV4() ? set(s, address) : null,
        Show = s => get(s)?.ToString() ?? "",
    };

    public static Setting Addresses(string name, Func<NovaSettings, IReadOnlyList<IPAddress>> get, Func<NovaSettings, IReadOnlyList<IPAddress>, NovaSettings> set, string help) => new()
    {
        Name = name,
        Expected = "IP addresses separated by commas",
        Help = help,
        Multiple = true,
        Put = (s, text) => Items(text, item => Ip.TryParse(item, out var address) ? address : null) is { } all ? set(s, all) : null,
        Show = s => string.Join(',', get(s)),
    };

    public static Setting Ranges(string name, Func<NovaSettings, IReadOnlyList<IPNetwork>> get, Func<NovaSettings, IReadOnlyList<IPNetwork>, NovaSettings> set, string help) => new()
    {
        Name = name,
        Expected = "IPv4 ranges without host bits, such as 10.128.0.0/24, separated by commas",
        Help = help,
        Multiple = true,
        Put = (s, text) => Items(text, item => Cidr.TryParse(item, out var range) && range.IsV4() ? (object)range : null) is { } all ? set(s, [.. all.Cast<IPNetwork>()]) : null,
        Show = s => string.Join(',', get(s)),
    };

    public static Setting Range(string name, Func<NovaSettings, IPNetwork> get, Func<NovaSettings, IPNetwork, NovaSettings> set, string help) => new()
    {
        Name = name,
        Expected = "an IPv4 range without host bits, such as 10.0.0.0/8",
        Help = help,
        Put = (s, text) => Cidr.TryParse(text, out var range) && range.IsV4() ? set(s, range) : null,
        Show = s => get(s).ToString(),
    };

    public static bool TryFlag(string text, out bool flag)
    {
        flag = True.Contains(text, StringComparer.OrdinalIgnoreCase);
        return flag || False.Contains(text, StringComparer.OrdinalIgnoreCase);
    }

    private static bool TryBytes(string text, out long bytes)
    {
        var digits = text.TrimEnd('b', 'B', 'k', 'K', 'm', 'M', 'g', 'G', 't', 'T', ' ');
        var power = Array.IndexOf(Units, text[digits.Length..].Trim().ToUpperInvariant());
        var unit = power < 1 ? 1L : 1L << (10 * (power - 1));
        bytes = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && power >= 0 && number <= long.MaxValue / unit ? number * unit : -1;
        return bytes >= 0;
    }

    /// <summary>Null when one item is wrong. Empty items, as after a last comma, are not items.</summary>
    private static List<T>? Items<T>(string text, Func<string, T?> parse)
        where T : class
    {
        var items = text.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(parse).ToList();
        return items.Contains(null) ? null : [.. items.Select(item => item!)];
    }
}
