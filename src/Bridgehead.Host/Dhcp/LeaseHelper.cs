using System.Net.Sockets;
using System.Text;

namespace Bridgehead.Host;

/// <summary>
/// The program that dnsmasq starts for each lease event (nova-dhcpbridge): it hands the event to the daemon's socket and ends when the daemon has carried it out. A daemon that is down,
/// or cannot, finds the event in a folder later.
/// </summary>
public static class LeaseHelper
{
    /// <summary>Environment variable with the daemon's state folder.</summary>
    public const string FolderVariable = "BRIDGEHEAD_STATE";

    /// <summary>What the daemon's answer ends with when it is complete.</summary>
    internal const string Done = "ok\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static string SocketOf(string stateFolder) => Path.Combine(stateFolder, "leases.sock");

    /// <summary>A file for each address, with its last event.</summary>
    public static string SpoolOf(string stateFolder) => Path.Combine(stateFolder, "networks", "lease-spool");

    /// <summary>Arguments are dnsmasq's: <c>add|old|del MAC ADDRESS [NAME]</c>, or <c>init</c>, which prints the lease database. It has other events, which say nothing of leases.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var state = Environment.GetEnvironmentVariable(FolderVariable);
        if (state is null || args.Length == 0)
        {
            await Console.Error.WriteLineAsync($"nova-dhcpbridge is started by dnsmasq, with {FolderVariable} set");
            return 1;
        }

        if (args[0] == "init")
        {
            return await PrintDatabaseAsync(state);
        }

        var line = string.Join(' ', args.Take(3)) + "\n";
        if (LeaseSocket.Parse(line) is { } lease && await AskAsync(state, line) is null)
        {
            await SpoolAsync(SpoolOf(state), lease.Address.ToString(), line);
        }

        return 0;
    }

    /// <summary>Without an answer dnsmasq must not begin: it would know of no lease.</summary>
    private static async Task<int> PrintDatabaseAsync(string state)
    {
        if (await AskAsync(state, "init\n") is { } leases)
        {
            await Console.Out.WriteAsync(leases);
            return 0;
        }

        await Console.Error.WriteLineAsync($"nova-dhcpbridge: nova-network does not answer at {SocketOf(state)}");
        return 1;
    }

    /// <summary>The daemon's answer; null when there is none, or not all of it.</summary>
    private static async Task<string?> AskAsync(string state, string line)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketOf(state)), limit.Token);
            await socket.SendAsync(Encoding.UTF8.GetBytes(line), limit.Token);
            using var reader = new StreamReader(new NetworkStream(socket));
            var answer = await reader.ReadToEndAsync(limit.Token);
            return answer.EndsWith(Done, StringComparison.Ordinal) ? answer[..^Done.Length] : null;
        }
        catch (Exception problem) when (problem is SocketException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Moved into place whole: the daemon may look at any moment.</summary>
    private static async Task SpoolAsync(string folder, string name, string line)
    {
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(Path.GetDirectoryName(folder)!, $"{Guid.NewGuid():N}.tmp");
        await File.WriteAllTextAsync(temporary, line);
        File.Move(temporary, Path.Combine(folder, name), overwrite: true);
    }
}
