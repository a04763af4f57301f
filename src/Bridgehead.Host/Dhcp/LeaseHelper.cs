using System.Net.Sockets;
using System.Text;

namespace Bridgehead.Host;

/// <summary>
/// The program that dnsmasq starts for each lease event (nova-dhcpbridge): it hands the event to the daemon's socket and ends. A daemon that is down finds the event
/// in a folder when it comes back.
/// </summary>
public static class LeaseHelper
{
    /// <summary>Environment variable with the daemon's state folder.</summary>
    public const string FolderVariable = "BRIDGEHEAD_STATE";

    public static string SocketOf(string stateFolder) => Path.Combine(stateFolder, "leases.sock");

    public static string SpoolOf(string stateFolder) => Path.Combine(stateFolder, "networks", "lease-spool");

    /// <summary>Arguments are dnsmasq's: <c>add|old|del MAC ADDRESS [NAME]</c>, or <c>init</c>, which prints the lease database.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var state = Environment.GetEnvironmentVariable(FolderVariable);
        if (state is null || args.Length == 0)
        {
            await Console.Error.WriteLineAsync($"nova-dhcpbridge is started by dnsmasq, with {FolderVariable} set");
            return 1;
        }

        // The most frequent event says that nothing changed.
        if (args[0] == "old")
        {
            return 0;
        }

        var line = string.Join(' ', args.Take(3)) + "\n";
        try
        {
            await Console.Out.WriteAsync(await AskAsync(SocketOf(state), line));
        }
        catch (SocketException) when (args[0] != "init")
        {
            Directory.CreateDirectory(SpoolOf(state));
            var name = $"{DateTimeOffset.UnixEpoch.Ticks + Environment.TickCount64:d20}-{Guid.NewGuid():N}";
            await File.WriteAllTextAsync(Path.Combine(SpoolOf(state), name), line);
        }

        return 0;
    }

    private static async Task<string> AskAsync(string path, string line)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await socket.SendAsync(Encoding.UTF8.GetBytes(line));
        socket.Shutdown(SocketShutdown.Send);
        var answer = new StringBuilder();
        var buffer = new byte[8192];
        for (var read = await socket.ReceiveAsync(buffer); read > 0; read = await socket.ReceiveAsync(buffer))
        {
            answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return answer.ToString();
    }
}
