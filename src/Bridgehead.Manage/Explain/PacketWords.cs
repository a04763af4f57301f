using Bridgehead.Model;

namespace Bridgehead.Manage;

/// <summary>Words on the command line that say something of a packet.</summary>
internal static class PacketWords
{
    public static readonly Problem NoPorts = Problem.Bad("icmp has no ports: give --icmp_type.");

    public static Problem NoProtocol(string name) => Problem.Bad($"--proto is tcp, udp or icmp, not '{name}'.");

    public static Problem NoInterface(string via) => Problem.Bad($"'{via}' is neither an interface of this host nor a server or a server's port.");

    /// <summary>Null when it was not given.</summary>
    public static Outcome<ushort?> Port(ManageCall call, string name) => call[name] is not { } text ? (ushort?)null
        : ushort.TryParse(text, out var port) && port > 0 ? port : Problem.Bad($"--{name} is a number from 1 to 65535, not '{text}'.");

    /// <summary>A type, or a type and a code as in <c>3/4</c>.</summary>
    public static Outcome<(byte Type, byte? Code)> IcmpType(string text)
    {
        var words = text.Split('/');
        byte code = 0;
        return byte.TryParse(words[0], out var type) && words.Length <= 2 && (words.Length == 1 || byte.TryParse(words[1], out code))
            ? (type, words.Length == 1 ? null : code)
            : Problem.Bad($"--icmp_type is a type, or a type and a code such as 3/4, not '{text}'.");
    }
}
