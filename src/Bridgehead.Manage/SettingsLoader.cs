using System.Collections;
using System.Net;
using System.Net.Sockets;
using Bridgehead.Model;

namespace Bridgehead.Manage;

/// <summary>
/// Reads a program's settings from this machine: the files named by <c>--config-file</c> (repeatable), else by the variable BRIDGEHEAD_CONFIG_FILE, else
/// /etc/bridgehead/nova.conf or /etc/nova/nova.conf, whichever is there; then the environment and the flags. Every program of this executable starts with it.
/// </summary>
public static class SettingsLoader
{
    private static readonly string[] UsualFiles = ["/etc/bridgehead/nova.conf", "/etc/nova/nova.conf"];
    private static readonly string[] FileFlags = ["--config-file", "--config_file"];

    /// <summary>The problem's message has one sentence a line, one for each mistake.</summary>
    public static Outcome<SettingsResult> Load(string[] flags)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => KeyValuePair.Create((string)e.Key, (string?)e.Value ?? ""));
        if (!SplitFiles(flags).Succeeded(out var split, out var problem) || !ReadFiles(split.Files).Succeeded(out var files, out problem))
        {
            return problem;
        }

        return SettingsReader.Read(files, environment, split.Flags, new HostFacts(Environment.MachineName, DefaultAddress(), DefaultStatePath()));
    }

    /// <summary>Cuts a command line where the settings' flags at its head end.</summary>
    public static (string[] Flags, string[] Others) TakeFlags(string[] arguments)
    {
        var at = 0;
        while (at < arguments.Length)
        {
            var before = at;
            at += SettingsReader.TakeFlags(arguments[at..]).Flags.Count;
            at += at < arguments.Length && FileFlag(arguments[at]) is { } flag ? (arguments[at] == flag ? Math.Min(2, arguments.Length - at) : 1) : 0;
            if (at == before)
            {
                break;
            }
        }

        return (arguments[..at], arguments[at..]);
    }

    private static Outcome<(List<string> Files, List<string> Flags)> SplitFiles(string[] arguments)
    {
        var (files, flags) = (new List<string>(), new List<string>());
        for (var at = 0; at < arguments.Length; at++)
        {
            if (FileFlag(arguments[at]) is not { } flag)
            {
                flags.Add(arguments[at]);
            }
            else if (arguments[at] != flag)
            {
                files.Add(arguments[at][(flag.Length + 1)..]);
            }
            else if (at + 1 < arguments.Length)
            {
                files.Add(arguments[++at]);
            }
            else
            {
                return Problem.Bad("--config-file needs a value: the name of a file.");
            }
        }

        return (files, flags);
    }

    private static string? FileFlag(string argument) =>
        FileFlags.FirstOrDefault(flag => argument == flag || argument.StartsWith(flag + "=", StringComparison.Ordinal));

    private static Outcome<IReadOnlyList<(string Name, string Text)>> ReadFiles(List<string> named)
    {
        if (named.Count == 0)
        {
            var variable = Environment.GetEnvironmentVariable("BRIDGEHEAD_CONFIG_FILE");
            named = !string.IsNullOrEmpty(variable) ? [variable] : [.. UsualFiles.Where(File.Exists).Take(1)];
        }

        var files = new List<(string, string)>();
        foreach (var name in named)
        {
            try
            {
                files.Add((name, File.ReadAllText(name)));
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                return Problem.Bad($"The configuration file cannot be read: {problem.Message}");
            }
        }

        return files;
    }

    private static string DefaultStatePath() =>
        Environment.IsPrivilegedProcess ? "/var/lib/bridgehead" : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local/state/bridgehead");

    /// <summary>The source address of the default route. Connecting a datagram socket chooses it and sends nothing; the far address is one for documentation (RFC 5737).</summary>
    private static IPAddress DefaultAddress()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(Ip.Parse("192.0.2.1"), 9);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return IPAddress.Loopback;
        }
    }
}
